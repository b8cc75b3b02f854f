"""Fonts: what no font has is known beforehand, and a set is small, whole and always the same."""

from pathlib import Path

import pylopdf_fonts_zh_tw
import pytest
from fontTools.ttLib import TTFont

from common.fonts import _MORE_LATIN, font_files, font_set, missing_characters

KAI = Path("/usr/share/fonts/truetype/cns11643/TW-Kai-98_1.ttf")
needs_kai = pytest.mark.skipif(not KAI.exists(), reason="the Kai typeface is not installed here")
NAME = "王堃 陳𠮷 靐\u3000Aki"


@pytest.fixture
def only_noto(settings):
    settings.FONT_FILES = [pylopdf_fonts_zh_tw.serif_path()]


def covered(path):
    with TTFont(path) as font:
        return set(map(chr, font.getBestCmap()))


def test_a_character_that_no_font_has_is_named(only_noto):
    assert missing_characters("陳𠮷靐𠮷王堃") == ["𠮷", "靐"]
    assert missing_characters("王小明\n\t\u200b\ufeff葛\U000e0100") == []


@needs_kai
def test_with_kai_installed_rare_names_can_be_printed():
    assert missing_characters("陳𠮷靐王堃𡘙") == []
    assert font_files()[0] == KAI


@needs_kai
def test_a_set_draws_chinese_in_kai_and_figures_in_a_serif():
    with font_set([NAME]) as fonts:
        held = [covered(face.path) for face in fonts.faces]
    assert ["A" in characters for characters in held] == [True, False, False]
    assert ["王" in characters for characters in held] == [False, True, False]
    assert ["𠮷" in characters for characters in held] == [False, False, True]


@needs_kai
def test_characters_of_the_national_code_beyond_unicode_can_be_printed():
    assert missing_characters("\U000f0001") == []


@needs_kai
def test_a_name_in_latin_letters_is_set_in_one_typeface_beside_the_figures():
    with font_set(["王 Nguyễn Thị Hồng 115"]) as fonts:
        first = covered(fonts.faces[0].path)
    assert set("NguyễnThịHồng115") <= first
    assert "王" not in first


@needs_kai
@pytest.mark.skipif(not _MORE_LATIN.exists(), reason="DejaVu Serif is not installed here")
def test_letters_that_the_serif_lacks_are_no_characters_of_kai():
    with font_set(["Mo’o ʉmʉ ɨ ṟ Ʉ ꞌ"]) as fonts:
        kai = [face for face in fonts.faces if "王" in covered(face.path)]
        assert fonts.lacking("ʉɨṟɄꞌ") == []
    assert kai == []


def test_every_face_of_a_set_has_the_spaces():
    with font_set([NAME]) as fonts:
        for face in fonts.faces:
            with TTFont(face.path) as font:
                widths = {space: font["hmtx"][font.getBestCmap()[ord(space)]][0] for space in " \u00a0\u3000"}
                em = font["head"].unitsPerEm
            assert widths == {" ": em // 4, "\u00a0": em // 4, "\u3000": em}


def test_a_set_is_small_and_gone_afterwards():
    with font_set([NAME]) as fonts:
        assert sum(face.path.stat().st_size for face in fonts.faces) < 200_000
        assert fonts.lacking("王Aki 0%") == []
        assert fonts.lacking("龍") == ["龍"]
    assert not fonts.folder.exists()


def test_the_same_characters_give_the_same_fonts():
    def made(texts):
        with font_set(texts) as fonts:
            return [face.path.read_bytes() for face in fonts.faces]

    assert made([NAME, "甲乙"]) == made(["乙甲", NAME])
