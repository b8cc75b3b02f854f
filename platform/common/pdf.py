"""One function from a template and its context to a PDF. It fails loudly: what a reader would see as a box is an error.

xhtml2pdf returns without an error when it cannot read a font or draws a character as a box, so everything it warns of
counts as one, and the fonts that draw text must all be embedded.
"""

import io
import logging
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, cast

import pypdf
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from pypdf.generic import DictionaryObject
from reportlab.pdfbase import pdfmetrics, ttfonts
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from . import linebreaking
from .errors import DomainError
from .fonts import FontSet, font_set, is_drawn, renderer_lock

_EARLIEST = date(2000, 1, 1)
_STRINGS = re.compile(rb"\((?:[^()\\]|\\.)*\)", re.DOTALL)
_OPERATORS = re.compile(rb"/(\S+)\s+[-\d.]+\s+Tf|(?<!\S)(q|Q|Tj|TJ|'|\")(?!\S)")


class PdfError(DomainError):
    """The document would not come out right. `details` say what the renderer complained of, for the log."""

    def __init__(self, message: str, *, code: str, details: Sequence[str] = ()) -> None:
        super().__init__(message, code=code)
        self.details = list(details)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *self.details])


def document_text(template_name: str, context: Mapping[str, Any]) -> str:
    """What `render_pdf` would draw, as HTML: feed a whole batch of these to `font_set`."""
    return render_to_string(template_name, {**context, "fonts": None, "images": {}})


def render_pdf(
    template_name: str,
    context: Mapping[str, Any],
    *,
    fonts: FontSet | None = None,
    images: Mapping[str, bytes] | None = None,
    dated: date | None = None,
) -> bytes:
    """The document as PDF: its text selectable, all its fonts embedded, the same bytes for the same context.

    The template gets `fonts` (`<style>{{ fonts.css }} …`) and `images` as name → path for `<img src>` (PNG, JPEG, or a
    PDF as the background of a page); it declares page size and orientation (`@page`), `<html lang>`, `<title>` and
    `<meta name="author">`. Without `fonts` the document gets a subset of its own (1 s); a batch passes one set for all.
    `dated` is the date of creation that the file states. The renderer reads the work folder and nothing else, and no
    address on the network.

    Raises `PdfError`: `missing_characters`, `renderer` (a warning or an error of it), `fonts` (text in a font that is
    not embedded), `metadata` (no title or no language).
    """
    with ExitStack() as stack:
        if fonts is None:
            fonts = stack.enter_context(font_set([document_text(template_name, context)]))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="images-", dir=fonts.folder))
        paths = _lay_out_images(Path(folder), images or {})
        html = _without_shapeless(render_to_string(template_name, {**context, "fonts": fonts, "images": paths}))
        if lacking := fonts.lacking(html):
            message = _("No installed font has these characters: %(characters)s")
            shown = ", ".join(f"{character} (U+{ord(character):04X})" for character in lacking)
            raise PdfError(message % {"characters": shown}, code="missing_characters")
        data = _convert(html, fonts.folder, dated or _EARLIEST)
    if strangers := _unembedded_fonts(data):
        message = _("The document uses fonts that are not embedded: %(fonts)s")
        raise PdfError(message % {"fonts": ", ".join(strangers)}, code="fonts")
    return data


def _without_shapeless(html: str) -> str:
    """The renderer would draw a box for a control or a variation selector."""
    return "".join(character for character in html if character in "\n\t\r" or is_drawn(character))


def _lay_out_images(folder: Path, images: Mapping[str, bytes]) -> dict[str, str]:
    """Write the images where the renderer may read them; the templates' names for them → their paths."""
    paths = {}
    for index, (name, data) in enumerate(sorted(images.items())):
        path = folder / f"{index}{_suffix(data)}"
        path.write_bytes(data)
        paths[name] = str(path)
    return paths


def _suffix(data: bytes) -> str:
    """The renderer goes by the name. A PDF may be the background of a page."""
    for signature, suffix in ((b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"%PDF", ".pdf")):
        if data.startswith(signature):
            return suffix
    raise ValueError("an image of a document is a PNG, a JPEG or, as the background of a page, a PDF")


def _convert(html: str, folder: Path, dated: date) -> bytes:
    out = io.BytesIO()
    with renderer_lock, _creation_date(dated), _complaints() as complaints:
        # ReportLab takes two subsets of one typeface, registered for two sets, for the same font by their common name.
        pdfmetrics._dynFaceNames.clear()
        result = pisa.pisaDocument(
            html,
            out,
            encoding="utf-8",
            resource_policy=ResourceAccessPolicy(base_dir=folder, allow_remote=False),
        )
    if result.err or result.warn or complaints:
        details = complaints or [f"{level}: {text}" for level, _line, text, _fragment in result.log]
        raise PdfError(_("The document could not be laid out as it should be."), code="renderer", details=details)
    if not result.meta["title"].strip() or not result.lang_tag:
        raise PdfError(_("The template of the document has no title or no language."), code="metadata")
    return out.getvalue()


@contextmanager
def _creation_date(dated: date) -> Iterator[None]:
    """ReportLab takes the time from SOURCE_DATE_EPOCH where it is set: the same document, the same bytes."""
    noon = timezone.make_aware(datetime.combine(dated, time(12)))
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(noon.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


class _Listener(logging.Handler):
    """Keeps what the renderer logs as a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    logger = logging.getLogger("xhtml2pdf")
    listener, propagates = _Listener(), logger.propagate
    logger.addHandler(listener)
    logger.propagate = False  # they end in the error we raise; their text may name people, which logs must not
    try:
        yield listener.lines
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagates


def _unembedded_fonts(data: bytes) -> list[str]:
    """The fonts that draw text in the document and are not in it.

    Every file of ReportLab's lists Helvetica, its initial font; that is no fault as long as nothing is drawn with it.
    """
    found: set[str] = set()
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        resources = cast(DictionaryObject, page["/Resources"].get_object())
        fonts = cast(DictionaryObject, resources.get("/Font", DictionaryObject()))
        strangers = {
            name.lstrip("/"): str(font["/BaseFont"])
            for name, reference in fonts.items()
            if not _is_embedded(font := reference.get_object())
        }
        contents = page.get_contents()
        if strangers and contents is not None:
            found |= {strangers[name] for name in _drawing_fonts(contents.get_data()) & strangers.keys()}
    return sorted(found)


def _is_embedded(font: Mapping[str, Any]) -> bool:
    descriptor = font.get("/FontDescriptor")
    return descriptor is not None and not {"/FontFile", "/FontFile2", "/FontFile3"}.isdisjoint(descriptor.get_object())


def _drawing_fonts(content: bytes) -> set[str]:
    """The names of the fonts that are current where a content stream shows text."""
    used: set[str] = set()
    current, saved = "", []
    for found in _OPERATORS.finditer(_STRINGS.sub(b"()", content)):
        name, operator = found.groups()
        if name is not None:
            current = name.decode("latin-1")
        elif operator == b"q":
            saved.append(current)
        elif operator == b"Q":
            current = saved.pop() if saved else ""
        else:
            used.add(current)
    return used


def _to_unicode_map(font_name: str, subset: Sequence[int]) -> str:
    """ReportLab's own map with characters beyond U+FFFF in UTF-16, as the standard demands: 𠮷 used to copy as ₻."""
    lines = [f"<{index:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for index, point in enumerate(subset)]
    before, _begin, rest = _original_map(font_name, subset).partition("beginbfchar\n")
    _wrong, _end, after = rest.partition("endbfchar")
    return "\n".join([f"{before}beginbfchar", *lines, f"endbfchar{after}"])


_original_map = ttfonts.makeToUnicodeCMap
ttfonts.makeToUnicodeCMap = _to_unicode_map
linebreaking.install()
