"""What changed between two wordings, marked so that a person can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_TOKEN = re.compile(r"[0-9A-Za-z]+|\n|.", re.DOTALL)
_SMALLEST_ISLAND = 3  # characters that stayed between two changes: fewer are read with the changes
_LEAST_ALIKE = 0.25  # below this part in common, marks would be a salad: the one text, then the other


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    DELETED = "del"
    ADDED = "ins"


@dataclass(frozen=True)
class Piece:
    """A piece of text and what became of it; what was deleted stands before what took its place."""

    kind: Kind
    text: str

    @property
    def breaks(self) -> str:
        """The line breaks that the piece begins with; they stand before its mark."""
        return self.text[: len(self.text) - len(self.words)]

    @property
    def words(self) -> str:
        """The piece without the line breaks that it begins with."""
        return self.text.lstrip("\n")


@dataclass
class _Edit:
    """Words `before` that became words `after`; the same where nothing changed."""

    before: str
    after: str

    @property
    def is_change(self) -> bool:
        return self.before != self.after

    @property
    def size(self) -> int:
        return max(len(self.before), len(self.after))


def mark_changes(before: str, after: str) -> list[Piece]:
    """Return `after` with what was added to `before` and what was deleted from it, in reading order.

    Compares characters, and whole runs of Latin letters and digits. What stayed between two changes but is only
    a character or two long counts as changed: a few large marks are read more easily than many tiny ones.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if before and after and matcher.ratio() < _LEAST_ALIKE:
        edits = [_Edit(before, after)]
    else:
        edits = [
            _Edit("".join(old[start:end]), "".join(new[new_start:new_end]))
            for _tag, start, end, new_start, new_end in matcher.get_opcodes()
        ]
    return [piece for edit in _without_islands(edits) for piece in _pieces(edit)]


def _without_islands(edits: list[_Edit]) -> list[_Edit]:
    """Join changes that only a tiny island of unchanged words parts; lines stay lines."""
    joined: list[_Edit] = []
    for position, edit in enumerate(edits):
        if joined and joined[-1].is_change and (edit.is_change or _is_island(joined[-1], edit, edits[position + 1 :])):
            joined[-1] = _Edit(joined[-1].before + edit.before, joined[-1].after + edit.after)
        else:
            joined.append(edit)
    return joined


def _is_island(left: _Edit, middle: _Edit, rest: list[_Edit]) -> bool:
    """Whether `middle`, which stayed, is tiny between two changes, or small between two much larger ones."""
    if not rest or "\n" in middle.before:
        return False
    return middle.size < _SMALLEST_ISLAND or middle.size * 3 <= min(left.size, rest[0].size)


def _pieces(edit: _Edit) -> Iterator[Piece]:
    if not edit.is_change:
        yield Piece(Kind.SAME, edit.before)
        return
    if edit.before:
        yield Piece(Kind.DELETED, edit.before)
    if edit.after:
        yield Piece(Kind.ADDED, edit.after)
