"""Whose a case is: the city's, another's, or not known until a person says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.selectors import agencies_by_name, canonical_name
from common.audit import audit
from common.errors import DomainError

from ..enums import CaseScope
from ..models import TenderCase


def is_city_unit(unit_id: str) -> bool:
    """Whether a unit (機關代碼) lies in the city's tree: 3.87 and whatever stands under it, but not 3.870."""
    return any(unit_id == root or unit_id.startswith(f"{root}.") for root in settings.CITY_UNIT_IDS)


def place_cases(cases: Sequence[TenderCase]) -> None:
    """Set on `cases`, without saving them, whose they are and their agency, where that is not known yet.

    The city's: their unit lies in its tree, or their agency is known by its present or a former name. What was
    settled before for the same unit and printed agency holds for new cases too. Any other unit makes a reference;
    without a unit it stays unclear and waits for a person. Three queries.
    """
    unplaced = [case for case in cases if not _is_placed(case)]
    if not unplaced:
        return
    agencies = agencies_by_name(case.agency_name for case in unplaced)
    settled = _settled(unplaced)
    for case in unplaced:
        agency = agencies.get(canonical_name(case.agency_name))
        scope, agency_id = settled.get((case.unit_id, case.agency_name), ("", None))
        if agency is not None:
            case.scope, case.agency_id = CaseScope.CITY, agency.pk
        elif scope:
            case.scope, case.agency_id = scope, agency_id
        elif case.unit_id:
            case.scope = CaseScope.CITY if is_city_unit(case.unit_id) else CaseScope.REFERENCE


def _is_placed(case: TenderCase) -> bool:
    return case.scope == CaseScope.REFERENCE or (case.scope == CaseScope.CITY and case.agency_id is not None)


def _settled(cases: Iterable[TenderCase]) -> dict[tuple[str, str], tuple[str, int | None]]:
    """By unit and printed agency: whose the cases on record are. Where an agency is known it counts."""
    names = {case.agency_name for case in cases}
    rows = (
        TenderCase.objects.filter(agency_name__in=names)
        .exclude(scope=CaseScope.UNCLEAR)
        .order_by("agency_id")
        .values_list("unit_id", "agency_name", "scope", "agency_id")
        .distinct()
    )
    found: dict[tuple[str, str], tuple[str, int | None]] = {}
    for unit_id, name, scope, agency_id in rows:
        if agency_id is not None or (unit_id, name) not in found:
            found[unit_id, name] = (scope, agency_id)
    return found


@transaction.atomic
def match_agency(*, case: TenderCase, agency: Agency | None, is_reference: bool, by: User | None) -> int:
    """Say whose `case` is, and with it all cases of the same unit and printed agency; return how many they are.

    Either it is `agency`'s and the city's, or a reference. Later notices of that unit and printed agency follow.
    Raises DomainError `nothing_said`, `both_said`.
    """
    from .listing import list_cases

    if agency is None and not is_reference:
        raise DomainError(_("Choose the agency, or say that the case is not the city’s."), code="nothing_said")
    if agency is not None and is_reference:
        raise DomainError(_("A case is either an agency’s of the city or a reference."), code="both_said")
    alike = TenderCase.objects.filter(unit_id=case.unit_id, agency_name=case.agency_name)
    ids = list(alike.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    scope = CaseScope.REFERENCE if is_reference else CaseScope.CITY
    TenderCase.objects.filter(pk__in=ids).update(scope=scope, agency=agency)
    audit(
        "tender_case.matched", obj=case, by=by, agency=str(agency) if agency else "", scope=scope.value, cases=len(ids)
    )
    list_cases(ids, by=by)
    return len(ids)
