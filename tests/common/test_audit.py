"""The audit trail is only ever added to."""

import pytest

from common.audit import audit
from common.models import AppendOnlyError, AuditEntry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_an_entry_says_what_was_done_by_whom_to_what():
    user = UserFactory.create()
    entry = audit("account.opened", obj=user, by=user, reason="demo")
    entry.refresh_from_db()
    assert (entry.action, entry.actor_id, entry.object_type, entry.object_id) == (
        "account.opened",
        user.pk,
        "accounts.User",
        str(user.pk),
    )
    assert (entry.actor_label, entry.object_label, entry.data) == (str(user), str(user), {"reason": "demo"})


def test_an_entry_of_the_platform_itself_has_no_actor():
    entry = audit("seats.promoted")
    assert (entry.actor_id, entry.actor_label, entry.object_type) == (None, "", "")


def test_an_entry_is_never_changed():
    entry = audit("seats.promoted")
    entry.action = "seats.taken"
    for change in (
        entry.save,
        lambda: AuditEntry.objects.update(action="x"),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
        lambda: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"action": "x"}),
    ):
        with pytest.raises(AppendOnlyError):
            change()
    assert AuditEntry.objects.get(pk=entry.pk).action == "seats.promoted"


def test_an_entry_is_never_deleted():
    entry = audit("seats.promoted")
    for removal in (entry.delete, AuditEntry.objects.all().delete, AuditEntry.objects.filter(pk=entry.pk).delete):
        with pytest.raises(AppendOnlyError):
            removal()
    assert AuditEntry.objects.count() == 1
