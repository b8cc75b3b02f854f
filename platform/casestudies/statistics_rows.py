"""What the groups of the figures are called, in which order they stand, and which parameters narrow to one of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.enums import AgencyKind
from accounts.models import Agency
from common.rocdates import ROC_OFFSET
from common.templatetags.common_tags import rocmonth
from library.enums import Band, ProcurementKind
from reports.shaping import Group

from .models import TaxonomyEntry
from .statistics_counts import DIAGNOSED, KEYS, NONE, NOT_FAILED, By

LABELS = {
    By.PIVOT: gettext_lazy("Kind of agency × band"),
    By.AGENCY_KIND: gettext_lazy("Kind of agency"),
    By.BAND: pgettext_lazy("of a tender", "Band"),
    By.FAILURES: pgettext_lazy("of a tender", "Times failed"),
    By.KIND: pgettext_lazy("of a tender", "Kind of procurement"),
    By.CATEGORY: gettext_lazy("Category (類別)"),
    By.STAGE: gettext_lazy("Stage (階段)"),
    By.PATTERN: gettext_lazy("Pattern (態樣)"),
    By.CAUSE: gettext_lazy("Main cause (主因)"),
    By.YEAR: gettext_lazy("ROC year"),
    By.MONTH: gettext_lazy("Month"),
    By.AGENCY: gettext_lazy("Agency"),
}

_WITHOUT = {
    By.AGENCY_KIND: pgettext_lazy("tenders", "agency not matched yet"),
    By.AGENCY: pgettext_lazy("tenders", "agency not matched yet"),
    By.BAND: pgettext_lazy("tenders", "amount not known"),
    By.KIND: pgettext_lazy("tenders", "kind not known"),
}
_NOT_DIAGNOSED = pgettext_lazy("tenders", "failed, not diagnosed yet")
_DID_NOT_FAIL = pgettext_lazy("tenders", "did not fail")

SHORT_BANDS = {
    Band.SMALL: pgettext_lazy("band, in short", "small purchase"),
    Band.BELOW_PUBLICATION: pgettext_lazy("band, in short", "below 公告金額"),
    Band.PUBLICATION: pgettext_lazy("band, in short", "公告金額 or more"),
    Band.INSPECTION: pgettext_lazy("band, in short", "查核金額 or more"),
    Band.LARGE: pgettext_lazy("band, in short", "large (巨額)"),
}
"""How bands are called where there is little room: on a chart."""


def groups_of(by: By, records: Sequence[Mapping[str, Any]]) -> list[Group]:
    """Return `records` (of `statistics_counts.counts`) as rows in the order of their kind, those without last."""
    if by in DIAGNOSED:
        groups = _diagnosed(by, records)
    elif by == By.AGENCY:
        groups = _agencies(records)
    elif by in (By.MONTH, By.YEAR, By.FAILURES):
        groups = _numbered(by, records)
    else:
        groups = _chosen(by, records)
    return sorted(groups, key=lambda group: group.order)


def word_of(key: str) -> Callable[[Any], Any] | None:
    """Return what turns a key of a row into words; None where it is words or a number already."""
    if key == "month":
        return _month_words
    if key in _CHOICES:
        return lambda value: without(By(key), value) or _CHOICES[key](value).label
    return None


def without(by: By, value: Any) -> Any:
    """Return how the row of those without is called; None for a value that says something."""
    if by in DIAGNOSED:
        return {NONE: _NOT_DIAGNOSED, NOT_FAILED: _DID_NOT_FAIL}.get(value)
    return _WITHOUT.get(by) if value == NONE else None


def entry_names(*dimensions: By) -> dict[By, dict[str, TaxonomyEntry]]:
    """Return what the codes of dimensions stand for, in order; of several editions the newest says it. One query."""
    entries = TaxonomyEntry.objects.filter(dimension__in=[by.value for by in dimensions])
    newest: dict[By, dict[str, TaxonomyEntry]] = {by: {} for by in dimensions}
    for entry in entries.order_by(F("edition__effective_from"), "edition_id"):
        newest[By(entry.dimension)][entry.code] = entry
    return {
        by: dict(sorted(known.items(), key=lambda item: (item[1].order, item[0]))) for by, known in newest.items()
    }  # fmt: skip


_CHOICES: dict[str, Any] = {"agency_kind": AgencyKind, "band": Band, "kind": ProcurementKind}


def _month_words(month: str) -> str:
    """Return 107-03 as people read it."""
    year, number = month.split("-")
    return rocmonth(datetime.date(int(year) + ROC_OFFSET, int(number), 1))


def _chosen(by: By, records: Sequence[Mapping[str, Any]]) -> list[Group]:
    groups = []
    for record in records:
        keys = {key: record[key] or NONE for key in KEYS[by]}
        order = tuple([*_CHOICES[key].values, NONE].index(value) for key, value in keys.items())
        groups.append(Group(order, keys, keys, record))
    return groups


def _numbered(by: By, records: Sequence[Mapping[str, Any]]) -> list[Group]:
    groups = []
    for record in records:
        if by == By.FAILURES:
            groups.append(Group(record["failures"], {"failures": record["failures"]}, {"failures": record["failures"]},
                                record))  # fmt: skip
            continue
        year = record["year"] - ROC_OFFSET
        if by == By.YEAR:
            groups.append(Group(year, {"year": year}, {"year": year, "to_year": None}, record))
        else:
            filters = {"year": year, "to_year": None, "month": record["month"]}
            groups.append(Group((year, record["month"]), {"month": f"{year}-{record['month']:02}"}, filters, record))
    return groups


def _diagnosed(by: By, records: Sequence[Mapping[str, Any]]) -> list[Group]:
    known = entry_names(by)[by]
    places = [*known, NONE, NOT_FAILED]
    groups = []
    for record in records:
        code = record[by.value]
        name = str(without(by, code) or known[code])
        groups.append(Group(places.index(code), {by.value: code, "name": name}, {by.value: code}, record))
    return groups


def _agencies(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    keys = [record["agency"] for record in records if record["agency"] is not None]
    names = dict(Agency.objects.filter(pk__in=keys).values_list("pk", "name"))
    groups = []
    for record in records:
        agency = record["agency"]
        name = names.get(agency) or str(without(By.AGENCY, NONE))
        filters = {"agency": agency} if agency is not None else {"agency_kind": NONE}
        # those with the most listed cases first: hundreds of agencies have none
        order = (agency is None, -record.get("listed", 0), -record["cases"], name)
        groups.append(Group(order, {"agency": name}, filters, record))
    return groups
