"""Which articles a text names, and what becomes of it when it is shown."""

import time

import pytest
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import override

from library.models import LawAlias
from library.references import find_references, link_references
from library.templatetags.library_tags import cited
from website.enrichment import enrich


def named(text):
    return [
        f"{reference.pcode[-2:]}/{reference.number}" + (f"#{reference.paragraph}" if reference.paragraph else "")
        for reference in find_references(text)
        if reference.article_id
    ]


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("依採購法第 48 條第 1 項", ["57/48#1"]),
        ("政府採購法第四十八條第一項第二款", ["57/48#1"]),
        ("政府採購法第一百零一條", ["57/101"]),
        ("採購法第４８條", ["57/48"]),
        ("採購法第 11 條之 1", ["57/11-1"]),
        ("採購法第十一條之一第二項", ["57/11-1#2"]),
        ("採購法第 11-1 條", ["57/11-1"]),
        ("採購法第 11 之 1 條", ["57/11-1"]),
        ("採購法第 73 條之 1 第 3 項", ["57/73-1#3"]),
        ("採購法第 48 條及第 49 條", ["57/48", "57/49"]),
        ("採購法第 48、49 及 50 條", ["57/48", "57/49", "57/50"]),
        ("採購法第 33 條至第 35 條", ["57/33", "57/35"]),
        ("採購法第 15 條第 2 項、第 3 項", ["57/15#2", "57/15#3"]),
        ("採購法第 48 條規定；同法第 49 條亦同", ["57/48", "57/49"]),
        ("「政府採購法」第 101 條", ["57/101"]),
        ("採購法施行細則第 91 條第 1 項第 1 款", ["58/91#1"]),
        ("採購法第 33 條第 1 項、採購法施行細則第 55 條", ["57/33#1", "58/55"]),
        ("採購法第&nbsp;48&nbsp;條", ["57/48"]),
    ],
)
def test_a_named_article_is_found(act, rules, text, articles):
    assert named(text) == articles


@pytest.mark.parametrize(
    "text",
    [
        "第 48 條",  # of which law?
        "採購法第 999 條",  # there is no such article
        "民法第 48 條",  # not in the library
        "民法第 1 條，同法第 48 條",  # 同法 is the Civil Code
        "勞動基準法施行細則第 5 條",  # not our enforcement rules
        "促參法施行細則第 5 條",
        "採購法。第 48 條",
        "採購法第 48 頁",
        "採購法第條",
    ],
)
def test_what_is_not_surely_an_article_of_ours_stays_text(act, rules, text):
    assert (named(text), link_references(text)) == ([], text)


def test_a_link_leads_to_the_paragraph(act):
    assert link_references("<p>依採購法第 48 條第 1 項規定</p>") == (
        '<p>依<a class="law-reference" href="/laws/A0030057/48/#p1">採購法第 48 條第 1 項</a>規定</p>'
    )


def test_a_bare_number_in_a_list_says_in_its_title_which_law_it_is_of(act):
    assert '<a class="law-reference" href="/laws/A0030057/49/" title="採購法第 49 條">第 49 條</a>' in link_references(
        "採購法第 48 條及第 49 條"
    )


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/x/">採購法第 48 條</a>',
        '<a href="/x/"><b>採購法第 48 條</b></a>',
        "<code>採購法第 48 條</code>",
        "<pre>採購法第 48 條</pre>",
        '<img alt="採購法第 48 條">',
        '<p title="採購法第 48 條 > 第 49 條">文</p>',
        "<!-- 採購法第 48 條 -->",
        "<p>採購法</p><p>第 48 條</p>",
    ],
)
def test_links_code_and_attributes_are_not_touched(act, html):
    assert link_references(html) == html


def test_a_reference_broken_by_a_tag_is_linked_from_its_number_on(act):
    assert link_references("<b>採購法</b>第 48 條") == (
        '<b>採購法</b><a class="law-reference" href="/laws/A0030057/48/" title="採購法第 48 條">第 48 條</a>'
    )


def test_the_words_stay_exactly_as_they_were(act, rules):
    html = "<p>依<b>採購法</b>第 48 條及第 49 條，<a href='/y/'>同法第 50 條</a>、施行細則第 5 條 &amp;。</p>"
    assert link_references(html) != html
    assert strip_tags(link_references(html)) == strip_tags(html)


def test_the_address_follows_the_language(act):
    with override("en"):
        assert 'href="/en/laws/A0030057/48/"' in link_references("採購法第 48 條")


def test_a_new_short_name_makes_links_at_once(act):
    assert link_references("本土採購大法第 48 條") == "本土採購大法第 48 條"
    LawAlias.objects.create(law=act, name="本土採購大法")
    assert "href" in link_references("本土採購大法第 48 條")


def test_plain_text_is_escaped_before_it_is_linked(act):
    assert cited("<b>採購法第 48 條") == (
        '&lt;b&gt;<a class="law-reference" href="/laws/A0030057/48/">採購法第 48 條</a>'
    )
    assert cited(mark_safe("<b>x</b>")) == "<b>x</b>"


def test_editors_text_is_linked_by_the_site(act):
    assert enrich("<p>採購法第 48 條</p>") == (
        '<p><a class="law-reference" href="/laws/A0030057/48/">採購法第 48 條</a></p>'
    )


def test_a_long_text_is_read_in_a_moment(act, rules):
    text = "依採購法第 48 條第 1 項及施行細則第 5 條規定，" * 3000 + "第" * 5000 + "一" * 5000
    begun = time.perf_counter()
    assert len(find_references(text)) == 6000
    assert time.perf_counter() - begun < 5
