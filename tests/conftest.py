"""What all tests share. What lacks its real part is skipped; `scripts/run_tests.py` says so, loudly."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

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


@pytest.fixture
def on_postgres() -> bool:
    """Whether this run's database is PostgreSQL."""
    return connection.vendor == "postgresql"
