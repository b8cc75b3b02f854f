"""What the groups of the statistics are called, and which parameters narrow the report to one of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext

from accounts.enums import AgencyKind
from common.rocdates import ROC_OFFSET
from common.templatetags.common_tags import rocmonth
from library.models import Article, Subject
from reports.shaping import Group

from .enums import Channel
from .models import ErrorPattern
from .naming import short_label
from .statistics import NONE, By

LABELS = {
    By.MONTH: gettext_lazy("Month"),
    By.SUBJECT: gettext_lazy("Subject"),
    By.ARTICLE: gettext_lazy("Article"),
    By.AGENCY_KIND: gettext_lazy("Kind of agency"),
    By.ERROR_PATTERN: gettext_lazy("Error pattern"),
    By.CHANNEL: gettext_lazy("Channel"),
    By.YEAR: gettext_lazy("ROC year"),
}

WITHOUT = {
    By.SUBJECT: pgettext("cases", "without a subject"),
    By.ARTICLE: pgettext("cases", "without an article"),
    By.AGENCY_KIND: pgettext("cases", "without an agency"),
    By.ERROR_PATTERN: pgettext("cases", "without an error pattern"),
}
"""How the row of the cases that have none is called."""


def groups_of(by: By, records: Sequence[Mapping[str, Any]]) -> list[Group]:
    """Return `records` (of `statistics.counts`) as rows in the order of their kind, those without last."""
    return sorted(_READERS[by](records), key=lambda group: group.order)


def month_words(month: str) -> str:
    """Return 107-03 as people read it."""
    year, number = month.split("-")
    return rocmonth(datetime.date(int(year) + ROC_OFFSET, int(number), 1))


def word_of(by: By) -> Callable[[Any], Any] | None:
    """Return what turns the first key of a row into words; None where it is words already."""
    if by == By.MONTH:
        return month_words
    if by == By.CHANNEL:
        return lambda value: Channel(value).label
    if by == By.AGENCY_KIND:
        return lambda value: WITHOUT[by] if value == NONE else AgencyKind(value).label
    if by == By.ARTICLE:
        return lambda value: WITHOUT[by] if value == NONE else value
    return None


def _months(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    groups = []
    for record in records:
        year, month = record["year"] - ROC_OFFSET, record["month"]
        groups.append(
            Group((year, month), {"month": f"{year}-{month:02}"}, {"year": year, "month": month}, record)
        )  # fmt: skip
    return groups


def _years(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    years = [(record["year"] - ROC_OFFSET, record) for record in records]
    return [Group(year, {"year": year}, {"year": year}, record) for year, record in years]


def _channels(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    return [
        Group(Channel.values.index(record["channel"]), {"channel": record["channel"]}, {"channel": record["channel"]},
              record)
        for record in records
    ]  # fmt: skip


def _agency_kinds(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    known = [*AgencyKind.values, NONE]
    kinds = [(record["agency__kind"] or NONE, record) for record in records]
    return [Group(known.index(kind), {"agency_kind": kind}, {"agency_kind": kind}, record) for kind, record in kinds]


def _coded(
    by: By, model: type[Subject] | type[ErrorPattern], records: Sequence[Mapping[str, Any]]
) -> list[Group]:  # fmt: skip
    found = model._default_manager.in_bulk([record[by] for record in records if record[by] is not None])
    groups = []
    for record in records:
        row = found.get(record[by])
        code = row.code if row is not None else NONE
        name = str(row) if row is not None else str(WITHOUT[by])
        groups.append(Group((row is None, code), {by.value: code, "name": name}, {by.value: code}, record))
    return groups


def _subjects(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    return _coded(By.SUBJECT, Subject, records)


def _error_patterns(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    return _coded(By.ERROR_PATTERN, ErrorPattern, records)


def _articles(records: Sequence[Mapping[str, Any]]) -> list[Group]:
    keys = [record["articles"] for record in records if record["articles"] is not None]
    found = Article.objects.select_related("law").in_bulk(keys)
    groups = []
    for record in records:
        article = found.get(record["articles"])
        label = short_label(article) if article is not None else NONE
        order = (False, article.law.pcode, article.order) if article is not None else (True, "", 0)
        groups.append(Group(order, {"article": label}, {"article": label}, record))
    return groups


_READERS: dict[By, Callable[[Sequence[Mapping[str, Any]]], list[Group]]] = {
    By.MONTH: _months,
    By.SUBJECT: _subjects,
    By.ARTICLE: _articles,
    By.AGENCY_KIND: _agency_kinds,
    By.ERROR_PATTERN: _error_patterns,
    By.CHANNEL: _channels,
    By.YEAR: _years,
}
