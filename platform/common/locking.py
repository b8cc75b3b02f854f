"""Waiting for a row that somebody else holds: never for long, and with words for who waited in vain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.functional import Promise

from .errors import DomainError

LONGEST_WAIT_MS = 5000
"""How long somebody waits for a row, in milliseconds, before being asked to try again."""

_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"


@contextmanager
def bounded_wait(message: str | Promise) -> Iterator[None]:
    """Open a transaction whose waits for locked rows are bounded.

    Raises DomainError `try_again` with `message` when somebody else holds a row for longer than
    `LONGEST_WAIT_MS`; nothing has been written then.
    """
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LONGEST_WAIT_MS}ms"])
            yield
    except OperationalError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state in (_LOCK_NOT_AVAILABLE, _DEADLOCK) or "database is locked" in str(error):
            raise DomainError(message, code="try_again") from error
        raise
