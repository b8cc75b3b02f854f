"""Versions of a law, in whatever order they come: each date keeps its own words."""

import datetime
import itertools
import json

import pytest

from common.models import AuditEntry
from library.enums import LawVerdict
from library.lawhistory import LawHistory
from library.models import Article, ArticleVersion, Citation, CitationReview, Law, LawVersion
from library.services import import_laws, record_summary, sync_citations
from tests.factories.library import SubjectFactory

PCODE = "T0000001"
# What the law said at each amendment: articles change, come, vanish without a word, come back, are deleted.
VERSIONS = {
    "19980527": {"1": "甲", "2": "乙", "3": "丙", "4": "丁"},
    "20020206": {"1": "甲", "2": "乙二", "4": "丁", "5": "戊"},
    "20160106": {"1": "甲", "2": "乙二", "2-1": "新增", "3": "丙", "4": "（刪除）", "5": "戊"},
    "20190522": {"1": "甲", "2": "乙", "2-1": "新增二", "3": "丙", "4": "（刪除）"},
}


def law_file(folder, day, words, name="測試法", chapter="總則", **more):
    """Write a file as the national law database gives it."""
    entries = [{"條號": f"第 {number} 條", "條文內容": text} for number, text in words.items()]
    data = {
        "法規名稱": name,
        "法規網址": f"https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode={PCODE}",
        "最新異動日期": day,
        "法規內容": [{"編章節": f"第 一 章 {chapter}"}, *entries],
        **more,
    }
    path = folder / f"{day}.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path):
    return {day: law_file(tmp_path, day, words) for day, words in VERSIONS.items()}


def day_of(text):
    return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def words_by_day():
    history = LawHistory.of([PCODE])[PCODE]
    return {f"{day:%Y%m%d}": history.words_at(day) for day in history.days}


def rows():
    return sorted(
        ArticleVersion.objects.values_list("article__number", "law_version__amended_on", "text"), key=str
    )  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(VERSIONS)), ids="-".join)
def test_in_any_order_each_version_keeps_its_own_words(db, files, order):
    for count, day in enumerate(order, start=1):
        import_laws([files[day]])
        assert words_by_day() == {other: VERSIONS[other] for other in sorted(order[:count])}
    stored = rows()
    import_laws(list(files.values()))
    assert rows() == stored
    for _number, group in itertools.groupby(stored, key=lambda row: row[0]):
        texts = [text for _number, _day, text in group]
        assert all(
            text != following for text, following in itertools.pairwise(["", *texts])
        )  # only where words changed
    assert Article.objects.get(number="5").current_text == ""
    assert Article.objects.get(number="2-1").current_text == "新增二"


def test_all_versions_in_one_import_are_the_same_as_one_by_one(db, files, tmp_path):
    import_laws([tmp_path])
    assert words_by_day() == VERSIONS


def test_an_older_version_is_stored_where_its_words_began(db, files):
    """What the newest version inherited belongs to the day it was amended, also when that is learnt later."""
    import_laws([files["20190522"]])
    kept = ArticleVersion.objects.get(article__number="3").pk
    import_laws([files["20160106"]])
    [row] = ArticleVersion.objects.filter(article__number="3")
    assert (row.pk, row.law_version.amended_on) == (kept, day_of("20160106"))


def test_the_same_older_file_again_changes_nothing(db, files):
    import_laws([files["20190522"]])
    [first] = import_laws([files["20160106"]])
    before = [list(model.objects.order_by("pk").values()) for model in (Law, LawVersion, Article, ArticleVersion)]
    audited = AuditEntry.objects.count()
    [again] = import_laws([files["20160106"]])
    assert (first.insertion.verdict, again.insertion.verdict) == (LawVerdict.OLDER, LawVerdict.SAME)
    assert again.changed_anything is False
    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Law, LawVersion, Article, ArticleVersion)
    ]
    assert AuditEntry.objects.count() == audited


def test_an_older_version_changes_no_names_no_chapters_and_asks_for_no_review(db, files, tmp_path):
    import_laws([files["20190522"]])
    subject = SubjectFactory()
    sync_citations(subject, "測試法第 2 條")
    assert Citation.objects.count() == 1
    older = law_file(tmp_path, "20020206", VERSIONS["20020206"], name="舊名法", chapter="舊章")
    for _ in range(2):
        import_laws([older])
        law = Law.objects.get()
        assert (law.name, set(law.articles.exclude(number="5").values_list("chapter", flat=True))) == (
            "測試法", {"第一章　總則"},
        )  # fmt: skip
    assert CitationReview.objects.count() == 0


def test_an_older_version_may_be_corrected_without_touching_those_after_it(db, files, tmp_path):
    import_laws(list(files.values()))
    corrected = VERSIONS["20020206"] | {"2": "乙二（更正）", "4": "丁（更正）"}
    [result] = import_laws([law_file(tmp_path, "20020206", corrected)])
    assert result.insertion.verdict == LawVerdict.CORRECTED
    assert words_by_day() == VERSIONS | {"20020206": corrected}


def test_a_summary_never_hides_the_official_words_of_its_day(db, files):
    record_summary(
        pcode=PCODE, law_name="測試法", amended_on=day_of("20190522"), number="3", text="摘要", by=None
    )  # fmt: skip
    import_laws([files["20190522"]])
    import_laws([files["20160106"]])
    assert Article.objects.get(number="3").current_text == "丙"
    assert words_by_day() == {day: VERSIONS[day] for day in ("20160106", "20190522")}


def test_a_summary_never_hides_official_words_that_did_not_change_either(db, files):
    record_summary(
        pcode=PCODE, law_name="測試法", amended_on=day_of("20190522"), number="3", text="摘要", by=None
    )  # fmt: skip
    import_laws([files["20160106"]])
    assert Article.objects.get(number="3").current_text == "摘要"
    import_laws([files["20190522"]])
    assert Article.objects.get(number="3").current_text == "丙"


def test_a_repealed_law_says_so_on_its_page_its_articles_and_in_the_search(client, tmp_path, home):
    effect = "本法自公布後一年施行。"
    law_file(tmp_path, "20160106", {"1": "採購之標的"}, 廢止註記="", 生效內容=effect)
    import_laws(paths=[tmp_path])
    assert Law.objects.get(pcode=PCODE).repealed_on is None
    assert effect in client.get(f"/laws/{PCODE}/").content.decode()
    last = tmp_path / "last"
    last.mkdir()
    file = law_file(last, "20190522", {"1": "採購之標的"}, 廢止註記="廢")
    import_laws(paths=[file])
    assert Law.objects.get(pcode=PCODE).repealed_on == datetime.date(2019, 5, 22)
    for address in (f"/laws/{PCODE}/", f"/laws/{PCODE}/1/"):
        assert "已於 108 年 5 月 22 日廢止，不再適用。" in client.get(address).content.decode(), address
    assert "已廢止" in client.get("/laws/").content.decode()
    assert "已廢止" in client.get("/search/", {"q": "採購之標的"}).content.decode()
