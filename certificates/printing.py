"""From the facts of a certificate to its PDF: the same facts always give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.utils.translation import override

from common.fonts import FontSet, font_set, missing_characters
from common.pdf import document_text, render_pdf
from common.qr import qr_png

from .background import background_pdf

LANGUAGE = "zh-hant"


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


def characters_without_glyph(facts: dict[str, Any]) -> list[str]:
    """Return the characters of a certificate that no installed font has."""
    return missing_characters(_text(facts))


def _context(facts: dict[str, Any]) -> dict[str, Any]:
    number = facts["public_id"]
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    return {"facts": facts, "words": facts["words"], "grouped_id": grouped}


def _text(facts: dict[str, Any]) -> str:
    with override(LANGUAGE):
        return document_text(facts["design"], _context(facts))
