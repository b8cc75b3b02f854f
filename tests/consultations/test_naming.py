"""What officers type into the field of articles, and what it means."""

import pytest

from consultations.naming import articles_in, parse_articles, short_label
from library.models import Article


def numbers(text):
    ids = parse_articles(text).article_ids
    found = Article.objects.in_bulk(ids)
    return [f"{found[pk].law.pcode[-2:]}:{found[pk].number}" for pk in ids]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("採購法 22、48；細則 55", ["57:22", "57:48", "58:55"]),
        ("採購法２２，４８;施行細則５５", ["57:22", "57:48", "58:55"]),
        ("政府採購法第二十二條、第四十八條第一項第二款", ["57:22", "57:48"]),
        ("採購法11之1、11-1、11條之1、第11條之1", ["57:11-1"]),
        ("採購法第 22 條及同法", ["57:22"]),
        ("採購法 22 至 25、細則 5", ["57:22", "57:24", "57:25", "58:5"]),
        ("採購法 22 22", ["57:22"]),
        ("", []),
    ],
)
def test_articles_are_read_as_officers_write_them(act, rules, text, meant):
    assert numbers(text) == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("採購法 999", "採購法沒有第 999 條，最後一條是第 114 條。"),
        ("採購法 200 至 300", "採購法沒有第 200–300 條，最後一條是第 114 條。"),
        ("22", "第 22 條是哪一部法規？請輸入如：採購法 22、48；細則 55。"),
        ("民法 227", "法規庫沒有「民法」；其他法規請寫在答覆中。"),
        ("採購去 22", "無法辨識「採購去」，請輸入如：採購法 22、48；細則 55。"),
    ],
)
def test_what_does_not_exist_is_named_with_what_was_expected(act, rules, text, told):
    assert [str(missing) for missing in parse_articles(text).not_found] == [told]


def test_running_text_names_articles_once_and_with_their_words(act, rules, django_assert_num_queries):
    text = "依政府採購法第48條第1項，又依採購法第 22 條及第 48 條；第 999 條不存在。"
    articles_in(text)
    with django_assert_num_queries(1):
        found = articles_in(text)
        assert [short_label(article) for article in found] == ["採購法 48", "採購法 22"]
        assert found[0].words.startswith("政府採購法第 48 條的條文。")
