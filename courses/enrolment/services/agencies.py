"""The agency of an enrolment follows what the agency says of its people."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from accounts.models import Person
from common.audit import audit
from courses.catalogue.selectors import has_begun

from ..models import Enrolment


@transaction.atomic
def settle_agencies(*, person: Person | None = None) -> None:
    """Confirm on enrolments the agencies that were confirmed, and take away those that were refused.

    Of everybody without `person`. An agency that said "not ours" is taken from enrolments in runs that have not
    begun; in the others it stays, unconfirmed, and the report by agency says so. Idempotent.
    """
    claimed = Enrolment.objects.filter(is_agency_confirmed=False, agency__isnull=False)
    if person is not None:
        claimed = claimed.filter(person=person)
    confirmed = claimed.filter(person__agency=F("agency"), person__agency_confirmed_at__isnull=False)
    Enrolment.objects.filter(pk__in=list(confirmed.values_list("pk", flat=True))).update(is_agency_confirmed=True)
    refused = claimed.filter(~has_begun(path="run__"), person__agency__isnull=True).select_related("run", "agency")
    for enrolment in refused.select_for_update(of=("self",)):
        audit("enrolment.agency_cleared", obj=enrolment, run=enrolment.run.code, agency=str(enrolment.agency))
        enrolment.agency, enrolment.is_agency_confirmed = None, True
        enrolment.save(update_fields=["agency", "is_agency_confirmed"])
