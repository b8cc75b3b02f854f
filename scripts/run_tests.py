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


def postgres_answers() -> bool:
    """Whether something listens where PostgreSQL should."""
    parts = urlsplit(POSTGRES)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or 5432)) == 0


def main() -> None:
    """Run both; the exit code is that of the first failure."""
    arguments = sys.argv[1:] or ["tests"]
    codes = [run_pytest(*arguments)]
    if postgres_answers():
        codes.append(run_pytest(*arguments, "-m", "postgres", TEST_DATABASE_URL=POSTGRES))
    else:
        print(
            "\n!!! NOT EVERYTHING WAS TESTED: the tests on PostgreSQL were skipped. Install and start it "
            "(Debian: apt-get install postgresql), or set TEST_POSTGRES_URL.",
            file=sys.stderr,
        )
        codes.append(1 if IN_CI else 0)
    raise SystemExit(next((code for code in codes if code), 0))


if __name__ == "__main__":
    main()
