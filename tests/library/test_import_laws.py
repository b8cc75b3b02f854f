"""Importing the national law database's files: all or nothing, every defect named, twice is once."""

import copy
import datetime
import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import override

from common.models import AuditEntry
from library.enums import LawVerdict, TextSource
from library.lawfiles import LawFilesError
from library.models import Article, ArticleVersion, Law, LawAlias, LawVersion
from library.services import import_laws, record_summary

SAMPLE = {
    "法規性質": "法律",
    "法規名稱": "政府採購法",
    "法規網址": "https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode=A0030057",
    "法規類別": "行政＞通用目",
    "最新異動日期": "20190522",
    "英文法規名稱": "Government Procurement Act",
    "沿革內容": "1.制定\r\n2.修正",
    "法規內容": [
        {"編章節": "第 一 章 總則"},
        {"條號": "第 1 條", "條文內容": "為建立政府採購制度。"},
        {"條號": "第 2 條", "條文內容": "採購，指：\r\n一、工程。\r\n二、財物。"},
        {"條號": "第 2-1 條", "條文內容": "（刪除）"},
        {"編章節": "第 二 章 招標"},
        {"編章節": "第 一 節 公開招標"},
        {"條號": "第 3 條", "條文內容": "公開招標。"},
    ],
}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Read the messages as the code has them."""
    with override("en"):
        yield


@pytest.fixture
def write(tmp_path):
    def write(data, name="A0030057.json", encoding="utf-8-sig"):
        path = tmp_path / name
        if isinstance(data, dict):
            data = json.dumps(data, ensure_ascii=False)
        path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
        return path

    return write


def changed(**changes):
    return {**copy.deepcopy(SAMPLE), **changes}


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Law, LawAlias, LawVersion, Article, ArticleVersion, AuditEntry)
    ]


def test_a_law_comes_with_its_chapters_articles_and_names(db, write):
    [result] = import_laws([write(SAMPLE)])
    law = Law.objects.get()
    assert (law.pcode, law.name, law.name_en) == ("A0030057", "政府採購法", "Government Procurement Act")
    assert (result.insertion.verdict, result.added, result.changed) == (LawVerdict.NEW, 4, 0)
    assert [(a.number, a.chapter, a.current_text) for a in law.articles.all()] == [
        ("1", "第一章　總則", "為建立政府採購制度。"),
        ("2", "第一章　總則", "採購，指：\n一、工程。\n二、財物。"),
        ("2-1", "第一章　總則", "（刪除）"),
        ("3", "第二章　招標　第一節　公開招標", "公開招標。"),
    ]
    version = law.versions.get()
    assert (version.amended_on, version.history) == (datetime.date(2019, 5, 22), "1.制定\n2.修正")
    assert [alias.name for alias in law.aliases.all()] == ["採購法"]


def test_a_second_run_changes_nothing(db, write):
    path = write(SAMPLE)
    import_laws([path])
    before = everything()
    [result] = import_laws([path, path.parent])
    assert result.changed_anything is False
    assert everything() == before


def test_an_amendment_stores_only_what_changed(db, write):
    import_laws([write(SAMPLE)])
    amended = changed(最新異動日期="20260307")
    amended["法規內容"][1]["條文內容"] = "為建立新制度。"
    amended["法規內容"].append({"條號": "第 4 條", "條文內容": "新增。"})
    [result] = import_laws([write(amended)])
    assert (result.added, result.changed) == (1, 1)
    first, second = Article.objects.get(number="1"), Article.objects.get(number="2")
    assert [version.text for version in first.versions.all()] == ["為建立新制度。", "為建立政府採購制度。"]
    assert second.versions.count() == 1


def test_an_article_that_the_law_dropped_is_gone_but_its_words_are_kept(db, write):
    import_laws([write(SAMPLE)])
    shorter = changed(最新異動日期="20260307")
    del shorter["法規內容"][-1]
    import_laws([write(shorter)])
    assert [version.text for version in Article.objects.get(number="3").versions.all()] == ["", "公開招標。"]
    before = everything()
    import_laws([write(shorter)])
    assert everything() == before


def test_the_official_text_takes_the_place_of_a_summary(db, write):
    record_summary(
        pcode="A0030057", law_name="政府採購法", amended_on=datetime.date(2019, 5, 22), number="1", text="摘要", by=None
    )
    article = Article.objects.get()
    assert (article.current_text, article.current_version.source) == ("摘要", TextSource.SUMMARY)
    import_laws([write(SAMPLE)])
    article = Article.objects.get(number="1")
    assert (article.current_text, article.current_version.source) == ("為建立政府採購制度。", TextSource.OFFICIAL)
    late = record_summary(
        pcode="A0030057", law_name="政府採購法", amended_on=datetime.date(2026, 1, 1), number="1", text="新", by=None
    )
    assert late.text == "為建立政府採購制度。"
    assert Article.objects.get(number="1").current_text == "為建立政府採購制度。"


def test_recording_a_summary_twice_is_once(db):
    words = {"pcode": "A0030057", "law_name": "政府採購法", "amended_on": datetime.date(2019, 5, 22), "number": "48"}
    first = record_summary(**words, text="摘要", by=None)
    assert record_summary(**words, text="摘要", by=None).pk == first.pk
    assert AuditEntry.objects.filter(action="article.summarised").count() == 1
    assert record_summary(**words, text="改寫", by=None).text == "改寫"
    assert ArticleVersion.objects.count() == 1


def without(key):
    data = copy.deepcopy(SAMPLE)
    del data[key]
    return data


def with_content(*entries):
    return changed(法規內容=list(entries))


ONE = {"條號": "第 1 條", "條文內容": "甲"}
DEFECTS = {
    "empty": ("", "the file is empty"),
    "not json": ("{", "line 1, column 2: expected JSON"),
    "big5": ('{"法規名稱": "政府採購法"}'.encode("big5"), "byte 2: expected UTF-8 text"),
    "a list": ("[]", "expected one law, a JSON object"),
    "no name": (without("法規名稱"), "法規名稱: expected a text"),
    "name is a number": (changed(法規名稱=5), "法規名稱: expected a text"),
    "no address": (changed(法規網址="https://example.test/"), "法規網址: expected an address with pcode="),
    "no date": (changed(最新異動日期="20191345"), "最新異動日期: expected a day such as 20190522, found “20191345”"),
    "long name": (changed(法規名稱="法" * 121), "法規名稱: longer than 120 characters"),
    "no content": (changed(法規內容=[]), "法規內容: expected a list of chapters and articles"),
    "content is a text": (changed(法規內容="甲"), "法規內容: expected a list"),
    "only chapters": (with_content({"編章節": "第 一 章"}), "法規內容: there is no article in it"),
    "half an entry": (with_content(ONE, {"條號": "第 2 條"}), "法規內容[2]: expected a chapter (編章節) or an article"),
    "an entry is a text": (with_content("甲"), "法規內容[1]: expected a chapter"),
    "a strange number": (
        with_content({"條號": "第 甲 條", "條文內容": "甲"}),
        "法規內容[1].條號: expected a number such as 第 11-1 條, found “第 甲 條”",
    ),
    "no words": (with_content({"條號": "第 1 條", "條文內容": "  "}), "法規內容[1].條文內容: expected a text"),
    "twice": (with_content(ONE, ONE), "法規內容[2]: article 1 appears twice"),
    "disorder": (
        with_content({"條號": "第 2 條", "條文內容": "甲"}, ONE),
        "法規內容[2]: article 1 stands after article 2",
    ),
    "nul": (changed(法規名稱="甲\x00"), "the file holds NUL characters"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_every_defect_is_named_with_its_place_and_nothing_is_imported(db, write, defect):
    data, message = DEFECTS[defect]
    good = write(changed(法規名稱="好法", 法規網址="https://x/?pcode=B0000001"), "good.json")
    with pytest.raises(LawFilesError) as caught:
        import_laws([good, write(data, "bad.json")])
    [problem] = caught.value.problems
    assert str(problem).startswith(f"bad.json: {message}")
    assert not Law.objects.exists()


def test_all_defects_of_all_files_are_named_at_once(db, write, tmp_path):
    write("", "a.json")
    write("[]", "b.json")
    with pytest.raises(LawFilesError) as caught:
        import_laws([tmp_path, tmp_path / "nowhere"])
    assert [problem.file for problem in caught.value.problems] == [str(tmp_path / "nowhere"), "a.json", "b.json"]


def test_a_folder_without_laws_is_refused(db, tmp_path):
    with pytest.raises(LawFilesError, match=r"no \*\.json file in this folder"):
        import_laws([tmp_path])


def test_the_same_law_in_two_files_is_refused(db, write):
    with pytest.raises(LawFilesError, match=r"the same law is in a\.json too"):
        import_laws([write(SAMPLE, "a.json"), write(SAMPLE, "b.json")])


def test_two_laws_cannot_bear_one_name(db, write):
    import_laws([write(SAMPLE)])
    with pytest.raises(LawFilesError, match="law A0030057 bears this name already"):
        import_laws([write(changed(法規網址="https://x/?pcode=B0000001"), "b.json")])


def test_the_command_says_what_it_did(db, write, capsys):
    call_command("import_laws", str(write(SAMPLE)))
    call_command("import_laws", str(write(SAMPLE)))
    assert capsys.readouterr().out == "A0030057 政府採購法: 4 articles new, 0 changed\nA0030057 政府採購法: no change\n"


def test_the_command_names_the_defect_and_fails(db, write):
    with pytest.raises(CommandError, match=r"bad\.json: the file is empty\nNothing was imported\."):
        call_command("import_laws", str(write("", "bad.json")))


def test_the_real_laws_are_read_whole(db, shared_data):
    results = {result.law.pcode: result for result in import_laws([shared_data / "laws"])}
    assert {pcode: result.added for pcode, result in results.items()} == {
        "A0030057": 123, "A0030058": 127, "A0030059": 24, "A0030065": 23, "A0030067": 8, "A0030095": 15, "A0030099": 18,
    }  # fmt: skip
    act = results["A0030057"].law
    assert [a.number for a in act.articles.all()][10:13] == ["11", "11-1", "12"]
    assert act.articles.get(number="48").chapter == "第三章　決標"
    assert act.articles.get(number="69").current_text == "（刪除）"
    before = everything()
    import_laws([shared_data / "laws"])
    assert everything() == before
