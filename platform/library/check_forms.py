"""The check form of a procedure (內部控制自行評估表), made from its control points: as PDF to print, as ODT to fill in.

In Chinese whatever the interface, since agencies file it. Made once for each version, whose points never change.
"""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.odt import Block, Paragraph, Table, write_odt
from common.pdf import render_pdf
from common.rocdates import format_roc

from .models import DocumentVersion

FORMATS = ("odt", "pdf")
LANGUAGE = "zh-hant"
_KEPT = 7 * 24 * 60 * 60  # seconds
_BLANK = "\u00a0" * 2  # room to write that no program folds
_COLUMNS = (0.8, 2.1, 4.9, 2.3, 2.5, 3.1)  # relative widths: number, step, control point, basis, finding, remarks


def check_form(version: DocumentVersion, file_format: str) -> bytes:
    """Return the check form of `version` as "odt" or "pdf"; it has a row for each control point.

    Raises `common.pdf.PdfError` when a character cannot be drawn.
    """
    key = f"library:check-form:{version.pk}:{file_format}"
    data: bytes | None = cache.get(key)
    if data is None:
        with override(LANGUAGE):
            data = _as_odt(version) if file_format == "odt" else _as_pdf(version)
        cache.set(key, data, _KEPT)
    return data


def _as_pdf(version: DocumentVersion) -> bytes:
    context = {
        "title": _title(),
        "subtitle": _subtitle(version),
        "head": _head(version),
        "headings": _headings(),
        "rows": [[*row[:4], row[4].split("\n"), row[5]] for row in _rows(version)],
        "signatures": _signatures(),
        "notes": _notes(),
        "organisation": settings.ORGANISATION,
    }
    return render_pdf("pdf/check_form.html", context, dated=version.effective_from)


def _as_odt(version: DocumentVersion) -> bytes:
    blocks: list[Block] = [
        Table(rows=_head(version), widths=(2, 5, 2, 5), is_form=True),
        Table(rows=_rows(version), headings=_headings(), widths=_COLUMNS),
        Table(rows=[tuple(cell for name in _signatures() for cell in (name, ""))], widths=(1, 2) * 3, is_form=True),
        *(Paragraph(note, is_quiet=True) for note in _notes()),
    ]
    return write_odt(
        title=_title(), subtitle=_subtitle(version), blocks=blocks, author=str(settings.ORGANISATION),
        is_landscape=True, dated=version.effective_from,
    )  # fmt: skip


def _title() -> str:
    return _("Self-assessment of internal control")


def _subtitle(version: DocumentVersion) -> str:
    return _("%(document)s, version %(label)s, in force from %(day)s") % {
        "document": version.document.title, "label": version.label, "day": format_roc(version.effective_from),
    }  # fmt: skip


def _head(version: DocumentVersion) -> list[tuple[str, str, str, str]]:
    day = f"{_BLANK * 4}年{_BLANK * 3}月{_BLANK * 3}日"
    return [
        (_("Unit assessed"), "", _("Procedure"), version.document.title),
        (_("Period assessed"), f"{day}至{day}", _("Day of assessment"), day),
    ]


def _headings() -> list[str]:
    return [
        _("No."), _("Step of the procedure"), _("Control point"), _("Basis"), _("Finding"),
        _("Explanation and improvement"),
    ]  # fmt: skip


def _rows(version: DocumentVersion) -> list[tuple[str, str, str, str, str, str]]:
    choices = [[_("carried out"), _("partly carried out")], [_("not carried out"), _("did not occur")]]
    choices.append([_("not applicable")])
    findings = "\n".join(_BLANK.join(f"□ {word}" for word in line) for line in choices)
    points = version.control_points.all()
    return [(str(point.order), point.step, point.control, point.basis, findings, "") for point in points]


def _signatures() -> list[str]:
    return [_("Filled in by"), _("Checked by"), _("Head of the unit")]


def _notes() -> list[str]:
    return [
        _(
            "1. Tick one finding for each control point; where it is partly or not carried out, say why and how it is "
            "put right."
        ),
        _(
            "2. “Did not occur”: nothing of the kind came up in the period. “Not applicable”: the rule was changed and "
            "this form not yet."
        ),
    ]
