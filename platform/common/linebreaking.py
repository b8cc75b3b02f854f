"""Where lines of Chinese text end, for the PDF renderer.

The renderer's own rule for Chinese (`-pdf-word-wrap: CJK`) breaks between any two characters, in the middle of 107 and
of English words too. This one keeps numbers and Latin words whole, lets no closing mark begin a line and no opening
mark end one, and drops the spaces where a line turns.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Any

from reportlab.lib import textsplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from xhtml2pdf import reportlab_paragraph

_CANNOT_START = frozenset(textsplit.ALL_CANNOT_START + "，；：！？」』）》〉】、。…—·%％")
_CANNOT_END = frozenset(textsplit.ALL_CANNOT_END + "「『（《〈【")
_NO_BREAK_SPACES = frozenset("\u00a0\u202f\u2060")
_TOLERANCE = 1e-4  # points; sums of widths are not exact


def line_starts(characters: Sequence[str], widths: Sequence[float], limits: Sequence[float]) -> list[int]:
    """The index at which each line after the first begins. `limits`: how wide each may be, the last one for the rest.

    A word that is wider than its line is broken where the line is full.
    """
    starts: list[int] = []
    start, opportunity, used = 0, 0, 0.0
    index = 0
    while index < len(characters):
        if index > start and _may_break(characters[index - 1], characters[index]):
            opportunity = index
        used += widths[index]
        limit = limits[min(len(starts), len(limits) - 1)]
        if used > limit + _TOLERANCE and index > start and not _is_space(characters[index]):
            start = opportunity if opportunity > start else index
            starts.append(start)
            opportunity, used, index = start, 0.0, start
            continue
        index += 1
    return starts


def _may_break(before: str, after: str) -> bool:
    """Whether a line may turn between two characters; "" is something that is no character, such as a picture."""
    if before in _NO_BREAK_SPACES or after in _NO_BREAK_SPACES or _is_space(after):
        return False
    if _is_space(before):
        return after not in _CANNOT_START
    if before in _CANNOT_END or after in _CANNOT_START:
        return False
    return _is_wide(before) or _is_wide(after)


@functools.lru_cache(maxsize=4096)
def _is_wide(character: str) -> bool:
    """Whether it is Chinese, or takes its place: radicals and everything beyond, which no Latin text reaches."""
    return character == "" or ord(character[0]) >= 0x2E80


def _is_space(character: str) -> bool:
    return character.isspace() and character not in _NO_BREAK_SPACES


def _split_fragments(
    frags: Sequence[Any], widths: Sequence[float], calculate_bounds: Any, encoding: str = "utf8"
) -> reportlab_paragraph.ParaLines:
    """In place of the renderer's `cjkFragSplit`: the lines of a paragraph of several fragments."""
    units = [
        reportlab_paragraph.cjkU(character, fragment, encoding)
        for fragment in frags
        for character in (fragment.text or [""])
    ]
    lines: list[Any] = []
    for first, last in _paragraphs(units):
        text = units[first:last]
        remaining = list(widths[len(lines) :]) or [widths[-1]]
        starts = [0, *line_starts(text, [unit.width for unit in text], remaining), len(text)]
        for begin, end in itertools.pairwise(starts):
            line = text[begin:end]
            while line and line[-1] and _is_space(line[-1]):
                line = line[:-1]
            limit = widths[min(len(lines), len(widths) - 1)]
            room = limit - sum(unit.width for unit in line)
            lines.append(reportlab_paragraph.makeCJKParaLine(line or text[begin:end], room, calculate_bounds))
    return reportlab_paragraph.ParaLines(kind=1, lines=lines)


def _paragraphs(units: Sequence[Any]) -> list[tuple[int, int]]:
    """The stretches between line breaks (<br>), each as its first index and the one after its last."""
    found, first = [], 0
    for index, unit in enumerate(units):
        if hasattr(unit.frag, "lineBreak"):
            found.append((first, index + 1))
            first = index + 1
    if first < len(units) or not found:
        found.append((first, len(units)))
    return found


def _split_text(text: str, width: float, font_name: str, font_size: float) -> list[tuple[float, str]]:
    """In place of ReportLab's `wordSplit`: the lines of a paragraph in one typeface, each with the room left over."""
    widths = [stringWidth(character, font_name, font_size) for character in text]
    starts = [0, *line_starts(text, widths, [width]), len(text)]
    lines = [text[begin:end].rstrip(" \u3000\n\t") for begin, end in itertools.pairwise(starts)]
    return [(width - stringWidth(line, font_name, font_size), line) for line in lines]


def install() -> None:
    """Give the renderer these rules. Both names are looked up whenever a paragraph is laid out."""
    reportlab_paragraph.cjkFragSplit = _split_fragments
    textsplit.wordSplit = _split_text
