"""What this app shows in others' places: My learning, the desk, the run's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment
from courses.learning.my_page import MyPage
from website.slots import Slot, fill

from .enums import OPEN_STATES
from .models import Certificate, IssueBatch
from .permissions import can_issue_certificates
from .selectors import certificates_of_person, doubts_waiting, runs_to_issue
from .wording import in_language


def _own_certificates(request: HttpRequest, person_id: int) -> dict[int, Certificate]:
    """Return the person's certificates, asked for once per page however many classes it lists."""
    known: dict[int, dict[int, Certificate]] = request.__dict__.setdefault("_own_certificates", {})
    if person_id not in known:
        known[person_id] = certificates_of_person(person_id)
    return known[person_id]


def enrolment_context(request: HttpRequest, enrolment: Enrolment) -> dict[str, Any] | None:
    """The certificate of an enrolment that its holder looks at."""
    if request.user.person_id != enrolment.person_id:  # type: ignore[union-attr]  # the page demands sign-in
        return None
    certificate = _own_certificates(request, enrolment.person_id).get(enrolment.run_id)
    return {"certificate": certificate} if certificate else None


def other_certificates(request: HttpRequest, my: MyPage) -> dict[str, Any] | None:
    """The certificates of classes that the page does not list: their holder is no longer enrolled there."""
    listed = {standing.run.pk for standing in [*my.current, *my.past]}
    others = [
        certificate for run_id, certificate in _own_certificates(request, my.person.pk).items() if run_id not in listed
    ]
    return {"certificates": others} if others else None


def certificate_to_collect(request: HttpRequest, my: MyPage) -> dict[str, Any] | None:
    """The certificate that its holder has not downloaded yet."""
    waiting = [
        certificate
        for certificate in _own_certificates(request, my.person.pk).values()
        if not certificate.is_revoked and certificate.collected_at is None
    ]
    if not waiting:
        return None
    newest = max(waiting, key=lambda certificate: certificate.issued_at)
    return {
        "over": _("Your certificate is ready"),
        "title": in_language(newest.facts, "course"),
        "detail": f"{newest.facts['run']} · {newest.serial}",
        "url": reverse("certificates:download", args=[newest.public_id]),
        "label": _("Download the certificate"),
    }


def desk_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """The finished runs that have certificates to issue, and the batches under way."""
    overviews = runs_to_issue()
    batches = list(IssueBatch.objects.filter(state__in=OPEN_STATES).select_related("run__course"))
    busy = {batch.run_id for batch in batches}
    waiting = [overview for overview in overviews if overview.run.pk not in busy]
    return {"overviews": waiting, "batches": batches} if waiting or batches else None


def doubts_context(request: HttpRequest, subject: None) -> dict[str, Any] | None:
    """The certificates whose ground has fallen away: to be revoked or kept."""
    grounds = doubts_waiting()
    return {"grounds": grounds} if grounds else None


def run_context(request: HttpRequest, run: CourseRun) -> dict[str, Any] | None:
    """For administrators: the way from a run to its certificates."""
    return {"run": run}


fill(Slot.MY_NEXT, order=20, template="learning/next_panel.html", context=certificate_to_collect)
fill(Slot.MY_LEARNING, order=50, template="certificates/enrolment_panel.html", context=enrolment_context)
fill(Slot.MY_RECORDS, order=10, template="certificates/my_certificates.html", context=other_certificates)
fill(
    Slot.DESK, order=45, template="certificates/doubts_panel.html", context=doubts_context,
    predicate=can_issue_certificates,
)  # fmt: skip
fill(
    Slot.DESK, order=50, template="certificates/desk_panel.html", context=desk_context, predicate=can_issue_certificates
)
fill(
    Slot.RUN_PAGE, order=60, template="certificates/run_panel.html", context=run_context,
    predicate=can_issue_certificates,
)  # fmt: skip
