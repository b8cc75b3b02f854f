"""What one notice says, wherever it was read: the open data, a spreadsheet, or a form."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.templatetags.common_tags import rocdate
from library.enums import ProcurementKind

from ..enums import NoticeKind


@dataclass(frozen=True)
class ReadNotice:
    """What one notice says. Amounts are whole NT$; None is what the notice does not tell, and never 0.

    `unit_id` is empty where the source knows no unit, `key` where it has no name for the notice: it is then known by
    its kind and day. `original_on` is the day of the tender notice that it names, `printed_type` its type as printed.
    `has_options` tells whether more may be bought later on (後續擴充), `options_amount` for how much;
    `procurement_amount` (採購金額) includes it. `raw` is what was published, without personal data.
    `fingerprint` is over the notice as its source gives it; empty where the fields are all that there is.
    """

    unit_id: str
    agency_name: str
    number: str
    title: str
    key: str
    kind: NoticeKind
    printed_type: str
    published_on: date
    original_on: date | None = None
    reason: str = ""
    will_continue: bool | None = None
    procurement_kind: ProcurementKind | None = None
    classification: str = ""
    method: str = ""
    budget: int | None = None
    options_amount: int | None = None
    has_options: bool | None = None
    procurement_amount: int | None = None
    printed_band: str = ""
    tenders: int | None = None
    awarded_on: date | None = None
    award_amount: int | None = None
    note: str = ""
    url: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def label(self) -> str:
        """What a person knows it by."""
        return f"{self.number} {self.title}".strip()

    @property
    def known_by(self) -> str:
        """What it is known by within its case."""
        return self.key or key_of(self.kind, self.published_on)

    @property
    def digest(self) -> str:
        """The fingerprint of everything that it says."""
        return self.fingerprint or _digest(self)


@dataclass(frozen=True)
class Problem:
    """One thing for which a notice is refused: the field, in words for the reader, and what was expected there."""

    field: str | Promise
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class RefusedNotice(DomainError):  # noqa: N818  what is found about a notice, not an error in the program
    """A notice that cannot be taken; `problems` names every field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), code="notice_refused")
        self.problems = list(problems)


def key_of(kind: NoticeKind, day: date) -> str:
    """Return what a notice without a name of its own is known by: its kind and its day."""
    return f"{NoticeKind(kind).value}-{day.isoformat()}"


def is_own_key(key: str) -> bool:
    """Whether `key` is one of ours (kind and day), not a name that the publisher gave."""
    kind, _dash, _day = key.partition("-")
    return kind in NoticeKind.values


def case_number(text: str) -> str:
    """Return a case's number as the records write it: NFKC, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


MOST = {"unit_id": 40, "agency_name": 120, "number": 80, "title": 500, "key": 80, "printed_type": 80, "url": 300}
"""How many characters are kept of what must be whole; longer ones are refused."""

CUT = {"classification": 120, "method": 80, "printed_band": 60}
"""How many characters are kept of what is only shown; longer ones are cut."""

LABELS: dict[str, str | Promise] = {
    "unit_id": _("unit"),
    "agency_name": _("agency as printed"),
    "number": pgettext_lazy("of a tender", "case number"),
    "title": _("title of the tender"),
    "key": _("name of the file"),
    "printed_type": _("type as printed"),
    "published_on": _("published on"),
    "original_on": _("names a tender notice of"),
    "reason": _("reason as printed"),
    "will_continue": _("goes on under this number"),
    "procurement_kind": _("kind of procurement"),
    "classification": _("classification as printed"),
    "method": _("tender method as printed"),
    "budget": _("budget, NT$"),
    "has_options": _("has options"),
    "options_amount": _("options, NT$"),
    "procurement_amount": _("amount with options, NT$"),
    "printed_band": _("band as printed"),
    "tenders": _("tenderers"),
    "awarded_on": _("awarded on"),
    "award_amount": _("awarded for, NT$"),
    "note": _("additional remarks as printed"),
    "url": _("address"),
}
"""The fields in words for the reader."""

AMOUNTS = ("budget", "options_amount", "procurement_amount", "award_amount")
HIGHEST_AMOUNT = 10**14
"""NT$ 100 兆: the whole budget of the state is a thirtieth of it, so more is a slip of the keyboard."""

EARLIEST = date(1999, 5, 27)
"""The Act has been in force since then (政府採購法第 114 條), and no notice is older."""

MOST_TENDERS = 9999


def checked(notice: ReadNotice) -> ReadNotice:
    """Return the notice as it may be recorded: number and unit as records write them, what is only shown cut to size.

    Raises RefusedNotice with every field that is missing, too long, negative, or a day that cannot be.
    """
    notice = replace(
        notice,
        number=case_number(notice.number),
        unit_id=case_number(notice.unit_id),
        agency_name=notice.agency_name.strip(),
        title=notice.title.strip(),
        **{name: getattr(notice, name)[:most] for name, most in CUT.items()},
    )
    problems = [*_missing(notice), *_too_long(notice), *_amounts_out_of_range(notice), *_days_out_of_range(notice)]
    if problems:
        raise RefusedNotice(problems)
    return notice


def _missing(notice: ReadNotice) -> Iterator[Problem]:
    for name in ("number", "title", "agency_name"):
        if not getattr(notice, name):
            yield Problem(LABELS[name], gettext("nothing stands there; expected a value."))


def _too_long(notice: ReadNotice) -> Iterator[Problem]:
    for name, most in MOST.items():
        if len(getattr(notice, name)) > most:
            message = gettext("%(count)d characters; expected at most %(most)d.")
            yield Problem(LABELS[name], message % {"count": len(getattr(notice, name)), "most": most})


def _amounts_out_of_range(notice: ReadNotice) -> Iterator[Problem]:
    for name in AMOUNTS:
        value = getattr(notice, name)
        if value is not None and not 0 <= value <= HIGHEST_AMOUNT:
            message = gettext("“%(value)s” cannot be; expected an amount from 0 to %(most)s.")
            yield Problem(LABELS[name], message % {"value": f"{value:,}", "most": f"{HIGHEST_AMOUNT:,}"})
    if notice.tenders is not None and not 0 <= notice.tenders <= MOST_TENDERS:
        message = gettext("“%(value)s” cannot be; expected a number from 0 to %(most)s.")
        yield Problem(LABELS["tenders"], message % {"value": notice.tenders, "most": MOST_TENDERS})


def _days_out_of_range(notice: ReadNotice) -> Iterator[Problem]:
    latest = timezone.localdate() + timedelta(days=1)  # the gazette is online in the evening before its day
    for name in ("published_on", "original_on", "awarded_on"):
        day = getattr(notice, name)
        if day is not None and not EARLIEST <= day <= latest:
            message = gettext("%(day)s cannot be; expected a day from %(first)s until today.")
            yield Problem(LABELS[name], message % {"day": rocdate(day), "first": rocdate(EARLIEST)})


_FIELDS = [each.name for each in fields(ReadNotice) if each.name not in {"raw", "fingerprint"}]


def _digest(notice: ReadNotice) -> str:
    said = json.dumps([str(getattr(notice, name)) for name in _FIELDS], ensure_ascii=False)
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()
