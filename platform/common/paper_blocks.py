"""Blocks of a paper (`common.odt`) as the template `pdf/paper_blocks.html` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .odt import Block, Table


def printed_blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return each block with its kind; a table's cells and headings each with their share of the width in percent."""
    return [_printed(block) for block in blocks]


def _printed(block: Block) -> dict[str, Any]:
    if not isinstance(block, Table):
        return {"kind": type(block).__name__, "block": block}
    columns = len(block.headings) or len(block.rows[0])
    widths = list(block.widths) or [1.0] * columns
    shares = [f"{100 * width / sum(widths):.1f}%" for width in widths]
    return {
        "kind": "Table",
        "block": block,
        "headings": list(zip(block.headings, shares, strict=False)),
        "rows": [list(zip(row, shares, strict=True)) for row in block.rows],
    }
