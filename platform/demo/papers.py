"""The files of the demonstration's documents, set from their structured content: ODF to edit, PDF to read.

A version has the blocks of its document, but for those that came later (`since`), with its own `values` in the
braces. Every paper begins with the words that it is a demonstration, and says where the official one is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import override

from common.fonts import FontSet, font_set
from common.odt import Block, Heading, Paragraph, Table, write_odt
from common.paper_blocks import printed_blocks
from common.pdf import document_text, render_pdf
from common.rocdates import format_roc
from library.services import Point

LANGUAGE = "zh-hant"
_TEMPLATE = "pdf/library_paper.html"
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Paper:
    """One version as it is printed; `name` is that of its files, without the ending."""

    name: str
    title: str
    subtitle: str
    blocks: Sequence[Block]
    dated: date


def points_of(item: dict[str, Any], version: dict[str, Any]) -> list[Point]:
    """Return the control points of a version, in order."""
    values = version.get("values", {})
    rows = [item["points"][key] for key in version.get("points", ())]
    return [Point(step, _filled(control, values), basis) for step, control, basis in rows]


def paper_of(item: dict[str, Any], version: dict[str, Any], *, label: str, effective_from: date) -> Paper:
    """Return the paper of a version of the document `item`."""
    return Paper(
        name=f"{item['slug']}-{label}",
        title=item["title"],
        subtitle=f"{label} 版，自 {format_roc(effective_from)}起適用",
        blocks=[
            Paragraph(f"本文件為平臺示範所撰，不是正式文件，不具效力。{item['official']}", is_quiet=True),
            *_blocks(item, version),
        ],
        dated=effective_from,
    )


def print_papers(papers: Sequence[Paper]) -> dict[str, list[ContentFile]]:
    """Return the files of all `papers` by name: the .odt, then the .pdf. One set of fonts serves them all."""
    with override(LANGUAGE), font_set([document_text(_TEMPLATE, _context(paper)) for paper in papers]) as fonts:
        return {paper.name: [_odt(paper), _pdf(paper, fonts)] for paper in papers}


def _odt(paper: Paper) -> ContentFile:
    data = write_odt(
        title=paper.title, subtitle=paper.subtitle, blocks=paper.blocks, author=str(settings.ORGANISATION),
        dated=paper.dated,
    )  # fmt: skip
    return ContentFile(data, f"{paper.name}.odt")


def _pdf(paper: Paper, fonts: FontSet) -> ContentFile:
    return ContentFile(render_pdf(_TEMPLATE, _context(paper), fonts=fonts, dated=paper.dated), f"{paper.name}.pdf")


def _context(paper: Paper) -> dict[str, Any]:
    return {
        "paper": paper,
        "blocks": printed_blocks(_with_room(block) for block in paper.blocks),
        "organisation": settings.ORGANISATION,
    }


def _with_room(block: Block) -> Block:
    """Return the block with its full-width spaces kept; headings of a table have none."""
    if isinstance(block, Table):
        return replace(block, rows=[[_kept(cell) for cell in row] for row in block.rows])
    return replace(block, text=_kept(block.text))


def _kept(text: str) -> str:
    """Return `text` with its full-width spaces, room for writing, as such that the renderer does not fold."""
    return text.replace("\u3000", "\u00a0" * 3)


def _blocks(item: dict[str, Any], version: dict[str, Any]) -> Iterator[Block]:
    labels = [other["label"] for other in item["versions"]]
    values = version.get("values", {})
    for block in item["body"]:
        if "since" not in block or labels.index(version["label"]) >= labels.index(block["since"]):
            yield from _block(block, values, points_of(item, version))


def _block(block: dict[str, Any], values: dict[str, str], points: Sequence[Point]) -> Iterator[Block]:
    if "h" in block:
        yield Heading(block["h"])
    elif "p" in block:
        yield Paragraph(_filled(block["p"], values))
    elif "quiet" in block:
        yield Paragraph(_filled(block["quiet"], values), is_quiet=True)
    elif "list" in block:
        for number, text in enumerate(block["list"]):
            yield Paragraph(f"{_ordinal(number)}、{_filled(text, values)}")
    elif "points" in block:
        yield Table(
            caption=block["points"],
            headings=("項次", "作業階段", "控制重點", "依據"),
            widths=(0.9, 2.2, 5.4, 3.5),
            rows=[(str(n), point.step, point.control, point.basis) for n, point in enumerate(points, start=1)],
        )
    else:
        table = block["table"]
        yield Table(
            caption=_filled(table.get("caption", ""), values),
            headings=table.get("headings", ()),
            widths=table.get("widths", ()),
            rows=[_filled_row(row, values) for row in table["rows"]],
            is_form=table.get("form", False),
        )


def _ordinal(index: int) -> str:
    """一, 二 … 十, 十一 …: how lists of official papers are numbered."""
    tens, ones = divmod(index, 10)
    return "十" * tens + _ORDINALS[ones] if index < 19 else str(index + 1)


def _filled_row(row: Iterable[str], values: dict[str, str]) -> list[str]:
    return [_filled(cell, values) for cell in row]


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
