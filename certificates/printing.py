"""From the facts of a certificate to its PDF: drawn with the same fonts, the same facts give the same bytes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.utils.translation import override

from common.fonts import FontSet, font_set, missing_characters
from common.pdf import document_text, render_pdf
from common.qr import qr_png

from .background import background_pdf
from .models import Certificate

LANGUAGE = "zh-hant"
LINE_WIDTH = 690  # points: the frame of the words in the design


@contextmanager
def certificate_fonts(facts: Iterable[dict[str, Any]]) -> Iterator[FontSet]:
    """One subset of the fonts for a whole batch: the characters of all `facts` and of their designs."""
    with font_set(_text(item) for item in facts) as fonts:
        yield fonts


def print_facts(facts: dict[str, Any], *, fonts: FontSet | None = None) -> bytes:
    """Return the PDF (A4 landscape) of a certificate; without `fonts` it makes a subset of its own.

    Raises `PdfError` when a character has no glyph or a font was not embedded.
    """
    images = {"background": background_pdf(), "qr": qr_png(facts["verify_url"])}
    with override(LANGUAGE):
        return render_pdf(
            facts["design"], _context(facts), fonts=fonts, images=images, dated=date.fromisoformat(facts["issued_on"])
        )


def print_again(certificate: Certificate) -> bytes:
    """Return the PDF of an issued certificate, drawn anew: byte for byte the file that was issued.

    That holds as long as the installed fonts and the renderer are the same.
    """
    with font_set([certificate.characters]) as fonts:
        return print_facts(certificate.facts, fonts=fonts)


def characters_without_glyph(facts: dict[str, Any]) -> list[str]:
    """Return the characters of a certificate that cannot be drawn: no installed font has them.

    So it is with a mark that no letter of Unicode is composed with (U+0358): it would stand beside its letter, since
    the renderer places no marks.
    """
    text = unicodedata.normalize("NFC", _text(facts))
    marks = [character for character in dict.fromkeys(text) if unicodedata.combining(character)]
    return [*missing_characters(text), *(mark for mark in marks if mark not in missing_characters(text))]


def _context(facts: dict[str, Any]) -> dict[str, Any]:
    number, words = facts["public_id"], facts["words"]
    return {
        "facts": facts,
        "words": words,
        "grouped_id": " ".join(number[i : i + 4] for i in range(0, len(number), 4)),
        "sizes": {
            "agency": _fitting(facts["agency"], 15),
            "name": _fitting(facts["name"], 38),
            "course": _fitting(words["course"], 22),
            "course_en": _fitting(words["course_en"], 9.5),
        },
    }


def _fitting(text: str, largest: float) -> float:
    """Return the size, in points, at which `text` stays on one line; at most `largest`.

    A Chinese character is as wide as its size, others at most two thirds of it.
    """
    ems = sum(1 if ord(character) >= 0x2E80 else 2 / 3 for character in text)
    return round(min(largest, LINE_WIDTH / max(ems, 1)), 1)


def _text(facts: dict[str, Any]) -> str:
    with override(LANGUAGE):
        return document_text(facts["design"], _context(facts))
