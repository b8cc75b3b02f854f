"""The face: contrast of the colours, forms that tell what is wrong, lists in pages, the footer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string

from tests.factories import website as make

TOKENS = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
TEMPLATES = Path(settings.BASE_DIR) / "templates"
TEXT = 4.5  # WCAG 2.1, 1.4.3
MARK = 3.0  # WCAG 2.1, 1.4.11: edges of controls, marks, focus

PAIRS = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "ink-soft", "teal", "teal-deep", "bad")
        for ground in ("paper", "surface")
    ),
    ("ink", "teal-wash", TEXT),
    ("ink", "sun-wash", TEXT),
    ("ink", "good-wash", TEXT),
    ("ink", "bad-wash", TEXT),
    ("ink-soft", "teal-wash", TEXT),
    ("ink-soft", "sun-wash", TEXT),
    ("ink-soft", "bad-wash", TEXT),
    ("teal", "teal-wash", TEXT),
    ("teal", "sun-wash", TEXT),
    ("teal-deep", "teal-wash", TEXT),
    ("sun-deep", "sun-wash", TEXT),
    ("sun-deep", "paper", TEXT),
    ("good", "good-wash", TEXT),
    ("good", "paper", TEXT),
    ("bad", "bad-wash", TEXT),
    ("on-teal", "teal", TEXT),
    ("on-teal", "teal-deep", TEXT),
    ("on-sun", "sun", TEXT),
    ("on-bad", "bad", TEXT),
    ("on-deep", "deep", TEXT),
    ("on-deep-soft", "deep", TEXT),
    ("on-sun", "sun-bright", TEXT),
    ("focus-on-deep", "deep", MARK),
    ("edge", "paper", MARK),
    ("edge", "surface", MARK),
    ("focus", "paper", MARK),
    ("focus", "surface", MARK),
    ("teal", "track", MARK),
    ("bad", "track", MARK),
    ("good", "track", MARK),
]


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme: the dark ones replace the light ones."""
    light, _, dark = TOKENS.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_that_is_used_has_the_contrast_of_level_aa(scheme):
    colour = colours(scheme)
    too_faint = {}
    for ink, ground, least in PAIRS:
        lighter, darker = sorted((luminance(colour[ink]), luminance(colour[ground])), reverse=True)
        ratio = (lighter + 0.05) / (darker + 0.05)
        if ratio < least:
            too_faint[f"{ink} on {ground}"] = round(ratio, 2)
    assert too_faint == {}


def test_colours_stand_in_the_tokens_and_nowhere_else():
    strays = {
        path.name: found
        for path in sorted((Path(settings.BASE_DIR) / "static" / "css").glob("*.css"))
        if path.name not in {"tokens.css", "print.css"}  # paper has colours of its own
        and (found := re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text()))
    }
    assert strays == {}


def test_no_template_of_the_front_office_has_style_or_script_in_it():
    inline = re.compile(r"""\sstyle=|<style|<script(?![^>]*\b(?:src=|type="application/json"))|\son[a-z]+=["']""")
    guilty = [
        str(path.relative_to(TEMPLATES))
        for path in sorted(TEMPLATES.rglob("*.html"))
        if path.relative_to(TEMPLATES).parts[0] not in {"emails", "pdf"} and inline.search(path.read_text())
    ]
    assert guilty == []


class Enquiry(forms.Form):
    """A form with the kinds of fields that differ in how they are drawn."""

    name = forms.CharField(help_text="As on your identity card.")
    agree = forms.BooleanField(label="I agree")
    way = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "On site"), ("b", "Video")])
    note = forms.CharField(required=False)

    def clean(self) -> None:
        """Refuse, whatever was typed."""
        raise forms.ValidationError("The day is over.")


def between(html: str, start: str, end: str) -> str:
    """Return what stands from `start` to `end`."""
    return html[html.index(start) :].partition(end)[0]


def test_a_field_is_tied_to_its_label_hint_and_error():
    html = str(Enquiry({})["name"].as_field_group())
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in between(html, "<input", ">")
    assert 'aria-invalid="true"' in between(html, "<input", ">")
    assert "As on your identity card." in between(html, 'id="id_name_helptext"', "</div>")
    assert "這一欄要填寫。" in between(html, 'id="id_name_error"', "</ul>")


def test_a_field_that_must_be_filled_says_so_in_words_and_another_does_not():
    form = Enquiry()
    assert "必填" in str(form["name"].as_field_group())
    assert "必填" not in str(form["note"].as_field_group())


def test_choices_stand_in_a_group_with_a_name_and_the_group_has_the_error():
    html = str(Enquiry({})["way"].as_field_group())
    assert 'aria-describedby="id_way_error"' in between(html, "<fieldset", ">")
    assert "Way" in between(html, "<legend>", "</legend>")


def test_the_summary_leads_to_each_field_that_is_wrong_and_takes_the_focus():
    html = render_to_string("components/form_errors.html", {"form": Enquiry({"name": "林采薇"})})
    assert re.findall(r'href="#(\w+)"', html) == ["id_agree", "id_way"]
    assert "The day is over." in html
    assert "有 3 個地方要請您看一下" in html
    assert "autofocus" in between(html, "<div", ">")


def test_a_form_without_errors_has_no_summary():
    assert render_to_string("components/form_errors.html", {"form": Enquiry()}).strip() == ""


def test_the_pages_of_a_list_keep_its_filters(rf):
    page = Paginator(range(100), 10).get_page(5)
    template = Template('{% include "components/pagination.html" with page_obj=page only %}')
    request = rf.get("/runs/", {"kind": "basic", "page": "5"})
    html = render_with(template, request, page=page)
    assert re.findall(r'href="\?([^"]+)"', html) == [f"kind=basic&amp;page={number}" for number in (4, 1, 4, 6, 10, 6)]
    assert "第 41–50 筆，共 100 筆" in html


def test_one_page_needs_no_pages():
    page = Paginator(range(5), 10).get_page(1)
    assert render_to_string("components/pagination.html", {"page_obj": page}).strip() == ""


def render_with(template: Template, request: Any, **context: Any) -> str:
    """Render as a view would."""
    from django.template import RequestContext

    return template.render(RequestContext(request, context))


@pytest.mark.parametrize(
    ("state", "tone"), [("waiting", "sun"), ("done", "good"), ("failed", "bad"), ("withdrawn", "off"), ("running", "")]
)
def test_a_state_has_a_word_and_a_tone(state, tone):
    html = render_to_string("components/state_tag.html", {"state": state, "label": "the word"})
    assert html.strip() == f'<span class="tag {tone}">the word</span>'


def test_the_footer_names_the_pages_that_editors_put_into_the_menu(client, home):
    make.content_page(home, "使用說明", show_in_menus=True)
    make.content_page(home, "不在選單", show_in_menus=False)
    draft = make.content_page(home, "還沒發布", show_in_menus=True)
    draft.unpublish()
    footer = between(client.get("/sitemap/").content.decode(), '<footer class="site">', "</footer>")
    assert re.findall(r">([^<>]+)</a>", footer) == ["網站導覽", "使用說明"]


def test_measures_are_told_to_those_who_do_not_see_them():
    html = render_to_string("components/meter.html", {"value": 58, "max": 1070, "label": "Seats taken", "tone": "sun"})
    assert 'aria-label="Seats taken" min="0" max="1070" value="58"' in html


def test_a_table_of_a_lesson_names_the_column_in_every_cell():
    columns, cells = ["Day", "Hours"], ["Monday", 6]
    template = Template(
        "{% load face_tags %}{% for column, cell in cells|beside:columns %}{{ column }}={{ cell }};{% endfor %}"
    )
    assert template.render(Context({"cells": cells, "columns": columns})) == "Day=Monday;Hours=6;"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail leaves its buffer open
def test_a_picture_comes_in_several_sizes_each_with_its_address(client, home):
    picture = make.image()
    page = make.content_page(
        home, "照片", ("image", {"image": picture.pk, "alternative": "開標現場", "caption": "第一次開標"})
    )
    figure = between(client.get(page.url).content.decode(), '<figure class="picture">', "</figure>")
    small, medium = (picture.renditions.get(filter_spec=f"width-{width}") for width in (480, 832))
    assert f'src="{medium.url}" width="640" height="480" alt="開標現場" loading="lazy"' in figure
    assert f'srcset="{small.url} 480w, {medium.url} 640w"' in figure
    assert client.get(small.url)["Content-Type"] == "image/png"


def test_a_video_has_captions_and_a_transcript(client, home):
    film, captions = make.document("film.mp4", b"film"), make.document("film.vtt", b"WEBVTT\n")
    page = make.content_page(
        home,
        "影片",
        ("video", {"title": "開標", "video": film.pk, "captions": captions.pk, "transcript": "<p>現在開標。</p>"}),
    )
    figure = between(client.get(page.url).content.decode(), '<figure class="film">', "</figure>")
    assert f'<source src="{film.url}" type="video/mp4">' in figure
    assert f'<track kind="captions" src="{captions.url}" srclang="zh-hant" label="字幕" default>' in figure
    assert "現在開標。" in between(figure, "<details", "</details>")
