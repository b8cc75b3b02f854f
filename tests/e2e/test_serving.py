"""`make run` starts fast, says what is wrong in one sentence, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.conftest import ROOT, free_port, wait_until_healthy


def _environment(var: Path, port: int) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return {**kept, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "VAR_DIR": str(var), "PORT": str(port)}


def _processes_of(var: Path) -> list[str]:
    """Return the living processes that were started with this folder in their environment."""
    mine = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or entry.name == str(os.getpid()):
            continue
        try:
            if f"VAR_DIR={var}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                mine.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return mine


def test_ctrl_c_ends_everything_within_five_seconds(tmp_path):
    port = free_port()
    environment = _environment(tmp_path, port)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True, timeout=180)
    process = subprocess.Popen(
        [sys.executable, "scripts/serve.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, start_new_session=True
    )
    wait_until_healthy(f"http://localhost:{port}", process)
    assert len(_processes_of(tmp_path)) >= 5
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does: the whole group of the terminal
    assert process.wait(10) == 0
    assert time.monotonic() - started < 5
    assert _processes_of(tmp_path) == []
    with process.stdout as printed:
        assert f"http://localhost:{port}/" in printed.read().decode()


def test_a_busy_port_is_one_clear_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "scripts/serve.py"], cwd=ROOT, env=_environment(tmp_path, port),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == f"✗ Port {port} is already in use: choose another, as in `make run PORT=8010`.\n"
