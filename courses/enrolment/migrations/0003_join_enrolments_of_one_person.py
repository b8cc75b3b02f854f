"""Make one enrolment of those that one person has in one run, with everything that hangs on them."""

from django.db import IntegrityError, migrations, transaction
from django.db.models import Count, F


def join_enrolments(apps, schema_editor):
    """Keep the newest of several; the others say by which they were replaced, and count nowhere."""
    enrolments = apps.get_model("enrolment", "Enrolment").objects.using(schema_editor.connection.alias)
    several = enrolments.order_by().values("run", "person").annotate(rows=Count("pk")).filter(rows__gt=1)
    for run, person in list(several.values_list("run", "person")):
        *earlier, kept = enrolments.filter(run=run, person=person).order_by("pk")
        for row in earlier:
            _move_what_hangs_on(row, kept)
            row.withdrawn_at = row.withdrawn_at or kept.confirmed_at
            row.state, row.exit_reason = "in_error", f"#{row.number} → #{kept.number}"
            row.save(update_fields=["state", "withdrawn_at", "exit_reason"])


def _move_what_hangs_on(row, kept):
    """Hang it on `kept`; what is there already (the same session, the same sitting) stays as it is."""
    for relation in row._meta.related_objects:
        field = relation.field.name
        for thing in relation.related_model._default_manager.filter(**{field: row}):
            try:
                with transaction.atomic(using=row._state.db):
                    setattr(thing, field, kept)
                    thing.save(update_fields=[field])
            except IntegrityError:
                continue


def mark_unconfirmed_agencies(apps, schema_editor):
    """An agency that its person still only claims is not confirmed on their enrolments either."""
    enrolments = apps.get_model("enrolment", "Enrolment").objects.using(schema_editor.connection.alias)
    claimed = enrolments.filter(agency=F("person__agency"), person__agency_confirmed_at__isnull=True)
    enrolments.filter(pk__in=list(claimed.values_list("pk", flat=True))).update(is_agency_confirmed=False)


class Migration(migrations.Migration):

    dependencies = [
        ("enrolment", "0002_reasons_and_entered_in_error"),
        # what hangs on enrolments: its tables must be there to be moved
        ("attendance", "0002_initial"),
        ("assessment", "0002_initial"),
        ("certificates", "0001_initial"),
        ("learning", "0002_initial"),
    ]

    operations = [
        migrations.RunPython(join_enrolments, migrations.RunPython.noop),
        migrations.RunPython(mark_unconfirmed_agencies, migrations.RunPython.noop),
    ]
