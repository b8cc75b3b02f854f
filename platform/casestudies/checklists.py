"""The points of the checklist before publishing: what the commonest causes of failed tenders make a buyer ask.

A point is a cause of the taxonomy that asks a question. Within the stage in which a buyer can still do something about
it, the cause that failed the most tenders of the same kind comes first; what has never been seen comes last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page

from accounts.enums import AgencyKind
from accounts.models import User
from common.errors import DomainError
from common.templatetags.common_tags import rocdate
from library.enums import ProcurementKind
from library.models import Article
from library.references import find_references
from library.thresholds import BandAnswer, band_of
from website.selectors import only_viewable, viewable_pages

from .enums import CaseScope, CaseSource, ChecklistAnswer, Dimension
from .models import CaseStudyPage, Checklist, Diagnosis, TaxonomyEdition, TaxonomyEntry
from .taxonomies import current_edition

YEARS = 3
"""How far back failed tenders are counted, unless told otherwise."""

FEWEST = 5
"""Fewer diagnosed cases of one kind of agency say nothing of it: those of all agencies are counted then."""

_MOST_LINKS = 3
_MOST_ARTICLES = 6


@dataclass(frozen=True)
class Ground:
    """What the figures beside the points are taken from.

    `total` cases of the city of this `kind`, failed for the last time from `since` until `until` and diagnosed;
    `invented` of them are the demonstration's. `agency_kind` is empty where all agencies were counted: because none
    was asked for, or because `of_agency_kind`, those of the kind asked for, are fewer than `FEWEST`.
    """

    kind: ProcurementKind
    agency_kind: str
    since: date
    until: date
    total: int
    of_agency_kind: int | None = None
    invented: int = 0

    @property
    def agency_kind_label(self) -> str:
        """The kind of agency that was counted alone, in the reader's language; empty for all."""
        return str(AgencyKind(self.agency_kind).label) if self.agency_kind else ""

    @property
    def words(self) -> str:
        """What the figures count, and as of when, as a sentence in the reader's language."""
        words = {
            "total": self.total, "kind": self.kind.label, "since": rocdate(self.since), "until": rocdate(self.until),
            "agencies": self.agency_kind_label, "invented": self.invented,
        }  # fmt: skip
        if not self.total:
            text = _("No failed tender for %(kind)s was diagnosed from %(since)s to %(until)s: nothing is counted.")
        elif self.agency_kind:
            text = _(
                "Counted are the %(total)s diagnosed failed tenders for %(kind)s of the city’s agencies of the kind "
                "“%(agencies)s” whose last failure was from %(since)s to %(until)s."
            )
        else:
            text = _(
                "Counted are the city’s %(total)s diagnosed failed tenders for %(kind)s whose last failure was from "
                "%(since)s to %(until)s."
            )
        if self.invented:
            text += _(" %(invented)s of them were invented for the demonstration.")
        return text % words


@dataclass(frozen=True)
class ChecklistItem:
    """One point: the cause that asks, how often it was the main one, and what answers it.

    `times` counts cases of `ground`. Case studies, lessons and articles are those that this reader may open.
    """

    cause: TaxonomyEntry
    times: int
    ground: Ground
    measures: tuple[TaxonomyEntry, ...] = ()
    articles: tuple[Article, ...] = ()
    studies: tuple[CaseStudyPage, ...] = ()
    lessons: tuple[Page, ...] = ()

    @property
    def code(self) -> str:
        """What the answer is kept under; the same in every edition."""
        return self.cause.code

    @property
    def stage(self) -> TaxonomyEntry | None:
        """The stage in which a buyer can still do something about it."""
        return self.cause.stage

    @property
    def asks(self) -> str:
        """The question in the reader's language."""
        return self.cause.asks

    @property
    def frequency(self) -> str:
        """How often it was the main cause, in words; empty where nothing has been diagnosed."""
        if not self.ground.total:
            return ""
        words = {"times": self.times, "total": self.ground.total}
        if not self.times:
            return _("Not the main cause of any of the %(total)s failed tenders counted.") % words
        return _("The main cause of %(times)s of the %(total)s failed tenders counted.") % words

    @property
    def has_more(self) -> bool:
        """Whether there is anything to read beside the question."""
        return bool(self.measures or self.articles or self.studies or self.lessons)


@dataclass(frozen=True)
class Progress:
    """How far a checklist is filled: `not_yet` of the `answered` points are still to be done."""

    total: int
    answered: int = 0
    not_yet: int = 0

    @property
    def is_done(self) -> bool:
        """Whether every point is answered and none is left to be done."""
        return self.answered == self.total and self.not_yet == 0


def items_for(
    kind: str,
    agency_kind: str = "",
    years: int = YEARS,
    *,
    edition: TaxonomyEdition | None = None,
    user: User | AnonymousUser | None = None,
) -> list[ChecklistItem]:
    """Return the points for a purchase of `kind` (`ProcurementKind`), in the order in which they are asked.

    Those of `edition`, by default of the one in force; none where no edition is published. Counted are the city's
    failed and diagnosed cases of that kind of the last `years`, where `agency_kind` (`AgencyKind`) has at least
    `FEWEST` of them, its own alone. Links are those that `user` may open. The number of queries does not grow.
    """
    edition = edition or current_edition()
    if edition is None:
        return []
    causes = [cause for cause in _asking(edition) if cause.applies_to(kind)]
    counts, ground = _counts(ProcurementKind(kind), agency_kind, years)
    links = _links_of(causes, user or AnonymousUser())
    items = [
        ChecklistItem(cause, counts.get(cause.code, 0), ground, tuple(cause.measures.all()), *links[cause.code])
        for cause in causes
    ]
    return sorted(items, key=_place)


def by_stage(items: Iterable[ChecklistItem]) -> list[tuple[TaxonomyEntry | None, list[ChecklistItem]]]:
    """Return the points under their stages, in the given order."""
    return [(stage, list(group)) for stage, group in groupby(items, key=lambda item: item.stage)]


def progress_of(codes: Iterable[str], answers: dict[str, Any]) -> Progress:
    """Return how many of the points `codes` are answered in `answers` (as `Checklist.answers` holds them)."""
    given = [answers.get(code, {}).get("answer", "") for code in codes]
    return Progress(len(given), len([answer for answer in given if answer]), given.count(ChecklistAnswer.NO.value))


def checklists_of(user: User) -> QuerySet[Checklist]:
    """Return the checklists of `user`, the last changed first."""
    return Checklist.objects.filter(owner=user).select_related("edition")


def progress_of_all(checklists: Sequence[Checklist]) -> list[tuple[Checklist, Progress]]:
    """Return each of `checklists` with how far it is filled. One query."""
    editions = {checklist.edition_id for checklist in checklists}
    asking: dict[int, list[TaxonomyEntry]] = {}
    rows = TaxonomyEntry.objects.filter(edition__in=editions, dimension=Dimension.CAUSE).exclude(question="")
    for cause in rows:
        asking.setdefault(cause.edition_id, []).append(cause)
    return [
        (checklist, progress_of(_codes(asking.get(checklist.edition_id, []), checklist.kind), checklist.answers))
        for checklist in checklists
    ]


def codes_asked(edition: TaxonomyEdition, kind: str) -> list[str]:
    """Return the codes of the causes that `edition` asks about for `kind`. One query."""
    return _codes(_asking(edition, with_more=False), kind)


def band_today(kind: str, amount: int | None) -> BandAnswer | None:
    """Return the band of a purchase of `amount` (whole NT$, options included) announced today; None if unknown."""
    if not amount:
        return None
    try:
        return band_of(kind=ProcurementKind(kind), amount=amount, day=timezone.localdate())
    except DomainError:  # no amounts are known: the list does without
        return None


# --- what the points are made of -----------------------------------------------------------------


def _asking(edition: TaxonomyEdition, *, with_more: bool = True) -> QuerySet[TaxonomyEntry]:
    causes = TaxonomyEntry.objects.filter(edition=edition, dimension=Dimension.CAUSE).exclude(question="")
    if not with_more:
        return causes
    measures = Prefetch("measures", queryset=TaxonomyEntry.objects.order_by("order", "code"))
    return causes.select_related("stage").prefetch_related(measures)


def _codes(causes: Iterable[TaxonomyEntry], kind: str) -> list[str]:
    return [cause.code for cause in causes if cause.applies_to(kind)]


def _place(item: ChecklistItem) -> tuple[bool, int, str, int, int, str]:
    """Stages in their order, causes without one at the end; within a stage the most frequent first."""
    stage = item.stage
    where = (stage is None, stage.order if stage else 0, stage.code if stage else "")
    return *where, -item.times, item.cause.order, item.cause.code


def _counts(kind: ProcurementKind, agency_kind: str, years: int) -> tuple[dict[str, int], Ground]:
    """How often each cause was the main one, by its code, and of what. One query."""
    until = timezone.localdate()
    since = _years_before(until, years)
    rows = list(
        Diagnosis.objects.filter(
            is_current=True,
            case__scope=CaseScope.CITY,
            case__kind=kind,
            case__failures__gt=0,
            case__last_failed_on__range=(since, until),
        )
        .order_by()
        .values("cause__code", "case__agency__kind")
        .annotate(cases=Count("pk"), invented=Count("pk", filter=Q(case__source=CaseSource.DEMONSTRATION)))
    )
    ours = [row for row in rows if agency_kind and row["case__agency__kind"] == agency_kind]
    of_agency_kind = sum(row["cases"] for row in ours) if agency_kind else None
    is_enough = of_agency_kind is not None and of_agency_kind >= FEWEST
    counts: dict[str, int] = {}
    counted = ours if is_enough else rows
    for row in counted:
        counts[row["cause__code"]] = counts.get(row["cause__code"], 0) + row["cases"]
    ground = Ground(
        kind=kind,
        agency_kind=agency_kind if is_enough else "",
        since=since,
        until=until,
        total=sum(counts.values()),
        of_agency_kind=of_agency_kind,
        invented=sum(row["invented"] for row in counted),
    )
    return counts, ground


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


_Links = tuple[tuple[Article, ...], tuple[CaseStudyPage, ...], tuple[Page, ...]]


def _links_of(causes: Sequence[TaxonomyEntry], user: User | AnonymousUser) -> dict[str, _Links]:
    """Articles, case studies and lessons of each cause, by its code.

    A case study belongs to the main cause of its case, with the articles and lessons that it names; articles named
    in the sources of a cause and its measures belong to it too.
    """
    studies = _studies_of({cause.code for cause in causes}, user)
    named = {cause.code: _articles_named(cause, studies.get(cause.code, [])) for cause in causes}
    taught = {code: _chosen("lessons", pages) for code, pages in studies.items()}
    articles = Article.objects.select_related("law").in_bulk({pk for pks in named.values() for pk in pks})
    lessons = {page.pk: page for page in viewable_pages(sorted({pk for pks in taught.values() for pk in pks}), user)}
    return {
        code: (
            tuple(articles[pk] for pk in pks if pk in articles)[:_MOST_ARTICLES],
            tuple(studies.get(code, ())[:_MOST_LINKS]),
            tuple(lessons[pk] for pk in taught.get(code, ()) if pk in lessons and lessons[pk].live)[:_MOST_LINKS],
        )
        for code, pks in named.items()
    }


def _studies_of(codes: set[str], user: User | AnonymousUser) -> dict[str, list[CaseStudyPage]]:
    """The published case studies in the reader's language by the code of their case's main cause, newest first."""
    pages = (
        CaseStudyPage.objects.live()
        .public()
        .filter(
            locale=Locale.get_active(),
            case__diagnoses__is_current=True,
            case__diagnoses__cause__code__in=codes,
        )
        .annotate(cause_code=F("case__diagnoses__cause__code"))
        .prefetch_related("locale", "alias_of__locale")
        .order_by("-first_published_at", "-pk")
    )
    found: dict[str, list[CaseStudyPage]] = {}
    for page in only_viewable(pages, user):
        found.setdefault(page.cause_code, []).append(page)
    return found


def _articles_named(cause: TaxonomyEntry, studies: Iterable[CaseStudyPage]) -> list[int]:
    sources = [cause.source, *(measure.source for measure in cause.measures.all())]
    named = [reference.article_id for source in sources for reference in find_references(source)]
    return list(dict.fromkeys([pk for pk in named if pk] + _chosen("basis", studies)))


def _chosen(field: str, pages: Iterable[CaseStudyPage]) -> list[int]:
    """The keys that a stream of choosers holds, without a query for each page's."""
    chosen = [child["value"] for page in pages for child in getattr(page, field).raw_data]
    return list(dict.fromkeys(pk for pk in chosen if pk))
