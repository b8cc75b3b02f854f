"""The same terms find the same pages on SQLite and on PostgreSQL."""

import pytest
from wagtail.models import Page

from tests.factories.website import content_page
from website.models import ContentPage

PAGES = {
    "流標處理": "第一次開標未達三家，流標之後怎麼辦。",
    "廢標": "決標前發現圍標，應予廢標。",
    "第48條": "不予開標決標之情形。",
    "招標文件": "依第48條及第50條製作，附「投標須知」。",
    "公開取得電子報價單": "公開取得電子報價單（e-quotation）操作說明。",
    "臺中市政府": "臺中市的採購專區。",
    "台灣大道": "台中市西屯區。",
    "姓名有𠮷字": "承辦人陳𠮷先生。",
    "English page": "Government Procurement Act, Article 48: tenders and quotations.",
}

QUERIES = {
    "標": {"流標處理", "廢標", "第48條", "招標文件"},
    "流標": {"流標處理"},
    "流標處理": {"流標處理"},
    "處理": {"流標處理"},
    "廢標": {"廢標"},
    "圍標": {"廢標"},
    "第48條": {"第48條", "招標文件"},
    "４８條": {"第48條", "招標文件"},
    "48": {"第48條", "招標文件", "English page"},
    "𠮷": {"姓名有𠮷字"},
    "陳𠮷": {"姓名有𠮷字"},
    "e-quotation": {"公開取得電子報價單"},
    "E-QUOTATION": {"公開取得電子報價單"},
    "臺中": {"臺中市政府", "台灣大道"},
    "台中": {"臺中市政府", "台灣大道"},
    "臺灣": {"台灣大道"},
    "「投標須知」": {"招標文件"},
    '"開標決標"': {"第48條"},
    "流標 廢標": set(),
    "procurement act": {"English page"},
    "'": set(),
    '"': set(),
    "（）": set(),
    "": set(),
}


def _found(home, query):
    for title, text in PAGES.items():
        content_page(home, title, ("text", f"<p>{text}</p>"))
    return {page.title for page in Page.objects.type(ContentPage).live().search(query, operator="and")}


@pytest.mark.parametrize(("query", "titles"), QUERIES.items())
def test_a_query_finds_exactly_these_pages(home, query, titles):
    assert _found(home, query) == titles


@pytest.mark.postgres
@pytest.mark.parametrize(("query", "titles"), QUERIES.items())
def test_a_query_finds_the_same_pages_on_postgresql(home, query, titles):
    assert _found(home, query) == titles


def test_a_chooser_in_the_back_office_completes_chinese(home):
    content_page(home, "流標處理")
    assert [page.title for page in Page.objects.live().autocomplete("流標")] == ["流標處理"]
