"""Serve the platform for one desk: gunicorn, a Celery worker with its scheduler, and nothing left behind.

Each child runs in a session of its own and dies with this process. SIGINT, SIGTERM and SIGHUP end all of
them; the first child to end ends the others.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
PID_FILE = VAR / "serve.pid"
GRACE_SECONDS = 3.5
PR_SET_PDEATHSIG = 1


def fail(sentence: str) -> None:
    """End with one sentence and no traceback."""
    raise SystemExit(f"✗ {sentence}")


def read_port() -> int:
    """Return the port to serve on; refuse what is none, or is taken."""
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        fail(f"PORT must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            fail(f"Port {port} needs more rights than you have: choose another, as in `make run PORT=8010`.")
        except OSError:
            fail(f"Port {port} is already in use: choose another, as in `make run PORT=8010`.")
    return port


def die_with_parent() -> None:
    """Ask the kernel (Linux) to end this child when its parent ends, however that happens."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(*command: str) -> subprocess.Popen[bytes]:
    """Start one child in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509  one thread only: nothing can deadlock before exec
    )


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """End all children: first asked, then, after a grace, killed with their groups."""
    for child in children:
        with suppress(ProcessLookupError):
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            child.wait(1)


def wait_until_up(port: int, children: list[subprocess.Popen[bytes]]) -> bool:
    """Wait up to a minute for the web server to listen; False when a child ended instead."""
    for _ in range(600):
        if any(child.poll() is not None for child in children):
            return False
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def announce(port: int) -> None:
    """Print where the platform is and how to sign in."""
    print(f"\n  陽光採購學苑  →  http://localhost:{port}/\n", flush=True)
    # in a session of its own: an early Ctrl-C is for this process alone, which ends its children
    subprocess.run([sys.executable, "manage.py", "demo_accounts"], cwd=ROOT, check=False, start_new_session=True)
    print("\n  Ctrl-C ends it.\n", flush=True)


class EndRequested(Exception):  # noqa: N818  a request, not an error
    """Somebody asked for the end."""


def on_signal(number: int, frame: FrameType | None) -> None:
    """Turn a signal into the end of the main loop; further ones are ignored while ending."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise EndRequested


def main() -> None:
    """Serve until told to end."""
    port = read_port()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ["PYTHONUNBUFFERED"] = "1"
    # one desk may well be root's; production's workers keep Celery's warning
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    VAR.mkdir(parents=True, exist_ok=True)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, on_signal)
    children: list[subprocess.Popen[bytes]] = []
    code = 0
    try:
        children.append(
            start(
                "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "1",
                "--threads", "8", "--timeout", "120", "--graceful-timeout", "2", "--no-control-socket",
                "--log-level", "warning",
            )
        )  # fmt: skip
        children.append(
            start(
                "-m", "celery", "--app", "config", "--quiet", "worker", "--beat", "--concurrency", "2",
                "--schedule", str(VAR / "celerybeat-schedule"), "--loglevel", "WARNING", "--without-gossip",
                "--without-mingle",
            )
        )  # fmt: skip
        PID_FILE.write_text(str(os.getpid()))
        if wait_until_up(port, children):
            announce(port)
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
        code = next(child.returncode for child in children if child.poll() is not None) or 1
        print("✗ A part of the platform ended by itself; its own words stand above.", file=sys.stderr)
    except EndRequested:
        pass
    finally:
        stop(children)
        PID_FILE.unlink(missing_ok=True)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
