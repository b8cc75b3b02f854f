"""Everything between a fresh clone and a working platform. Needs only Python 3.11+ with venv.

Called by `make setup`; a second call does only what is missing.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
NEEDED_BYTES = 1_500_000_000


def fail(sentence: str) -> None:
    """End with one sentence and no traceback."""
    raise SystemExit(f"✗ {sentence}")


def run(*command: str | Path, what: str) -> None:
    """Run a command of the set-up; when it fails, say what failed and where its words are."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode != 0:
        fail(f"{what} failed (exit code {done.returncode}); its own words stand above.")


def wanted() -> str:
    """Return the fingerprint of what must be installed."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for name in ("requirements.txt", "requirements-dev.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_environment() -> None:
    """Create `.venv/`, install the pinned requirements and the path file, unless all is there."""
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted():
        return
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        fail(f"The disk is too full: {free // 1_000_000} MB free, the set-up needs {NEEDED_BYTES // 1_000_000} MB.")
    if not PYTHON.exists():
        try:
            import ensurepip  # noqa: F401  only asks whether it is there
            import venv
        except ImportError:
            fail("This Python has no venv module: install it (Debian: apt-get install python3-venv) and try again.")
        print("• Creating .venv", flush=True)
        venv.create(VENV, with_pip=True, symlinks=True)
    print("• Installing the pinned requirements (the first time takes a minute or two)", flush=True)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "-r", "requirements-dev.txt", what="Installing the requirements")
    site_packages = next((VENV / "lib").glob("python3.*/site-packages"))
    # a .pth file appends: Python's own `platform` module stays first
    (site_packages / "project_source_root.pth").write_text(f"{ROOT / 'platform'}\n")
    STAMP.write_text(wanted())


def main() -> None:
    """Set up; `--tools-only` stops before the database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools-only", action="store_true", help="no database, no demonstration data")
    options = parser.parse_args()
    os.umask(0o022)
    try:
        make_environment()
        run(PYTHON, "scripts/compile_messages.py", what="Compiling the translations")
        if not options.tools_only:
            run(PYTHON, "manage.py", "prepare", what="The set-up")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fail("The disk is full: make room and start again; nothing is lost.")
        raise


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  this script runs under whatever Python the machine has
        fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    main()
