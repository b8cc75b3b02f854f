"""Making one of two records of the same person."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.audit import audit
from common.errors import DomainError
from common.locking import bounded_wait

from ..merging import MergeReport, people
from ..models import Person, User
from .accounts import follow_address


def preview_merge(*, kept: Person, gone: Person, by: User) -> MergeReport:
    """Return what merging would do, and what stands in its way: it is done, and undone before anybody sees it."""
    with _locked():
        try:
            return _merge(kept, gone, by)
        finally:
            transaction.set_rollback(True)


def merge_people(*, kept: Person, gone: Person, by: User) -> Person:
    """Let everything that hangs on `gone` hang on `kept`, and delete the record `gone`; all or nothing.

    What `kept` lacks (e-mail, job title, agency) comes from `gone`; the audit trail keeps what `gone` was. A record
    that is gone already changes nothing. Raises DomainError `same` for one record, `conflicts` with all that only a
    person can decide, `try_again` when somebody else holds one of the rows.
    """
    with _locked():
        if not Person.objects.filter(pk=gone.pk).exists():
            return kept
        report = _merge(kept, gone, by)
        if report.conflicts:
            raise DomainError(" ".join(report.conflicts), code="conflicts")
        return Person.objects.get(pk=kept.pk)


def _locked() -> AbstractContextManager[None]:
    return bounded_wait(_("Somebody else is changing one of these people. Please try again in a moment."))


def _merge(kept: Person, gone: Person, by: User) -> MergeReport:
    if kept.pk == gone.pk:
        raise DomainError(_("These are not two records but one."), code="same")
    # no_key: whoever is enrolling one of them just now is not kept waiting
    rows = Person.objects.select_for_update(of=("self",), no_key=True).select_related("agency").order_by("pk")
    found = {person.pk: person for person in rows.filter(pk__in=[kept.pk, gone.pk])}
    kept, gone = found[kept.pk], found[gone.pk]
    report = people.apply(kept, gone, by)
    if report.conflicts:
        return report
    report.notes += _complete(kept, gone)
    key = gone.pk
    try:
        gone.delete()
    except ProtectedError as error:
        raise DomainError(_("Something was added to one of the two just now. Look again."), code="try_again") from error
    audit(
        "person.merged", obj=kept, by=by, gone=key, name=gone.name, email=gone.email,
        agency=gone.agency.name if gone.agency else None, moved=report.counts,
    )  # fmt: skip
    if (account := User.objects.filter(person=kept).first()) is not None:
        follow_address(user=account)
    return report


def _complete(kept: Person, gone: Person) -> list[str]:
    """Take from `gone` what `kept` lacks; return in words what of `gone` is given up."""
    notes = []
    for field, words in (
        ("email", _("e-mail")),
        ("job_title", _("job title")),
        ("name", pgettext("of a person", "name")),
    ):
        own, other = getattr(kept, field), getattr(gone, field)
        if not own:
            setattr(kept, field, other)
        elif other and other != own:
            notes.append(_("%(what)s: %(kept)s stays, %(gone)s goes.") % {"what": words, "kept": own, "gone": other})
    if kept.agency is None:
        kept.agency, kept.agency_confirmed_at = gone.agency, gone.agency_confirmed_at
    elif gone.agency_id == kept.agency_id:
        kept.agency_confirmed_at = kept.agency_confirmed_at or gone.agency_confirmed_at
    elif gone.agency is not None:
        values = {"what": _("agency"), "kept": kept.agency, "gone": gone.agency}
        notes.append(_("%(what)s: %(kept)s stays, %(gone)s goes.") % values)
    kept.save()
    return notes
