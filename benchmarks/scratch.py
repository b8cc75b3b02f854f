"""What benchmarks on PostgreSQL share: a scratch database with our tables, and works timed against each other."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Make a database beside the one of TEST_POSTGRES_URL, set Django up on it with all tables; drop it at the end.

    Ends the program in one sentence where there is no PostgreSQL.
    """
    try:
        server = psycopg.connect(SERVER, autocommit=True)
    except psycopg.OperationalError as error:
        raise SystemExit(f"✗ This benchmark needs PostgreSQL (TEST_POSTGRES_URL): {error}") from None
    scratch = f"bench_{name}_{os.getpid()}"
    with server:
        server.execute(f'CREATE DATABASE "{scratch}"')
        try:
            _set_up_django(urlunsplit(urlsplit(SERVER)._replace(path=f"/{scratch}")))
            yield
        finally:
            server.execute(f'DROP DATABASE "{scratch}" WITH (FORCE)')


def _set_up_django(url: str) -> None:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    sys.path.append("platform")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def analyse() -> None:
    """Let the planner know what has been laid."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def best_seconds(works: Mapping[str, Callable[[], Any]], *, rounds: int) -> dict[str, float]:
    """Return the best of `rounds` of each work, in seconds; the works take turns, so that all meet the same machine."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            best[name] = min(best[name], seconds(work))
    return best


def seconds(work: Callable[[], Any]) -> float:
    """Return how long `work` takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
