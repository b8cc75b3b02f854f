"""The one lock on seats: the row of the run.

Whoever counts, gives or frees a seat holds it. On PostgreSQL the row is fetched FOR UPDATE and the wait is
bounded; on SQLite an immediate transaction admits one writer at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from courses.catalogue.models import CourseRun

LONGEST_WAIT_MS = 5000
"""How long somebody waits for the row, in milliseconds, before being asked to try again."""

_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"


@contextmanager
def seats_locked(run_id: int) -> Iterator[CourseRun]:
    """Open a transaction that holds the seats of one run, and give the run as it now stands.

    Raises DomainError `try_again` when somebody else holds them for longer than `LONGEST_WAIT_MS`; nothing
    has been written then.
    """
    try:
        with transaction.atomic():
            yield fetch_runs_for_update([run_id])[run_id]
    except OperationalError as error:
        if _is_lock_wait(error):
            raise DomainError(
                _("Many people are enrolling right now. Nothing was changed; please try again in a moment."),
                code="try_again",
            ) from error
        raise


def fetch_runs_for_update(run_ids: list[int]) -> dict[int, CourseRun]:
    """Return the runs by key, locked until the transaction ends: one query, in the order of their keys.

    Must be the first query of the transaction that touches seats, and the only one that locks runs.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LONGEST_WAIT_MS}ms"])
    runs = CourseRun.objects.select_for_update(of=("self",)).select_related("course").order_by("pk")
    found = {run.pk: run for run in runs.filter(pk__in=run_ids)}
    for run_id in run_ids:
        if run_id not in found:
            raise CourseRun.DoesNotExist(run_id)
    return found


def _is_lock_wait(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (_LOCK_NOT_AVAILABLE, _DEADLOCK) or "database is locked" in str(error)
