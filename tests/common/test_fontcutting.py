"""Cut fonts draw exactly what the whole font draws."""

import io
from pathlib import Path

import pylopdf_fonts_zh_tw
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from common.fontcutting import cut_font

KAI = Path("/usr/share/fonts/truetype/cns11643/TW-Kai-98_1.ttf")
NOTO = pylopdf_fonts_zh_tw.serif_path()
needs_kai = pytest.mark.skipif(not KAI.exists(), reason="the Kai typeface is not installed here")
TEXT = "採購é½堃 A"


def outlines(font, pen_type):
    glyphs, mapping = font.getGlyphSet(), font.getBestCmap()
    drawn = {}
    for character in TEXT:
        pen = pen_type(glyphs)
        glyphs[mapping[ord(character)]].draw(pen)
        drawn[character] = (pen.value, glyphs[mapping[ord(character)]].width)
    return drawn


@needs_kai
def test_the_outlines_and_widths_are_those_of_the_whole_font():
    with TTFont(KAI, lazy=True) as whole, TTFont(io.BytesIO(cut_font(KAI, TEXT))) as cut:
        assert set(map(chr, cut.getBestCmap())) == set(TEXT)
        assert outlines(cut, DecomposingRecordingPen) == outlines(whole, DecomposingRecordingPen)
        assert cut["maxp"].numGlyphs < 20
        assert {"fpgm", "prep", "cvt ", "GSUB", "FFTM"}.isdisjoint(cut.keys())


def test_a_composed_glyph_keeps_its_parts_under_their_new_numbers(tmp_path):
    path = tmp_path / "composed.ttf"
    make_composed_font(path)
    with TTFont(path) as whole, TTFont(io.BytesIO(cut_font(path, "Á"))) as cut:
        assert cut["maxp"].numGlyphs == 4
        drawn = []
        for font in (whole, cut):
            pen = DecomposingRecordingPen(font.getGlyphSet())
            font.getGlyphSet()[font.getBestCmap()[ord("Á")]].draw(pen)
            drawn.append(pen.value)
        assert drawn[0] == drawn[1]
        assert len(drawn[0]) == 10


def make_composed_font(path):
    """A font of five glyphs, in which Á is put together from A and an acute accent, turned and moved."""

    def square(size):
        pen = TTGlyphPen(None)
        pen.moveTo((0, 0))
        for corner in ((0, size), (size, size), (size, 0)):
            pen.lineTo(corner)
        pen.closePath()
        return pen.glyph()

    simple = {".notdef": square(10), "A": square(500), "B": square(600), "acute": square(100)}
    pen = TTGlyphPen(simple)
    pen.addComponent("A", (1, 0, 0, 1, 0, 0))
    pen.addComponent("acute", (0.5, 0, 0.25, 1, 300, 550))
    glyphs = {**simple, "Aacute": pen.glyph()}
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap({ord("A"): "A", ord("B"): "B", ord("Á"): "Aacute"})
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics(dict.fromkeys(glyphs, (600, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Composed", "styleName": "Regular", "psName": "Composed"})
    font.setupOS2()
    font.setupPost()
    font.save(path)


def test_an_opentype_font_is_cut_and_becomes_truetype():
    with TTFont(io.BytesIO(cut_font(NOTO, TEXT))) as cut:
        assert "glyf" in cut
        assert set(map(chr, cut.getBestCmap())) >= set(TEXT)
        assert cut["maxp"].numGlyphs < 20


def test_a_character_that_the_font_lacks_is_left_out():
    with TTFont(io.BytesIO(cut_font(NOTO, "王𠮷"))) as cut:
        assert ord("𠮷") not in cut.getBestCmap()
