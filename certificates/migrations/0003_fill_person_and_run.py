"""Certificates get the person and run of their enrolment; where a person holds two valid ones of a run, one stays."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

REASON = "同一人同一期別重複核發，以 %s 為準"


def fill(apps: Any, schema_editor: Any) -> None:
    """Copy person and run; revoke, audited and named on the screen, what the rule of one valid one forbids."""
    certificates = apps.get_model("certificates", "Certificate").objects
    enrolments = apps.get_model("enrolment", "Enrolment").objects.filter(pk=OuterRef("enrolment"))
    certificates.update(
        person=Subquery(enrolments.values("person")[:1]), run=Subquery(enrolments.values("run")[:1])
    )
    valid = certificates.filter(revoked_at__isnull=True)
    doubled = valid.order_by().values("person", "run").annotate(held=Count("pk")).filter(held__gt=1)
    for pair in list(doubled):
        held = list(valid.filter(person=pair["person"], run=pair["run"]).select_related("enrolment"))
        # the one of the enrolment that stands; of several, the last that was issued
        held.sort(key=lambda item: (item.enrolment.state == "confirmed", item.issued_at, item.pk))
        stays = held.pop()
        for item in held:
            _revoke(apps, item, stays)


def _revoke(apps: Any, certificate: Any, stays: Any) -> None:
    certificate.revoked_at = timezone.now()
    certificate.revoked_reason = REASON % stays.serial
    certificate.save(update_fields=["revoked_at", "revoked_reason"])
    apps.get_model("common", "AuditEntry").objects.create(
        action="certificate.revoked",
        object_type="certificates.Certificate",
        object_id=str(certificate.pk),
        object_label=certificate.serial,
        data={"reason": certificate.revoked_reason, "may_be_replaced": False},
    )
    print(f"\n    {certificate.serial} is revoked: {stays.serial} is of the same person and run, and stays.", end="")  # noqa: T201  whoever migrates must see it


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_person_and_run"),
        ("common", "0001_initial"),
        ("enrolment", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
