"""The demonstration, laid once for all tests of this folder and taken away afterwards."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from demo.services import lay_demonstration
from tests.demo.places import first, lay_what_is_missing


@contextmanager
def _taken_back() -> Iterator[None]:
    """Take back in the end whatever was written to the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[str]]:
    """Lay the demonstration; hand out what was told meanwhile."""
    with django_db_blocker.unblock(), _taken_back():
        told: list[str] = []
        lay_demonstration(tell=told.append)
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE"
            )  # by itself PostgreSQL counts only what is committed, and plans by what it counted
        yield told


@pytest.fixture(scope="module")
def every_kind_of_row(demonstration: list[str], django_db_blocker: Any) -> Iterator[None]:
    """Add what the demonstration lacks. Meanwhile nothing is logged: every refusal would be."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), _taken_back():
        lay_what_is_missing()
        gc.collect()
        gc.freeze()  # else each of thousands of requests pays for looking through what stays anyway
        yield
        gc.unfreeze()
    first.cache_clear()
    logging.disable(logging.NOTSET)
