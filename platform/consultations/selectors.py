"""Reads of cases that more than one screen needs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone
from wagtail.search.backends import get_search_backend

from accounts.models import Agency, AgencyFormerName, Person, User
from accounts.selectors import agency_by_name, canonical_name, people_of
from common.names import name_key
from common.rocdates import roc_year, to_gregorian_year
from library.models import Article, Subject

from .enums import ConsultationState
from .models import Consultation, ErrorPattern, HotlineOfficer
from .models.log import ConsultationQuerySet

MOST_WAITING = 6
"""Cases that the short list above the log shows."""

_NUMBER = re.compile(r"(?P<year>\d{2,3})[-－](?P<running>\d{1,6})")


# --- lists of cases -----------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows; what is None or empty does not narrow it. `year` is an ROC year."""

    state: str = ""
    mine_of: HotlineOfficer | None = None
    channel: str = ""
    subject: Subject | None = None
    error_pattern: ErrorPattern | None = None
    officer: HotlineOfficer | None = None
    article: Article | None = None
    year: int | None = None
    month: int | None = None
    is_overdue: bool = False
    has_not_helped: bool = False
    without_officer: bool = False
    text: str = ""


def filtered_cases(wanted: CaseFilter) -> Any:
    """Return the cases that `wanted` asks for with what a list shows of each, the newest first.

    Drafts are shown only where they are asked for. `text` finds a case by its number, or by words of question and
    answer. The result is a queryset, or the results of the search, which page alike.
    """
    cases = Consultation.objects.filter(state=wanted.state) if wanted.state else Consultation.objects.counted()
    given = {
        "officer": wanted.mine_of or wanted.officer, "channel": wanted.channel, "subject": wanted.subject,
        "error_pattern": wanted.error_pattern,
    }  # fmt: skip
    cases = cases.filter(**{name: value for name, value in given.items() if value})
    if wanted.article:
        citing = Consultation.articles.through.objects.filter(article=wanted.article)
        cases = cases.filter(pk__in=citing.values("consultation"))
    if wanted.year:
        first, last = month_bounds(wanted.year, wanted.month)
        cases = cases.filter(asked_at__gte=first, asked_at__lt=last)
    if wanted.is_overdue:
        cases = overdue(cases)
    if wanted.has_not_helped:
        cases = cases.filter(has_helped=False)
    if wanted.without_officer:
        cases = cases.filter(officer=None)
    cases = with_what_lists_show(cases)
    if not wanted.text:
        return cases
    if number := _NUMBER.fullmatch(wanted.text.strip()):
        return cases.filter(number=f"{number['year']}-{int(number['running']):04d}")
    return get_search_backend().search(wanted.text, cases, operator="and", order_by_relevance=False)


def with_what_lists_show(cases: ConsultationQuerySet) -> ConsultationQuerySet:
    """Fetch with the cases what a line of a list says."""
    return cases.select_related("agency", "officer__person", "subject").order_by("-asked_at", "-id")


def overdue(cases: ConsultationQuerySet, *, on: date | None = None) -> ConsultationQuerySet:
    """Return those open cases whose promised day has passed; the day itself is still in time."""
    return cases.filter(state=ConsultationState.OPEN, promised_for__lt=on or timezone.localdate())


def month_bounds(year: int, month: int | None) -> tuple[datetime, datetime]:
    """Return the first moment of an ROC year, or of its `month`, and of what follows it."""
    gregorian = to_gregorian_year(year)
    first = date(gregorian, month or 1, 1)
    last = date(gregorian + 1, 1, 1) if month in (None, 12) else date(gregorian, (month or 0) + 1, 1)
    zone = timezone.get_current_timezone()
    return datetime.combine(first, time.min, zone), datetime.combine(last, time.min, zone)


def years_logged() -> list[int]:
    """Return the ROC years from the newest case back to the oldest; one query."""
    ends = Consultation.objects.counted().order_by().aggregate(first=Min("asked_at"), last=Max("asked_at"))
    if ends["first"] is None:
        return []
    first, last = (roc_year(timezone.localtime(ends[end]).date()) for end in ("first", "last"))
    return list(range(last, first - 1, -1))


@dataclass(frozen=True)
class Waiting:
    """What waits for an officer: the first of their cases, overdue promises first, and how many there are."""

    cases: list[Consultation]
    count: int
    overdue: int

    @property
    def more(self) -> int:
        """How many are not among `cases`."""
        return self.count - len(self.cases)


def waiting_for(user: Any, officer: HotlineOfficer | None, *, but: int | None = None) -> Waiting:
    """Return the open cases of `officer` and the drafts that `user` holds or began; `but` is a case's key.

    Overdue promises come first, then promises by their day, then the oldest. Two queries. For somebody who is no
    officer, open cases without an officer take the place of theirs.
    """
    whose = Q(officer=officer) if officer is not None else Q(officer=None)
    drafts = Q(state=ConsultationState.DRAFT) & (Q(held_by=user) | (whose if officer is not None else Q(pk=None)))
    cases = Consultation.objects.filter((Q(state=ConsultationState.OPEN) & whose) | drafts)
    if but is not None:
        cases = cases.exclude(pk=but)
    late = Count("pk", filter=Q(state=ConsultationState.OPEN, promised_for__lt=timezone.localdate()))
    counts = cases.order_by().aggregate(count=Count("pk"), overdue=late)
    by_day = F("promised_for").asc(nulls_last=True)
    shown = list(cases.select_related("agency").order_by(by_day, "asked_at", "pk")[:MOST_WAITING])
    return Waiting(shown, counts["count"], counts["overdue"])


def earlier_in_thread(consultation: Consultation) -> list[Consultation]:
    """Return the questions of the same asker that this one follows, oldest first; one query, none for the first."""
    root = consultation.asks_on_id
    if root is None:
        return []
    thread = Consultation.objects.counted().filter(Q(pk=root) | Q(asks_on=root), asked_at__lt=consultation.asked_at)
    return list(thread.exclude(pk=consultation.pk).select_related("officer__person").order_by("asked_at", "pk"))


def cases_citing(article: Article) -> ConsultationQuerySet:
    """Return the cases that name `article`, the newest first."""
    return Consultation.objects.counted().filter(articles=article).order_by("-asked_at", "-pk")


def open_without_officer() -> ConsultationQuerySet:
    """Return the open cases that are nobody's, the oldest first."""
    return Consultation.objects.waiting().filter(officer=None).order_by("asked_at", "pk")


def holder_of(consultation: Consultation) -> User | None:
    """Return who is writing the case now, or None: a hold that was not renewed has lapsed."""
    if consultation.held_until is None or consultation.held_until <= timezone.now():
        return None
    holder: User | None = consultation.held_by
    return holder


# --- what an officer types, and what it means ---------------------------------------------------


def agency_names() -> list[tuple[str, str]]:
    """Return (name, what to say beside it) of each agency that exists, and of former names; two queries.

    Beside a former name stands today's. A name that several agencies bore says nothing and is left out.
    """
    today = list(Agency.objects.filter(ceased_on__isnull=True).values_list("name", flat=True))
    names = dict.fromkeys(today, "")
    former: dict[str, set[str]] = {}
    for name, now in AgencyFormerName.objects.values_list("name", "agency__name"):
        former.setdefault(name, set()).add(now)
    for name, nows in former.items():
        if name not in names and len(nows) == 1:
            names[name] = nows.pop()
    return list(names.items())


def agency_typed(text: str) -> Agency | None:
    """Return the agency that `text` means: a name now or formerly, 台 and 臺 alike, or the only one it is a part of."""
    found = agency_by_name(text)
    if found is not None or not (part := canonical_name(text)):
        return found
    by_part = Q(name__icontains=part) | Q(former_names__name__icontains=part)
    candidates = Agency.objects.filter(by_part, ceased_on__isnull=True).distinct()[:2]
    return candidates[0] if len(candidates) == 1 else None


def callers_known(agency: Agency) -> list[Person]:
    """Return the people who are confirmed to work at `agency`, each name that only one of them bears."""
    people = list(people_of(agency))
    borne = Counter(person.name_key for person in people)
    return [person for person in people if borne[person.name_key] == 1]


def caller_typed(name: str, agency: Agency | None) -> Person | None:
    """Return the person of `agency` who bears `name`, in whatever form; None where nobody or more than one does."""
    key = name_key(name)
    if agency is None or not key:
        return None
    people = list(people_of(agency).filter(name_key=key)[:2])
    return people[0] if len(people) == 1 else None


def subject_typed(text: str) -> Subject | None:
    """Return the subject of this name (in either language) or number, or the only one it is a part of."""
    return _typed(Subject.objects.all(), text)


def error_pattern_typed(text: str) -> ErrorPattern | None:
    """Return the error pattern of this name (in either language) or number, or the only one it is a part of.

    One that is offered no more is found too: open cases may bear it.
    """
    return _typed(ErrorPattern.objects.all(), text)


def _typed(rows: Any, text: str) -> Any:
    text = text.strip()
    exact = list(rows.filter(Q(name=text) | Q(name_en__iexact=text) | Q(code__iexact=text))[:2])
    found = exact or list(rows.filter(Q(name__icontains=text) | Q(name_en__icontains=text))[:2])
    return found[0] if len(found) == 1 else None
