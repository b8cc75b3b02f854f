"""A timeline drawn: where each mark, pole and word stands, so that the SVG template only places what it is told.

Lengths are in units of the viewBox. There are two layouts, as with `common.charts`: a wide one, flags on poles along a
line, and a narrow one for phones, one event below the other. `templates/casestudies/timeline.html` draws both and CSS
shows the one that fits. No two words overlap, however many events fall within days: flags stand in turn above and below
the line, those of one side at least a flag's width apart, and what does not fit goes on in a row below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from common.charts import Line
from common.linebreaking import line_starts
from common.templatetags.common_tags import rocdate, rocmonth, rocyear

from .enums import NoticeKind

CHANGE = "change"
"""The kind of an event that is no notice: what was changed before the award."""

KIND_WORDS: dict[str, str | Promise] = {
    NoticeKind.TENDER: pgettext_lazy("on a timeline", "Tender"),
    NoticeKind.CORRECTION: pgettext_lazy("on a timeline", "Corrected"),
    NoticeKind.FAILED: pgettext_lazy("on a timeline", "No award"),
    NoticeKind.AWARD: pgettext_lazy("on a timeline", "Award"),
    CHANGE: pgettext_lazy("on a timeline", "Changed"),
    NoticeKind.OTHER: pgettext_lazy("on a timeline", "Event"),
}

_WIDE, _NARROW = 960, 360
_LINE = 21  # of a text of 15
_EM = 15
_MARK = 11  # half of a mark
_MOST_IN_A_ROW = 10
_FLAG, _WIDEST_FLAG = 150, 230  # how wide a flag of the wide layout is
_GUTTER = 16  # between a flag and the next pole on its side
_POLE = 22  # from the line to the words
_MOST_BETWEEN = 34  # more between two events of the narrow layout, where the most time has passed
_MOST_LINES = 3  # of the words on a flag; the list beside the drawing has them all
_ELLIPSIS = "…"


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened. `precision` is day, month, year, or before: by the end of the year of `on`.

    `kind` is a `NoticeKind` or `CHANGE`; `amount` is whole NT$: a budget, or what it was awarded for.
    """

    on: date
    precision: str
    kind: str
    label: str
    amount: int | None = None

    @property
    def when(self) -> str:
        """The date, as exactly as it is known, in the language of the interface."""
        if self.precision == "before":
            return _("by %(year)s") % {"year": rocyear(self.on)}
        shown = {"month": rocmonth, "year": rocyear}.get(self.precision, rocdate)
        return str(shown(self.on))

    @property
    def stamp(self) -> str:
        """The date as machines read it: 2023-05-02, 2023-05 or 2023; empty where it is not known."""
        return self.on.isoformat()[: {"month": 7, "year": 4, "before": 0}.get(self.precision, 10)]

    @property
    def word(self) -> str:
        """The kind in a word."""
        return str(KIND_WORDS.get(self.kind, KIND_WORDS[NoticeKind.OTHER]))

    @property
    def money(self) -> str:
        """The amount in short, with what it is; empty where none is known."""
        if self.amount is None:
            return ""
        if self.kind == NoticeKind.AWARD:
            return _("for %(amount)s") % {"amount": short_amount(self.amount)}
        return _("budget %(amount)s") % {"amount": short_amount(self.amount)}


@dataclass(frozen=True)
class Words:
    """One line of text; `tone` is a class: when, kind, words or money."""

    text: str
    x: float
    y: float
    tone: str


@dataclass(frozen=True)
class Flag:
    """One event as drawn: a mark on the line at `x`, `y`, a pole to `end_x`, `end_y`, and its words."""

    kind: str
    x: float
    y: float
    end_x: float
    end_y: float
    words: list[Words]


@dataclass(frozen=True)
class Layout:
    """All that one SVG draws: the line of time, in pieces where it goes on below, and the flags in their order."""

    width: float
    height: float
    lines: list[Line]
    flags: list[Flag]


@dataclass(frozen=True)
class Drawing:
    """A timeline in words and in two layouts. `key` is part of the ids of the SVGs: one of its own on each page."""

    key: str
    title: str
    description: str
    events: list[TimelineEvent]
    wide: Layout
    narrow: Layout


def draw(events: Sequence[TimelineEvent], *, key: str = "timeline") -> Drawing | None:
    """Return the drawing of `events`, which come in their order; None where there is none to draw."""
    events = list(events)
    if not events:
        return None
    dated = [event.when for event in events if event.precision != "before"] or [events[-1].when]
    first, last = dated[0], dated[-1]
    title = f"{first} – {last}" if first != last else first
    return Drawing(key, title, "; ".join(map(in_words, events)), events, _wide(events), _narrow(events))


def in_words(event: TimelineEvent) -> str:
    """Return one event as a sentence without its full stop."""
    said = f"{event.when}, {event.word}: {event.label}" if event.label else f"{event.when}, {event.word}"
    return f"{said} ({event.money})" if event.money else said


def short_amount(amount: int) -> str:
    """Return `amount` (NT$) as people say it: 97.15 億元, 2,577.5 萬元; in English NT$9.72 billion, NT$25.8 million."""
    is_chinese = (get_language() or "").startswith("zh")
    steps = ((10**8, " 億元"), (10**4, " 萬元")) if is_chinese else ((10**9, " billion"), (10**6, " million"))
    for step, unit in steps:
        if amount >= step:
            exact = (Decimal(amount) / step).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
            number = f"{exact:,.2f}".rstrip("0").rstrip(".")
            return f"{number}{unit}" if is_chinese else f"NT${number}{unit}"
    return f"{amount:,} 元" if is_chinese else f"NT${amount:,}"


# --- the wide layout -------------------------------------------------------------------------------


def _wide(events: list[TimelineEvent]) -> Layout:
    """Flags in turn above and below a line from left to right, which goes on below where they are many."""
    count = math.ceil(len(events) / _MOST_IN_A_ROW)
    size = math.ceil(len(events) / count)
    flags: list[Flag] = []
    lines: list[Line] = []
    top = 0.0
    for start in range(0, len(events), size):
        part = events[start : start + size]
        is_last = start + size >= len(events)
        width = min(_WIDEST_FLAG, max(_FLAG, 1.7 * (_WIDE - _FLAG) / len(part) - _GUTTER))
        xs = _along(part, _MARK + 2.0, _WIDE - width, least=(width + _GUTTER) / 2)
        blocks = [_words_of(event, width - 12) for event in part]
        above = max(map(len, blocks[::2])) * _LINE + _POLE
        line = top + above + 4
        for place, (event, x, block) in enumerate(zip(part, xs, blocks, strict=True)):
            reach = len(block) * _LINE + _POLE
            end = line + reach if place % 2 else line - reach
            begin = line + _POLE if place % 2 else end
            flags.append(Flag(event.kind, x, line, x, end, _placed(block, x + 9, begin)))
        lines.append(Line(2, line, xs[-1] + 40 if is_last else _WIDE - 2, line))
        below = max([len(block) for block in blocks[1::2]], default=0) * _LINE + _POLE if blocks[1::2] else 14.0
        top = line + below + 26
    return Layout(_WIDE, round(top - 22, 1), lines, flags)


def _along(events: list[TimelineEvent], first: float, last: float, *, least: float) -> list[float]:
    """Return where the events stand: `least` apart, and what is left over is shared out by the days between."""
    gaps = [max(0, (later.on - earlier.on).days) for earlier, later in pairwise(events)]
    least = min(least, (last - first) / max(len(gaps), 1))
    each = (last - first - least * len(gaps)) / (sum(gaps) or 1)
    xs = [first]
    for gap in gaps:
        xs.append(round(xs[-1] + least + each * gap, 1))
    return xs


# --- the narrow layout -----------------------------------------------------------------------------


def _narrow(events: list[TimelineEvent]) -> Layout:
    """One event below the other, a little farther apart where more time has passed."""
    left, y = 14.0, 20.0
    longest = max([(later.on - earlier.on).days for earlier, later in pairwise(events)], default=0)
    flags: list[Flag] = []
    for index, event in enumerate(events):
        if index and longest:
            y += _MOST_BETWEEN * (event.on - events[index - 1].on).days / longest
        block = _words_of(event, _NARROW - 44, most=6)
        flags.append(Flag(event.kind, left, round(y, 1), left, round(y, 1), _placed(block, left + 26, y - 10)))
        y += len(block) * _LINE + 20
    lines = [Line(left, flags[0].y, left, flags[-1].y)] if len(flags) > 1 else []
    return Layout(_NARROW, round(y - 8, 1), lines, flags)


# --- words -----------------------------------------------------------------------------------------


def _words_of(event: TimelineEvent, width: float, *, most: int = _MOST_LINES) -> list[tuple[str, str]]:
    """Return the lines of a flag with their tones: the date, the kind, what happened, the amount."""
    lines = [(event.when, "when"), (event.word, "kind")]
    lines += [(line, "words") for line in _wrapped(event.label, width, most) if line != event.word]
    if event.money:
        fits = sum(map(_width_of, event.money)) <= width
        lines += [(line, "money") for line in ([event.money] if fits else event.money.split(" ", 1))]
    return lines


def _placed(block: list[tuple[str, str]], x: float, top: float) -> list[Words]:
    return [Words(text, x, round(top + 15 + _LINE * row, 1), tone) for row, (text, tone) in enumerate(block)]


def _wrapped(text: str, width: float, most: int) -> list[str]:
    """Cut `text` into at most `most` lines of `width`; the last one says if something is left out."""
    characters = " ".join(text.split())
    starts = line_starts(characters, [_width_of(character) for character in characters], [width])
    lines = [characters[start:end].strip() for start, end in zip([0, *starts], [*starts, len(characters)], strict=True)]
    if len(lines) > most:
        room = list(lines[most - 1])
        while room and sum(map(_width_of, room)) + _EM > width:
            room.pop()
        lines = [*lines[: most - 1], "".join(room).rstrip("，、；： ") + _ELLIPSIS]
    return [line for line in lines if line]


def _width_of(character: str) -> float:
    """About how wide a character is drawn: Chinese fills the square, Latin letters and figures a good half of it."""
    if ord(character) >= 0x2E80:
        return float(_EM)
    return _EM * (0.32 if character in " .,:;'|iIl()" else 0.62)
