"""The parts of an article: paragraphs (項), subparagraphs (款), items (目), as the law database's lines show them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SUBPARAGRAPH = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_SUMMARY_PARAGRAPH = re.compile(r"(?:^|(?<=[。；]))(?=第\s*(\d{1,2})\s*項)", re.MULTILINE)
_ITEM = re.compile(r"^（[一二三四五六七八九十]{1,3}）")

DELETED = "（刪除）"


@dataclass
class Subparagraph:
    """One 款 with its lines of 目."""

    text: str
    items: list[str] = field(default_factory=list)


@dataclass
class Paragraph:
    """One 項; `number` counts from 1."""

    number: int
    text: str
    subparagraphs: list[Subparagraph] = field(default_factory=list)


def split_paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of an article: each line begins one, unless it begins with 一、 or （一）."""
    paragraphs: list[Paragraph] = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        last = paragraphs[-1] if paragraphs else None
        if last is not None and _ITEM.match(line) and last.subparagraphs:
            last.subparagraphs[-1].items.append(line)
        elif last is not None and (_SUBPARAGRAPH.match(line) or _ITEM.match(line)):
            last.subparagraphs.append(Subparagraph(line))
        else:
            paragraphs.append(Paragraph(len(paragraphs) + 1, line))
    return paragraphs


def split_summary(text: str) -> list[Paragraph]:
    """Return the parts of a summary in our own words: a sentence that begins with 第 2 項 speaks of paragraph 2.

    What comes before the first such sentence has the number 0.
    """
    starts = [(match.start(), int(match[1])) for match in _SUMMARY_PARAGRAPH.finditer(text)]
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, 0))
    ends = [start for start, _number in starts[1:]] + [len(text)]
    return [Paragraph(number, text[start:end].strip()) for (start, number), end in zip(starts, ends, strict=True)]


def is_deleted(text: str) -> bool:
    """Whether an article's words say that it was deleted, or are gone since the law dropped it."""
    return text.strip() in ("", DELETED)
