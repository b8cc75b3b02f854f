"""Two versions of a law beside each other, with marks that a person can read."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from library.marks import Kind, mark_changes
from library.numerals import article_order
from tests.factories.library import ArticleFactory, ArticleVersionFactory, LawFactory, LawVersionFactory

OLD, NEW = datetime.date(2019, 5, 22), datetime.date(2026, 3, 7)


def shown(before, after):
    signs = {Kind.SAME: "{}", Kind.DELETED: "[-{}-]", Kind.ADDED: "[+{}+]"}
    return "".join(signs[piece.kind].format(piece.text) for piece in mark_changes(before, after))


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("應公開招標。", "應公開招標。", "應公開招標。"),
        ("有三家以上廠商投標", "有二家以上廠商投標", "有[-三-][+二+]家以上廠商投標"),
        ("處3萬元罰鍰", "處30萬元罰鍰", "處[-3-][+30+]萬元罰鍰"),
        ("應行迴避。", "應行迴避。\n並另行指定人員。", "應行迴避。[+\n並另行指定人員。+]"),
        # islands of one or two characters are read with the changes around them
        ("應公告七日以上", "應公告至少十四日", "應公告[-七日以上-][+至少十四日+]"),
        ("本法稱工程，指新建。", "廠商得參加投標", "[-本法稱工程，指新建。-][+廠商得參加投標+]"),
        ("", "新增。", "[+新增。+]"),
    ],
)  # fmt: skip
def test_marks_are_few_and_whole(before, after, marked):
    assert shown(before, after) == marked


def test_marks_lose_no_word():
    before, after = (
        "機關辦理採購，涉及本人、配偶、三親等以內血親之利益。",
        "機關人員辦理採購，涉及本人或二親等親屬之利益者。",
    )
    pieces = mark_changes(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.DELETED) == after


def law_in_two_versions(changed, unchanged=0):
    """Make a law of which `changed` articles have other words in its second version."""
    law = LawFactory(pcode="A0030057", name="政府採購法")
    first, second = (LawVersionFactory(law=law, amended_on=day) for day in (OLD, NEW))
    for number in range(1, changed + unchanged + 1):
        article = ArticleFactory(law=law, number=str(number), order=article_order(str(number)))
        ArticleVersionFactory(article=article, law_version=first, text=f"第{number}條舊文字。")
        if number <= changed:
            ArticleVersionFactory(article=article, law_version=second, text=f"第{number}條新文字。")
    return law, first, second


def words_on(response):
    """Return the marked words of each article on the page."""
    page = response.content.decode()
    words = re.findall(r'id="article-([\d-]+)".*?<p class="marked" lang="zh-hant">(.*?)</p>', page, re.DOTALL)
    return {number: re.sub(r"<span.*?</span>", "", text) for number, text in words}


def test_the_newest_two_versions_are_compared_by_default(client, home):
    law, first, second = law_in_two_versions(changed=1, unchanged=1)
    added = ArticleFactory(law=law, number="3", order=3000)
    ArticleVersionFactory(article=added, law_version=second, text="新增的條文。")
    dropped = ArticleFactory(law=law, number="4", order=4000)
    ArticleVersionFactory(article=dropped, law_version=first, text="要刪的條文。")
    ArticleVersionFactory(article=dropped, law_version=second, text="（刪除）")
    response = client.get("/laws/A0030057/compare/")
    comparison = response.context["comparison"]
    assert (comparison.changed, comparison.added, comparison.deleted, comparison.unchanged) == (1, 1, 1, 1)
    assert words_on(response) == {
        "1": "第1條<del>舊</del><ins>新</ins>文字。",
        "3": "<ins>新增的條文。</ins>",
        "4": "<del>要刪的條文。</del>",
    }
    assert client.get("/laws/A0030057/").content.decode().count("/laws/A0030057/compare/") == 1


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", (2019, 2026)),
        ("?from=2016-01-06&to=2019-05-22", (2016, 2019)),
        ("?from=2026-03-07&to=2016-01-06", (2016, 2026)),
        ("?to=2019-05-22", (2016, 2019)),
        ("?from=2016-01-06", (2016, 2026)),
        ("?from=2026-03-07", (2019, 2026)),
        ("?from=2019-05-22&to=2019-05-22", (2016, 2019)),
        ("?from=1999-01-01&to=nonsense", (2019, 2026)),
    ],
)
def test_versions_are_chosen_in_the_address(client, home, query, days):
    law, _first, _second = law_in_two_versions(changed=1)
    LawVersionFactory(law=law, amended_on=datetime.date(2016, 1, 6), source="https://law.moj.gov.tw/")
    comparison = client.get(f"/laws/A0030057/compare/{query}").context["comparison"]
    assert (comparison.earlier.amended_on.year, comparison.later.amended_on.year) == days


@pytest.mark.parametrize("query", ["", "?to=2019-05-22", "?from=2019-05-22"])
def test_one_version_alone_is_compared_with_nothing(client, home, query):
    version = ArticleVersionFactory(article__law__pcode="A0030057").law_version
    assert version.amended_on == OLD
    response = client.get(f"/en/laws/A0030057/compare/{query}")
    assert response.context["comparison"] is None
    assert "There is nothing to compare yet" in response.content.decode()
    assert client.get("/laws/X9/compare/").status_code == 404


def test_a_change_of_all_articles_needs_no_more_queries_than_one(client, home):
    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    law, _first, second = law_in_two_versions(changed=1, unchanged=113)
    compare, article = "/laws/A0030057/compare/", "/laws/A0030057/1/"
    queries(compare), queries(article)
    one = queries(compare), queries(article)
    for article_of_law in law.articles.exclude(number="1"):
        ArticleVersionFactory(article=article_of_law, law_version=second, text="全新的文字。")
    assert client.get(compare).context["comparison"].changed == 114
    assert (queries(compare), queries(article)) == one


def test_an_article_tells_what_each_amendment_did_to_it(client, home):
    _law, _first, second = law_in_two_versions(changed=1)
    added = ArticleFactory(law=second.law, number="3", order=3000)
    ArticleVersionFactory(article=added, law_version=second, text="新增的條文。")
    newest, oldest = client.get("/laws/A0030057/1/").context["wordings"]
    assert [(piece.kind, piece.text) for piece in newest.pieces] == [
        (Kind.SAME, "第1條"), (Kind.DELETED, "舊"), (Kind.ADDED, "新"), (Kind.SAME, "文字。"),
    ]  # fmt: skip
    assert (oldest.before, oldest.is_addition) == (None, False)
    [only] = client.get("/laws/A0030057/3/").context["wordings"]
    assert (only.before, only.is_addition) == (None, True)
