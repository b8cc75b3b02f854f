import pytest

from website.excerpts import excerpt, highlight
from website.segmentation import query_words, segment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("流標處理", "流 標 處 理 流標 標處 處理"),
        ("第４８條 E-Quotation", "第 48 條 e quotation"),
        ("台中", "臺 中 臺中"),
        ("𠮷", "𠮷"),
        ("，。", ""),
    ],
)
def test_the_index_holds_every_character_and_every_pair(text, words):
    assert segment(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("標", ["標"]),
        ("流標處理", ["流標", "標處", "處理"]),
        ("第48條", ["第", "48", "條"]),
        ("台北", ["臺北"]),
        ("「」", []),
    ],
)
def test_a_query_asks_for_pairs_and_lone_characters(text, words):
    assert query_words(text) == words


def test_the_words_sought_are_marked_and_the_rest_is_escaped():
    assert highlight("<b>流標</b>的處理", "流標") == "&lt;b&gt;<mark>流標</mark>&lt;/b&gt;的處理"


def test_a_term_that_stands_nowhere_whole_is_marked_in_pairs():
    assert highlight("流標之處理", "流標處理") == "<mark>流標</mark>之<mark>處理</mark>"


def test_other_forms_of_a_character_are_marked_as_they_stand():
    assert highlight("台中市第４８條", "臺中 48") == "<mark>台中</mark>市第<mark>４８</mark>條"


def test_an_excerpt_begins_shortly_before_the_first_word_found():
    text = "前" * 200 + "底價" + "後" * 200
    shown = excerpt(text, "底價", length=60)
    assert shown == "…" + "前" * 30 + "<mark>底價</mark>" + "後" * 28 + "…"


def test_an_excerpt_of_a_short_text_is_the_text():
    assert excerpt("開標前應先審標", "審標") == "開標前應先<mark>審標</mark>"
