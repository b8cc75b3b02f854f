"""The source of the search that finds tender cases, for those who may open them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from website.search_sources import Hit, register

from . import checklist_search  # noqa: F401  registering is all that it is imported for
from .models import TenderCase
from .models.cases import TenderCaseQuerySet
from .selectors import cases_saying, cases_visible_to


def find_cases(query: str, user: Any) -> TenderCaseQuerySet:
    """Return the cases whose number, title or agency matches and that `user` may open, the newest first."""
    if not query.strip():
        return TenderCase.objects.none()
    found = cases_saying(query, cases_visible_to(user)).select_related("agency")
    return found.order_by(F("first_notice_on").desc(nulls_last=True), "-pk")


def case_hits(cases: Sequence[TenderCase]) -> list[Hit]:
    """Return the lines to print for `cases`."""
    return [_hit(case) for case in cases]


def _hit(case: TenderCase) -> Hit:
    failed = ngettext("failed %(count)d time", "failed %(count)d times", case.failures) % {"count": case.failures}
    return Hit(
        title=str(case),
        url=reverse("casestudies:case", args=[case.pk]),
        text=" ".join(filter(None, [case.agency.name if case.agency else case.agency_name, case.classification])),
        note=failed if case.failures else "",
        language="zh-hant",
    )


register(key="tender_cases", label=_("Tender cases"), order=60, find=find_cases, hits=case_hits)
