"""The checklist on paper: as PDF to print and sign, as ODT to go on writing.

In Chinese whatever the interface, since it is filed with the tender (招標公告前檢核表).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from common.odt import CONTENT_TYPE, Block, Heading, Paragraph, Table, write_odt
from common.pdf import render_pdf
from common.rocdates import format_roc
from library.enums import ProcurementKind

from .checklists import ChecklistItem, band_today, by_stage
from .enums import ChecklistAnswer
from .models import TaxonomyEdition

CONTENT_TYPES = {"pdf": "application/pdf", "odt": CONTENT_TYPE}
LANGUAGE = "zh-hant"

_TICKED, _EMPTY = "■", "□"
_BLANK = "\u00a0" * 2  # room to write that no program folds
_WIDTHS = (1, 6.2, 2.1, 3.3)  # relative: number, point, boxes, note
_TITLE_IN_FILE_NAME = 40  # characters


@dataclass(frozen=True)
class Paper:
    """What is printed. `answers` are as `Checklist.answers` holds them; `amount` is whole NT$."""

    kind: ProcurementKind
    edition: TaxonomyEdition
    items: list[ChecklistItem]
    answers: Mapping[str, Mapping[str, str]]
    title: str = ""
    agency_name: str = ""
    amount: int | None = None
    day: date = field(default_factory=timezone.localdate)

    def file_name(self, file_format: str) -> str:
        """Return the name of the file: what it is, and of which tender."""
        with override(LANGUAGE):
            parts = [_("Checklist before publishing the tender"), self.title[:_TITLE_IN_FILE_NAME]]
        return f"{get_valid_filename('_'.join(filter(None, parts)))}.{file_format}"


def write_checklist(paper: Paper, file_format: str) -> bytes:
    """Return the checklist as "odt" or "pdf". Raises `common.pdf.PdfError` when a character cannot be drawn."""
    with override(LANGUAGE):
        return _as_odt(paper) if file_format == "odt" else _as_pdf(paper)


def _as_pdf(paper: Paper) -> bytes:
    context = {
        "title": _("Checklist before publishing the tender"),
        "tender": paper.title,
        "head": _head(paper),
        "headings": _headings(),
        "stages": [(stage, [_row(paper, number, item) for number, item in rows]) for stage, rows in _stages(paper)],
        "signatures": _signatures(),
        "notes": _notes(paper),
        "organisation": settings.ORGANISATION,
    }
    return render_pdf("pdf/checklist.html", context, dated=paper.day)


def _as_odt(paper: Paper) -> bytes:
    blocks: list[Block] = [Table(rows=_head(paper), widths=(2, 5, 2, 4), is_form=True)]
    for stage, rows in _stages(paper):
        lines = [_row(paper, number, item) for number, item in rows]
        cells = [(str(line.number), "\n".join([line.asks, *line.details]), line.boxes, line.note) for line in lines]
        blocks += [Heading(stage, level=3), Table(rows=cells, headings=_headings(), widths=_WIDTHS)]
    signatures = [tuple(cell for name in _signatures() for cell in (name, ""))]
    blocks += [Table(rows=signatures, widths=(1, 2) * 2, is_form=True)]
    blocks += [Paragraph(note, is_quiet=True) for note in _notes(paper)]
    return write_odt(
        title=_("Checklist before publishing the tender"), blocks=blocks, author=str(settings.ORGANISATION),
        dated=paper.day,
    )  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """One point as it is printed."""

    number: int
    asks: str
    details: list[str]
    boxes: str
    note: str

    @property
    def box_lines(self) -> list[str]:
        """The boxes one by one, as the PDF sets them."""
        return self.boxes.split("\n")


def _row(paper: Paper, number: int, item: ChecklistItem) -> _Line:
    given = paper.answers.get(item.code, {})
    details = [item.frequency] if item.frequency else []
    if item.measures:
        names = "；".join(str(measure) for measure in item.measures)
        details.append(_("What answers it: %(measures)s") % {"measures": names})
    boxes = [f"{_TICKED if given.get('answer') == answer else _EMPTY} {answer.label}" for answer in ChecklistAnswer]
    return _Line(number, item.asks, details, "\n".join(boxes), given.get("note", ""))


def _stages(paper: Paper) -> list[tuple[str, list[tuple[int, ChecklistItem]]]]:
    numbers = {item.code: number for number, item in enumerate(paper.items, start=1)}
    return [
        (str(stage) if stage else _("At any time"), [(numbers[item.code], item) for item in group])
        for stage, group in by_stage(paper.items)
    ]


def _head(paper: Paper) -> list[tuple[str, str, str, str]]:
    band = band_today(paper.kind, paper.amount)
    amount = f"NT${paper.amount:,}" if paper.amount else ""
    if band is not None:
        amount += _(" (%(band)s)") % {"band": band.band.label}
    return [
        (pgettext("of a checklist", "Title of the tender"), paper.title, _("What is bought"), str(paper.kind.label)),
        (_("Agency"), paper.agency_name, _("Day of the check"), format_roc(paper.day)),
        (
            _("Amount with options"),
            amount,
            _("Day of the tender notice"),
            f"{_BLANK * 3}年{_BLANK * 2}月{_BLANK * 2}日",
        ),
    ]


def _headings() -> list[str]:
    return [_("No."), _("What to check"), pgettext("of a checklist", "Answer"), _("Note")]


def _signatures() -> list[str]:
    return [pgettext("who signs", "Officer in charge"), pgettext("who signs", "Head of the unit")]


def _notes(paper: Paper) -> list[str]:
    notes = [
        _("The points follow “%(edition)s”, in force from %(day)s (source: %(source)s).")
        % {
            "edition": paper.edition.name,
            "day": format_roc(paper.edition.effective_from),
            "source": paper.edition.source,
        }
    ]
    if paper.items:
        notes.append(paper.items[0].ground.words)
    return notes
