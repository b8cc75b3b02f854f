import pytest

from library.numerals import article_order, parse_article_number, parse_number
from library.paragraphs import is_deleted, split_paragraphs, split_summary


@pytest.mark.parametrize(
    ("text", "value"),
    [("48", 48), ("４８", 48), ("四十八", 48), ("十", 10), ("十一", 11), ("二十", 20), ("廿一", 21), ("一百", 100),
     ("一百零一", 101), ("一百一十四", 114), ("一〇一", 101), ("一千二百二十五", 1225)],
)  # fmt: skip
def test_numbers_are_read_as_laws_write_them(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "甲", "4八", "-1", "1.5"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "number"), [("第 1 條", "1"), ("第 11-1 條", "11-1"), ("第１１-１條", "11-1"), ("第 085-04 條", "85-4")]
)
def test_articles_are_numbered_as_the_database_does(text, number):
    assert parse_article_number(text) == number


@pytest.mark.parametrize("text", ["第 一 條", "條 1", "第 1 點", "第  條", "1"])
def test_what_is_no_articles_number_is_refused(text):
    with pytest.raises(ValueError, match="not an article's number"):
        parse_article_number(text)


def test_an_inserted_article_stands_after_its_mother():
    assert sorted(["12", "11-10", "11", "2", "11-2", "11-1"], key=article_order) == [
        "2", "11", "11-1", "11-2", "11-10", "12",
    ]  # fmt: skip


def test_paragraphs_are_counted_and_subparagraphs_belong_to_them():
    text = "機關辦理採購：\n一、甲。\n二、乙：\n（一）子。\n（二）丑。\n前項第二款之認定，由主管機關定之。"
    first, second = split_paragraphs(text)
    assert (first.number, first.text) == (1, "機關辦理採購：")
    assert [(part.text, part.items) for part in first.subparagraphs] == [
        ("一、甲。", []),
        ("二、乙：", ["（一）子。", "（二）丑。"]),
    ]
    assert (second.number, second.text, second.subparagraphs) == (2, "前項第二款之認定，由主管機關定之。", [])


@pytest.mark.parametrize(("text", "gone"), [("（刪除）", True), ("", True), ("第一項。", False)])
def test_a_deleted_article_says_so(text, gone):
    assert is_deleted(text) is gone


def test_a_summary_is_divided_where_it_begins_to_speak_of_a_paragraph():
    text = "總說。第 1 項：甲（第 1 項第 2 款）。第 2 項處理乙；第 3 項：丙。"
    assert [(part.number, part.text) for part in split_summary(text)] == [
        (0, "總說。"),
        (1, "第 1 項：甲（第 1 項第 2 款）。"),
        (2, "第 2 項處理乙；"),
        (3, "第 3 項：丙。"),
    ]
    assert [(part.number, part.text) for part in split_summary("只有一句。")] == [(0, "只有一句。")]
