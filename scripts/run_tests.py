"""Every test: once on SQLite with worker and browser, once more on PostgreSQL for what only it promises."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
IN_CI = os.environ.get("CI") == "true"


def run_pytest(*arguments: str, **environment: str) -> int:
    """Run pytest with a work folder of its own; return its exit code (no test selected counts as 0)."""
    work = tempfile.mkdtemp(prefix="platform-tests-")
    try:
        code = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=ROOT,
            env={**os.environ, "TEST_WORK_DIR": work, **environment},
            check=False,
        ).returncode
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0 if code == 5 else code


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
    """Run both; the exit code is that of the first failure, and in CI a missing part is one."""
    arguments = sys.argv[1:] or ["tests"]
    missing = missing_parts()
    codes = [run_pytest(*arguments)]
    if listens(POSTGRES, 5432):
        codes.append(run_pytest(*arguments, "-m", "postgres", TEST_DATABASE_URL=POSTGRES))
    for part in missing:
        print(f"\n!!! NOT EVERYTHING WAS TESTED: this machine lacks {part}.", file=sys.stderr)
    codes.append(1 if missing and IN_CI else 0)
    raise SystemExit(next((code for code in codes if code), 0))


if __name__ == "__main__":
    main()
