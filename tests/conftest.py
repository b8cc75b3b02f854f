"""What all tests share. What lacks its real part is skipped; `scripts/run_tests.py` says so, loudly."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection
from django.utils.translation import activate

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright runs an event loop in this thread


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or 6379)) == 0


def _absent(item: pytest.Item) -> str:
    """Return what this test needs and this machine lacks, or nothing."""
    if item.get_closest_marker("broker") and not _listens(REDIS_URL):
        return "Redis (Debian: apt-get install redis-server)"
    if item.get_closest_marker("browser") and not Path(CHROMIUM).exists():
        return "Chromium (Debian: apt-get install chromium)"
    return ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave PostgreSQL's tests to the run on PostgreSQL; skip what lacks its part."""
    on_postgres = "postgres" in settings.DATABASES["default"]["ENGINE"]
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (left if item.get_closest_marker("postgres") and not on_postgres else kept).append(item)
    if left:
        items[:] = kept
        config.hook.pytest_deselected(items=left)
    for item in items:
        absent = _absent(item)
        if absent:
            item.add_marker(pytest.mark.skip(reason=f"needs {absent}"))


def _migrated() -> str:
    """Return a name for the migrated database: another one as soon as a migration, or what it loads, changes."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for storey in ("platform", "courses", "certificates"):
        for path in sorted((ROOT / storey).rglob("*")):
            if path.is_file() and path.suffix != ".pyc" and {"migrations", "data"} & set(path.parts):
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return f"migrated_{digest.hexdigest()[:16]}"


def _has_database(name: str) -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite the copy of a migrated file is kept: migrate then finds nothing to do."""
    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """Begin with a copy of what an earlier run has migrated: from nothing it takes half a minute of processor time."""
    test: dict[str, Any] = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        kept, target = ROOT / ".pytest_cache" / f"{_migrated()}.sqlite3", Path(test["NAME"])
        if kept.exists() and not target.exists():
            shutil.copyfile(kept, target)
    else:
        with django_db_blocker.unblock():
            if _has_database(_migrated()):
                test["TEMPLATE"] = _migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Keep the migrated database for the next run, if it is not there yet."""
    name = _migrated()
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            kept = ROOT / ".pytest_cache" / f"{name}.sqlite3"
            if not kept.exists():
                kept.parent.mkdir(exist_ok=True)
                part = kept.with_suffix(f".{os.getpid()}")
                with sqlite3.connect(connection.settings_dict["NAME"]) as whole:
                    whole.execute("VACUUM INTO ?", (str(part),))
                part.replace(kept)
        elif not _has_database(name):
            source = connection.settings_dict["NAME"]
            connection.close()
            # another run at the same time may have been quicker
            with contextlib.suppress(ProgrammingError), connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real inputs; tests that read them are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real inputs (../shared/data) are not on this machine")
    return SHARED


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    """Give every test an empty cache."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _site_language() -> Iterator[None]:
    """End every test in the site's own language, whichever page it looked at last."""
    yield
    activate(settings.LANGUAGE_CODE)


@pytest.fixture
def on_postgres() -> bool:
    """Whether this run's database is PostgreSQL."""
    return connection.vendor == "postgresql"
