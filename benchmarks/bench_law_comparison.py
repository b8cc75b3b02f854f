"""Two versions of an act of 114 articles, all of them changed, on PostgreSQL: the comparison against its two SELECTs.

Makes a scratch database beside the one of TEST_POSTGRES_URL, imports both versions, times in this process (best of
seven, alternating) the bare texts of both versions, the comparison with all marks, and the whole page; prints the
ratios and the numbers of queries, and drops the database. The page must not need more queries for 114 changed
articles than for one; the marks are computed in Python, so the ratios have no target.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks.scratch import analyse, best_seconds, scratch_database

ARTICLES = 114
ROUNDS = 7
PCODE = "T0000114"
VERSIONS = (date(2019, 5, 22), date(2026, 3, 7), date(2026, 6, 1))  # all changed from the first to the second, then one
CLAUSES = (
    "機關辦理公告金額以上之採購，",
    "除有下列情形之一者外，",
    "應依招標文件所定時間開標決標，",
    "並應將決標結果之公告刊登於政府採購公報，",
    "廠商對於機關之通知有異議者，",
    "得於接獲通知之次日起二十日內，",
    "以書面向該機關提出異議，",
    "主管機關得隨時查核各機關採購進度，",
    "不得限制投標廠商之資格及其分包廠商之條件，",
)
CHANGES = ("應", "得", "或其授權人員", "三十日內", "上級機關", "")

BARE_SQL = """
SELECT DISTINCT ON (row.article_id) row.article_id, row.text
FROM library_articleversion row
JOIN library_lawversion version ON version.id = row.law_version_id
JOIN library_law law ON law.id = version.law_id AND law.pcode = %(pcode)s
WHERE row.source = 'official' AND version.amended_on <= %(day)s
ORDER BY row.article_id, version.amended_on DESC
"""


def main() -> None:
    """Make the database, import, time, print, drop."""
    with scratch_database("law_comparison"):
        all_changed, one_changed = _measure()
    if all_changed != one_changed:
        raise SystemExit(f"✗ The page needs {all_changed} queries for {ARTICLES} articles and {one_changed} for one.")


def _measure() -> tuple[int, int]:
    """Print the timings; return how many queries the page needs for all articles changed, and for one."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from library.comparison import compare_versions
    from library.models import LawVersion
    from library.services import import_law_texts
    from website.services import ensure_site

    ensure_site()
    import_law_texts(texts=_texts(), by=None)
    first, second, _third = LawVersion.objects.select_related("law").order_by("amended_on")
    analyse()
    client = Client()

    def bare() -> int:
        with connection.cursor() as cursor:
            for day in VERSIONS[:2]:
                cursor.execute(BARE_SQL, {"pcode": PCODE, "day": day})
                found = cursor.fetchall()
        return len(found)

    def compared() -> int:
        return sum(bool(article.pieces) for article in compare_versions(first, second).articles)

    def page(earlier: date, later: date) -> None:
        response = client.get(f"/laws/{PCODE}/compare/?from={earlier}&to={later}")
        assert response.status_code == 200, response.status_code

    def queries(work: Callable[..., Any], *arguments: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            work(*arguments)
        return len(captured)

    if not bare() == compared() == ARTICLES:
        raise SystemExit("✗ Not every article was changed: the measurement means nothing.")
    page(*VERSIONS[:2])
    counts = queries(page, *VERSIONS[:2]), queries(page, *VERSIONS[1:])
    works: dict[str, Callable[[], Any]] = {
        "bare": bare, "comparison": compared, "page": lambda: page(*VERSIONS[:2]),
    }  # fmt: skip
    best = best_seconds(works, rounds=ROUNDS)
    print(f"{ARTICLES} articles, all changed; bare SELECTs of both texts {best['bare'] * 1000:.1f} ms")
    for name, label in (("comparison", "comparison with marks"), ("page", "whole page")):
        print(f"{label} {best[name] * 1000:.1f} ms, ratio {best[name] / best['bare']:.1f}")
    print(f"queries: comparison {queries(compared)}, page {counts[0]} (one article changed: {counts[1]})")
    return counts


def _texts() -> list[Any]:
    """Return three versions of an act: the second changes every article of the first, the third one of the second."""
    from library.lawfiles import ArticleText, LawText

    chance = random.Random(114)
    first = {str(number): _words(chance) for number in range(1, ARTICLES + 1)}
    second = {number: _changed(text, chance) for number, text in first.items()}
    third = second | {"48": _changed(second["48"], chance)}
    return [
        LawText(
            file=f"{day}.json",
            pcode=PCODE,
            name="測試法",
            name_en="",
            category="",
            amended_on=day,
            history="",
            source=f"https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode={PCODE}",
            articles=tuple(ArticleText(number, "第一章　總則", text) for number, text in words.items()),
        )
        for day, words in zip(VERSIONS, (first, second, third), strict=True)
    ]


def _words(chance: random.Random) -> str:
    """Return an article of one to four paragraphs, as long as those of the Act are."""
    return "\n".join("".join(chance.choices(CLAUSES, k=4)) for _ in range(chance.randint(1, 4)))


def _changed(text: str, chance: random.Random) -> str:
    """Return `text` with a few words replaced, never the same."""
    for _ in range(max(1, len(text) // 60)):
        place = chance.randrange(len(text))
        text = text[:place] + chance.choice(CHANGES) + text[place + chance.randint(1, 5) :]
    return f"{text}但經主管機關核准者，不在此限。"


if __name__ == "__main__":
    main()
