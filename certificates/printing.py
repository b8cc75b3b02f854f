"""From the facts of a certificate to its PDF: the same facts always give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from string import ascii_letters, digits
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from common.fonts import FontSet, font_set, missing_characters
from common.pdf import render_pdf
from common.qr import qr_png_data_uri

from .models import PUBLIC_ID_ALPHABET
from .wording import DESIGN

LANGUAGE = "zh-hant"
_ALWAYS = ascii_letters + digits + PUBLIC_ID_ALPHABET + "-:/. "


@contextmanager
def certificate_fonts(facts: Iterable[dict[str, Any]]) -> Iterator[FontSet]:
    """One subset of the fonts for a whole batch: the characters of all `facts` and of the design."""
    texts = [_ALWAYS, _words_of_design(), *(text for item in facts for text in _texts(item))]
    with font_set(texts) as fonts:
        yield fonts


def print_facts(facts: dict[str, Any], *, fonts: FontSet) -> bytes:
    """Return the PDF (A4 landscape) of a certificate.

    Raises `PdfError` when a character has no glyph or a font was not embedded.
    """
    context = {
        "facts": facts,
        "words": facts["words"],
        "grouped_id": " ".join(facts["public_id"][i : i + 4] for i in range(0, len(facts["public_id"]), 4)),
        "qr": qr_png_data_uri(facts["verify_url"]),
        "issued_on": date.fromisoformat(facts["issued_on"]),
    }
    with override(LANGUAGE):
        return render_pdf(facts["design"], context, fonts=fonts)


def characters_without_glyph(facts: dict[str, Any]) -> list[str]:
    """Return the characters of a certificate that no installed font has."""
    return missing_characters("".join(_texts(facts)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


def _words_of_design() -> str:
    with override(LANGUAGE):
        return render_to_string(DESIGN, {"facts": {}, "words": {}})
