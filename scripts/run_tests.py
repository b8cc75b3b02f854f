"""Every test: on SQLite, with worker and browser, and once more on PostgreSQL for what only it promises.

The tests in a browser and those on PostgreSQL mostly wait, so all three run side by side; what the two say is printed
when they are done.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NOTHING_SELECTED = 5  # pytest's exit code
BUDGET_MINUTES = 15  # on two cores; a suite that takes longer is no longer run before each commit
IN_CI = os.environ.get("CI") == "true"


class Run:
    """pytest in a process of its own with a work folder of its own. Quiet runs keep what they print until the end."""

    def __init__(self, *arguments: str, is_quiet: bool = False, **environment: str) -> None:
        self._work = tempfile.mkdtemp(prefix="platform-tests-")
        self._output = tempfile.TemporaryFile() if is_quiet else None  # noqa: SIM115  open as long as pytest runs
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=ROOT,
            env={**os.environ, "TEST_WORK_DIR": self._work, **environment},
            stdout=self._output,
            stderr=subprocess.STDOUT if self._output else None,
        )

    def wait(self) -> int:
        """Return the exit code once it has ended; no test selected counts as 0."""
        code = self._process.wait()
        shutil.rmtree(self._work, ignore_errors=True)
        if self._output is not None:
            self._output.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(self._output, sys.stdout.buffer)
            sys.stdout.flush()
            self._output.close()
        return 0 if code == NOTHING_SELECTED else code


def listens(url: str, port: int) -> bool:
    """Whether something listens at this address."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or port)) == 0


def missing_parts() -> list[str]:
    """Return what this machine lacks, and how Debian installs it."""
    missing = []
    if not listens(POSTGRES, 5432):
        missing.append("PostgreSQL (apt-get install postgresql, start it, or set TEST_POSTGRES_URL)")
    if not listens(REDIS, 6379):
        missing.append("Redis (apt-get install redis-server, start it, or set TEST_REDIS_URL)")
    if not Path(CHROMIUM).exists():
        missing.append("Chromium (apt-get install chromium, or set CHROMIUM)")
    return missing


def main() -> None:
    """Run them all; the exit code is that of the first failure, and in CI a missing part is one."""
    began = time.monotonic()
    arguments = sys.argv[1:] or ["tests"]
    missing = missing_parts()
    beside = [Run(*arguments, "-m", "browser", is_quiet=True)]
    if listens(POSTGRES, 5432):
        beside.append(Run(*arguments, "-m", "postgres", is_quiet=True, TEST_DATABASE_URL=POSTGRES))
    codes = [Run(*arguments, "-m", "not browser").wait(), *(run.wait() for run in beside)]
    for part in missing:
        print(f"\n!!! NOT EVERYTHING WAS TESTED: this machine lacks {part}.", file=sys.stderr)
    print(f"\nThe tests took {(time.monotonic() - began) / 60:.1f} minutes; their budget is {BUDGET_MINUTES}.")
    codes.append(1 if missing and IN_CI else 0)
    raise SystemExit(next((code for code in codes if code), 0))


if __name__ == "__main__":
    main()
