"""Official papers of the review group: as .odt and as PDF from the same blocks, and kept as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.odt import Block, Heading, Paragraph, Table, write_odt
from common.paper_blocks import printed_blocks
from common.pdf import render_pdf
from common.rocdates import format_roc

LANGUAGE = "zh-hant"
"""The group's papers are in Chinese whatever the interface: offices file them."""

FORMATS = {"odt": "application/vnd.oasis.opendocument.text", "pdf": "application/pdf"}

_TEMPLATE = "pdf/review_paper.html"
_DIGITS = "零一二三四五六七八九"
_FORMAL = "零壹貳參肆伍陸柒捌玖"
_WEEKDAYS = "一二三四五六日"
_BLOCKS: dict[str, type[Heading] | type[Paragraph] | type[Table]] = {
    "heading": Heading, "paragraph": Paragraph, "table": Table,
}  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A title, a line below it, and what stands in it. `dated` is the day that the file states as its own."""

    title: str
    subtitle: str = ""
    blocks: list[Block] = field(default_factory=list)
    dated: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the paper for a JSON field; `paper_of_json` reads it again."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "dated": self.dated.isoformat() if self.dated else "",
            "blocks": [{"type": type(block).__name__.lower(), **asdict(block)} for block in self.blocks],
        }


def paper_of_json(data: dict[str, Any]) -> Paper:
    """Return the paper that `Paper.as_json` has written."""
    blocks: list[Block] = []
    for row in data["blocks"]:
        values = {name: value for name, value in row.items() if name != "type"}
        blocks.append(_BLOCKS[row["type"]](**values))
    dated = date.fromisoformat(data["dated"]) if data["dated"] else None
    return Paper(title=data["title"], subtitle=data["subtitle"], blocks=blocks, dated=dated)


def print_paper(paper: Paper, file_format: str) -> bytes:
    """Return the paper as "odt" or "pdf", the same words in both. Raises `common.pdf.PdfError`, or ValueError."""
    if file_format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {file_format!r}")
    with override(LANGUAGE):
        organisation = str(settings.ORGANISATION)
        if file_format == "odt":
            return write_odt(
                title=paper.title, subtitle=paper.subtitle, blocks=paper.blocks, author=organisation, dated=paper.dated
            )  # fmt: skip
        context = {"paper": paper, "blocks": printed_blocks(paper.blocks), "organisation": organisation}
        return render_pdf(_TEMPLATE, context, dated=paper.dated)


def group_name() -> str:
    """Return the name of the review group as its papers bear it."""
    return _("Review Group on Failed Tenders, Taichung City Government")


def ordinal(number: int, *, formal: bool = False) -> str:
    """Return 1 to 99 as documents number: 一, 十二; formally 壹, 拾貳."""
    digits, ten = (_FORMAL, "拾") if formal else (_DIGITS, "十")
    tens, ones = divmod(number, 10)
    return f"{digits[tens] if tens > 1 else ''}{ten if tens else ''}{digits[ones] if ones or not tens else ''}"


def moment(at: datetime) -> str:
    """Return day, day of the week and time as documents write them: 115 年 11 月 20 日（星期五）上午 9 時 30 分."""
    local = timezone.localtime(at)
    return f"{format_roc(local.date())}（星期{_WEEKDAYS[local.weekday()]}）{clock_time(at)}"


def clock_time(at: datetime) -> str:
    """Return a time of day as documents write it: 上午 9 時 30 分, 下午 2 時."""
    local = timezone.localtime(at)
    half, hour = ("上午", local.hour) if local.hour < 12 else ("下午", local.hour - 12 or 12)
    minutes = f" {local.minute} 分" if local.minute else ""
    return f"{half} {hour} 時{minutes}"
