"""PDFs: right to the eye, right to the reader's machine, or an error."""

import io
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pylopdf_fonts_zh_tw
import pypdf
import pytest
from django.template import engines
from fontTools.ttLib import TTFont
from reportlab.pdfbase import pdfmetrics

from common.fonts import font_set
from common.pdf import PdfError, document_text, render_pdf
from common.qr import qr_png

DOCUMENT = """<!doctype html><html lang="zh-hant"><head><title>結訓證明</title><meta name="author" content="秘書處">
<style>{{ fonts.css }} @page { size: a4 landscape; margin: 20mm; } body { -pdf-word-wrap: CJK; }</style></head>
<body><h1>結訓證明</h1><p>{{ name }} 107 年</p>{{ extra|safe }}</body></html>"""
HAS_KAI = Path("/usr/share/fonts/truetype/cns11643/TW-Kai-Ext-B-98_1.ttf").exists()
RARE = "陳𠮷𡘙" if HAS_KAI else "陳堃"
PNG = qr_png("https://example.org/verify/1")


@pytest.fixture
def template(tmp_path, settings):
    """The name of a template with DOCUMENT in it."""
    (tmp_path / "document.html").write_text(DOCUMENT)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    engines.__init__()
    return "document.html"


def reader(data):
    return pypdf.PdfReader(io.BytesIO(data))


def code_of(template, context, **options):
    with pytest.raises(PdfError) as refused:
        render_pdf(template, context, **options)
    return refused.value.code


def test_the_text_can_be_selected_and_says_what_is_printed(template):
    page = reader(render_pdf(template, {"name": RARE})).pages[0]
    assert page.extract_text().split() == ["結訓證明", RARE, "107", "年"]


def test_size_title_author_language_and_date_are_those_of_the_template(template):
    document = reader(render_pdf(template, {"name": "王"}, dated=date(2026, 11, 20)))
    box = document.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)
    assert (document.metadata.title, document.metadata.author) == ("結訓證明", "秘書處")
    assert document.metadata.creation_date.date() == date(2026, 11, 20)
    assert document.trailer["/Root"]["/Lang"] == "zh-hant"


def test_every_font_that_draws_is_embedded_and_every_glyph_is_there(template):
    page = reader(render_pdf(template, {"name": RARE})).pages[0]
    drawing = set()

    def visit(text, _matrix, _text_matrix, font, _size):
        if text.strip():
            drawing.add(str(font["/BaseFont"]))

    page.extract_text(visitor_text=visit)
    embedded = {
        str(font["/BaseFont"]): font["/FontDescriptor"]["/FontFile2"].get_data()
        for reference in page["/Resources"]["/Font"].values()
        if "/FontDescriptor" in (font := reference.get_object())
    }
    assert drawing <= embedded.keys()
    assert drawing
    for data in embedded.values():
        with TTFont(io.BytesIO(data)) as font:
            assert font["maxp"].numGlyphs > 1


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed here")
def test_no_box_stands_where_a_space_or_a_rare_character_should(template, tmp_path):
    """The same line with and without its spaces darkens the same number of pixels."""

    def ink(name):
        (tmp_path / "a.pdf").write_bytes(render_pdf(template, {"name": name}))
        command = ["pdftoppm", "-gray", "-r", "72", "-singlefile", "a.pdf", "a"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
        pixels = (tmp_path / "a.pgm").read_bytes()
        return sum(255 - value for value in pixels[-842 * 595 :])

    spaced, plain = ink(f"{RARE} \u3000\u00a0{RARE}"), ink(f"{RARE}{RARE}")
    assert plain > 1000
    assert spaced == pytest.approx(plain, rel=0.02)


def test_the_same_context_gives_the_same_bytes_in_any_process(template, tmp_path):
    context = {"name": RARE, "extra": ""}
    first = render_pdf(template, context)
    assert render_pdf(template, context) == first
    script = (
        "import sys, django\n"
        "from django.conf import settings\n"
        "settings.configure(INSTALLED_APPS=['common'], USE_TZ=True, TIME_ZONE='Asia/Taipei', TEMPLATES=[{\n"
        "  'BACKEND': 'django.template.backends.django.DjangoTemplates', 'DIRS': [sys.argv[1]]}])\n"
        "django.setup()\n"
        "from common.pdf import render_pdf\n"
        "sys.stdout.buffer.write(render_pdf('document.html', {'name': sys.argv[2], 'extra': ''}))\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, str(tmp_path), RARE]
    again = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
    assert again.stdout == first


def test_the_environment_is_as_before(template):
    before = dict(os.environ)
    render_pdf(template, {"name": "王"})
    assert dict(os.environ) == before


def test_a_character_that_no_font_has_is_named(template, settings):
    settings.FONT_FILES = [pylopdf_fonts_zh_tw.serif_path()]
    with pytest.raises(PdfError) as refused:
        render_pdf(template, {"name": "陳𠮷 靐"})
    assert refused.value.code == "missing_characters"
    assert "𠮷 (U+20BB7)" in str(refused.value)
    assert "靐 (U+9750)" in str(refused.value)


def test_a_set_made_for_other_documents_is_an_error_and_not_a_box(template):
    with font_set([document_text(template, {"name": "王"})]) as fonts:
        assert render_pdf(template, {"name": "王"}, fonts=fonts).startswith(b"%PDF")
        assert code_of(template, {"name": "龍"}, fonts=fonts) == "missing_characters"


def test_two_sets_at_once_keep_their_characters_apart(template):
    """Both are subsets of the same typeface, which ReportLab would take for one font by its name."""
    first, second = {"name": "甲乙"}, {"name": "丙丁戊"}
    with font_set([document_text(template, first)]) as some, font_set([document_text(template, second)]) as others:
        drawn = [
            reader(render_pdf(template, context, fonts=fonts)).pages[0].extract_text().split()[1]
            for context, fonts in ((first, some), (second, others), (first, some))
        ]
    assert drawn == ["甲乙", "丙丁戊", "甲乙"]


@pytest.mark.parametrize("font_files", [None, [pylopdf_fonts_zh_tw.serif_path()]])
def test_a_document_is_the_same_alone_and_in_a_batch(template, settings, font_files):
    settings.FONT_FILES = font_files
    alone = render_pdf(template, {"name": "王小明"})
    batch = [
        document_text(template, {"name": name})
        for name in ("王小明", "鬱龜齉 Ångström", "陳堃" if font_files else RARE)
    ]
    with font_set(batch) as fonts:
        assert render_pdf(template, {"name": "王小明"}, fonts=fonts) == alone


def test_variation_selectors_and_controls_leave_no_trace(template):
    text = reader(render_pdf(template, {"name": "葛\U000e0100城\u200b\x07"})).pages[0].extract_text()
    assert "葛城" in text


@pytest.mark.parametrize(
    "extra",
    [
        '<img src="missing.png">',
        '<img src="/etc/passwd">',
        '<img src="file:///etc/hostname">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="https://example.org/x.png">',
        '<p style="font-family: NoSuchFont">甲</p>',
    ],
)
def test_whatever_the_renderer_warns_of_is_an_error(template, extra):
    assert code_of(template, {"name": "王", "extra": extra}) == "renderer"


def test_text_in_a_font_that_is_not_embedded_is_an_error(template):
    with pytest.raises(PdfError) as refused:
        render_pdf(template, {"name": "王", "extra": '<p style="font-family: Helvetica">plain</p>'})
    assert refused.value.code == "fonts"
    assert "Helvetica" in str(refused.value)


def test_a_document_without_title_or_language_is_an_error(tmp_path, template):
    for tag, replaced in (("結訓證明</title>", "</title>"), ('lang="zh-hant"', "")):
        (tmp_path / "other.html").write_text(DOCUMENT.replace(tag, replaced))
        assert code_of("other.html", {"name": "王"}) == "metadata"


def test_pictures_are_drawn_and_other_files_are_refused(template):
    picture = '<img src="{{ images.qr }}" width="80" height="80">'
    (Path(engines["django"].dirs[-1]) / "picture.html").write_text(DOCUMENT.replace("{{ extra|safe }}", picture))
    page = reader(render_pdf("picture.html", {"name": "王"}, images={"qr": PNG})).pages[0]
    assert [image.image.size[0] > 100 for image in page.images] == [True]
    with pytest.raises(ValueError, match="PNG"):
        render_pdf("picture.html", {"name": "王"}, images={"qr": b"<svg/>"})


def test_the_base_of_reports_counts_pages_repeats_headings_and_keeps_numbers_whole(tmp_path, template):
    (tmp_path / "report.html").write_text(
        '{% extends "pdf/base.html" %}{% block title %}報表{% endblock %}{% block content %}'
        '<table repeat="1"><thead><tr><th>期別</th></tr></thead><tbody>{% for number in numbers %}'
        "<tr><td>第 {{ number }} 期</td></tr>{% endfor %}</tbody></table>{% endblock %}"
    )
    pages = [page.extract_text() for page in reader(render_pdf("report.html", {"numbers": range(1001, 1061)})).pages]
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert "期別" in text
        assert f"第 {number} 頁，共 {len(pages)} 頁" in " ".join(text.split())
    assert all(any(f"第 {number} 期" in text for text in pages) for number in range(1001, 1061))


def test_the_fonts_of_a_batch_do_not_stay_in_the_process(template):
    before = set(pdfmetrics.getRegisteredFontNames())
    for number in range(3):
        render_pdf(template, {"name": f"甲乙丙丁戊{'己' * number}"})
    assert set(pdfmetrics.getRegisteredFontNames()) - before == set()


def test_a_qr_code_is_a_picture_with_its_quiet_zone():
    assert PNG.startswith(b"\x89PNG\r\n\x1a\n")
    assert qr_png("https://example.org/verify/1") == PNG
    assert qr_png("https://example.org/verify/2") != PNG
