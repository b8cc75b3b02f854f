"""Typefaces for documents: which files there are, what characters they hold, and small subsets of them.

The Kai typeface (TW-Kai, Debian's fonts-cns11643-kai) where it is installed, with letters and figures in a serif
typeface as official documents have them, and behind it the Traditional Chinese fonts of pylopdf-fonts-zh-tw. A whole
font costs a renderer 200 ms a page and a subset of the characters in use 20 ms, so a batch shares one `font_set`.
"""

import itertools
import tempfile
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_tw
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.safestring import SafeString, mark_safe
from fontTools.ttLib import TTFont
from reportlab.pdfbase import pdfmetrics
from xhtml2pdf.context import _embedded_font_source

from .fontcutting import cut_font

_KAI_FOLDERS = ("/usr/share/fonts/truetype/cns11643", "/usr/local/share/fonts")
# whatever their version; Plus holds the characters of CNS 11643 that Unicode has not (private use, plane 15)
_KAI_FILES = ("TW-Kai-[0-9]*.ttf", "TW-Kai-Ext-B-[0-9]*.ttf", "TW-Kai-Plus-[0-9]*.ttf")

# Kai's own letters and figures are half as wide as its characters, each like the other: hard to read in a row.
# With the letters of Vietnamese and of romanised names, so that a name is not set in two typefaces; what the serif
# lacks of them (ʉ, ɨ, ṟ) comes from DejaVu Serif where it is installed (Debian's fonts-dejavu-core).
_LATIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x2B0), *range(0x1E00, 0x1F00), *range(0xA720, 0xA800))))
_MORE_LATIN = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")

# In every subset whatever the texts: page numbers and list marks are made while the document is laid out.
_ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0\u3000•·—–…、。，；：！？「」『』（）《》〈〉○✓×÷第頁共年月日"

# Held while a document is laid out and while fonts are taken from the registries: both are the whole process's.
renderer_lock = threading.Lock()

_numbers = itertools.count(1)

# Controls and marks without a shape of their own, and variation selectors, which choose a shape that no subset keeps.
_SHAPELESS = frozenset({"Cc", "Cf", "Zl", "Zp"})
_VARIATION_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


@dataclass(frozen=True)
class Face:
    """One font file of a set, under the name that CSS calls it by."""

    family: str
    path: Path


@dataclass(frozen=True)
class FontSet:
    """Subsets for one batch of documents. `folder` is all that the renderer may read; `faces` are tried in order."""

    folder: Path
    faces: tuple[Face, ...]
    characters: frozenset[str]

    @property
    def css(self) -> SafeString:
        """The rules that a PDF template puts first into its style sheet: the faces, and the stack for all text."""
        faces = "\n".join(
            f'@font-face {{ font-family: {face.family}; src: url("{face.path}"); }}' for face in self.faces
        )
        # On html too: the renderer measures <title> in whatever html says.
        return mark_safe(f"{faces}\nhtml, body {{ font-family: {self.stack}; }}")  # noqa: S308  all of it is ours

    @property
    def stack(self) -> str:
        """The families in their order, for `font-family`."""
        return ", ".join(face.family for face in self.faces)

    def lacking(self, text: str) -> list[str]:
        """The characters of `text` that are not in this set, each once, in their order."""
        return [character for character in drawn_characters(text) if character not in self.characters]


@contextmanager
def font_set(texts: Iterable[str]) -> Iterator[FontSet]:
    """Subsets that hold the characters of `texts`, in a work folder that is gone at the end.

    The same characters give the same bytes. A character that no installed font has is left out here: ask
    `missing_characters` before; `render_pdf` refuses a document with one.
    """
    wanted = set(drawn_characters(_ALWAYS + "".join(texts)))
    spaces = {character for character in wanted if character.isspace()}
    with tempfile.TemporaryDirectory(prefix="fonts-") as folder:
        faces: list[Face] = []
        held: set[str] = set()
        for path, taken in _sources():
            candidates = wanted - held if taken is None else wanted & taken - held
            share = {character for character in candidates if ord(character) in _coverage(path)}
            if not share - spaces:
                continue
            data = cut_font(path, share, spaces=spaces) if taken is None else _latin_face(path, frozenset(spaces))
            family = f"face{next(_numbers)}"
            file = Path(folder) / f"{family}.ttf"
            file.write_bytes(data)
            faces.append(Face(family, file))
            held |= share
        try:
            yield FontSet(Path(folder), tuple(faces), frozenset(held))
        finally:
            _forget(faces)


def missing_characters(text: str) -> list[str]:
    """The characters of `text` that no installed font can draw, each once, in their order."""
    fonts = font_files()
    return [
        character
        for character in drawn_characters(text)
        if not any(ord(character) in _coverage(path) for path in fonts)
    ]


def drawn_characters(text: str) -> list[str]:
    """The characters of `text` that need a glyph, each once, in their order."""
    return [character for character in dict.fromkeys(text) if is_drawn(character)]


def is_drawn(character: str) -> bool:
    """Whether the character has a shape (or a width) of its own."""
    return unicodedata.category(character) not in _SHAPELESS and character not in _VARIATION_SELECTORS


def _sources() -> list[tuple[Path, frozenset[str] | None]]:
    """The files in the order in which a set draws on them, each with the characters it is for (None: all it has)."""
    files = font_files()
    for_all: list[tuple[Path, frozenset[str] | None]] = [(path, None) for path in files]
    if not files[0].name.startswith("TW-Kai"):
        return for_all
    latin = [pylopdf_fonts_zh_tw.serif_path(), *(path for path in files if path == _MORE_LATIN)]
    return [*((path, _LATIN) for path in latin), *for_all]


def font_files() -> list[Path]:
    """The fonts of this machine, the one to prefer first; the setting `FONT_FILES` (paths) replaces the list."""
    chosen = getattr(settings, "FONT_FILES", None)
    if chosen:
        files = [Path(file) for file in chosen]
        absent = [str(file) for file in files if not file.is_file()]
        if absent:
            raise ImproperlyConfigured(f"FONT_FILES names files that do not exist: {', '.join(absent)}")
        return files
    kai = [path for name in _KAI_FILES for folder in _KAI_FOLDERS for path in sorted(Path(folder).glob(name))[-1:]]
    more = [_MORE_LATIN] if _MORE_LATIN.is_file() else []
    return [*kai, pylopdf_fonts_zh_tw.serif_path(), pylopdf_fonts_zh_tw.sans_path(), *more]


@lru_cache(maxsize=8)
def _coverage(path: Path) -> frozenset[int]:
    """The code points that the font has glyphs for. Fonts do not change while a process lives."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@lru_cache(maxsize=4)
def _latin_face(path: Path, spaces: frozenset[str]) -> bytes:
    """All letters and figures: cutting an OpenType font takes 0.4 s, so it is done once in a process."""
    return cut_font(path, {character for character in _LATIN if ord(character) in _coverage(path)}, spaces=spaces)


def _forget(faces: Iterable[Face]) -> None:
    """Take the faces out of the registries, which would keep the fonts of every batch for the life of the process."""
    with renderer_lock:
        for face in faces:
            for name in [name for name in pdfmetrics._fonts if name.startswith(f"{face.family}_")]:
                pdfmetrics._fonts[name].unregister()
                pdfmetrics._fonts.pop(name, None)
                _embedded_font_source.pop(name, None)
