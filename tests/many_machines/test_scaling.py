"""The same code on PostgreSQL and Redis, with several web processes and several workers, under production settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.conftest import REDIS_URL
from tests.e2e.conftest import ROOT, free_port

pytestmark = [pytest.mark.postgres, pytest.mark.broker]

LAY = """
import datetime
from django.utils import timezone
from accounts.models import Agency, Person
from courses.attendance.models import AttendanceRecord
from courses.catalogue.models import Course, Session
from courses.catalogue.services import ensure_standard_courses, open_run
from courses.enrolment.models import Enrolment
ensure_standard_courses()
now = timezone.now()
day = timezone.localdate() - datetime.timedelta(days=3)
run = open_run(course=Course.objects.get(code="lecture"), starts_on=day, ends_on=day, seats=60, place="臺中",
    enrol_from=now - datetime.timedelta(days=30), enrol_until=now - datetime.timedelta(days=10),
    withdraw_until=now - datetime.timedelta(days=9), by=None)
session = Session.objects.create(run=run, number=1, title="講座", starts_at=now - datetime.timedelta(days=3),
    ends_at=now - datetime.timedelta(days=3) + datetime.timedelta(hours=3), minutes=180)
agency = Agency.objects.create(name="臺中市政府測試局", kind="bureau")
for number in range(1, 61):
    person = Person.objects.create(name="王小明", email=f"p{number}@example.test", agency=agency)
    enrolment = Enrolment.objects.create(run=run, person=person, agency=agency, number=number, confirmed_at=now)
    AttendanceRecord.objects.create(session=session, enrolment=enrolment, status="present", minutes_present=180)
"""
REQUEST = """
from certificates.services import request_batch
from courses.catalogue.models import CourseRun
request_batch(run=CourseRun.objects.get(), by=None)
"""
PROGRESS = """
import json
from certificates.models import Certificate, IssueBatch
print(json.dumps({
    "state": IssueBatch.objects.latest("pk").state,
    "issued": Certificate.objects.count(),
    "enrolments": Certificate.objects.values("enrolment").distinct().count(),
    "files": sum(c.file.storage.exists(c.file.name) for c in Certificate.objects.all()),
}))
"""
AGE = """
import datetime
from django.utils import timezone
from certificates.models import IssueBatch
IssueBatch.objects.update(changed_at=timezone.now() - datetime.timedelta(hours=1))
from certificates.tasks import sweep_batches
sweep_batches.delay()
"""


class Installation:
    """One production installation: several processes of ours over one database and one broker."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.environment = environment
        self.port = port
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, start_new_session=True
        )
        self.processes.append(process)
        return process

    def manage(self, *arguments: str, code: str | None = None) -> str:
        """Run a management command."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, input=code,
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def ask(self, path: str) -> tuple[int, str]:
        """Ask the web processes as the proxy in front of them does; return status and body."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Host": "training.test", "X-Forwarded-Proto": "https"}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def progress(self) -> dict[str, object]:
        """Return how far the issuing has come."""
        return dict(json.loads(self.manage("shell", "--no-imports", code=PROGRESS).strip().splitlines()[-1]))


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A scratch database, a Redis database of its own, two gunicorn masters' worth of workers, two Celery workers."""
    url = os.environ["TEST_DATABASE_URL"]
    name = f"platform_scaling_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    parts = urlsplit(url)
    port = free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if k not in {"DEBUG", "TEST_DATABASE_URL"}},
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "kT9" + "w7Qz-Lp4Vb2Nc8Xm1Rd6" * 3,
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
        "REDIS_URL": REDIS_URL,
        "ALLOWED_HOSTS": "training.test",
        "SITE_URL": "https://training.test",
        "VAR_DIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }
    place = Installation(environment, port)
    try:
        place.manage("migrate", "-v0")
        place.manage("collectstatic", "--noinput", "-v0")
        place.manage("ensure_site")
        yield place
    finally:
        for process in place.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _wait(what: str, condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.3)


def test_several_web_processes_and_workers_share_the_work_and_a_killed_worker_loses_nothing(installation):
    installation.manage("shell", "--no-imports", code=LAY)
    installation.start(
        "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{installation.port}", "--workers", "3",
        "--threads", "2", "--no-control-socket", "--log-level", "warning",
    )  # fmt: skip
    worker = ("celery", "--app", "config", "--quiet", "worker", "--concurrency", "1", "--loglevel", "ERROR")
    first = installation.start(*worker, "--hostname", "one@%h")
    installation.start(
        *worker, "--hostname", "two@%h", "--beat", "--schedule", str(installation.environment["VAR_DIR"]) + "/beat"
    )

    _wait("health", lambda: _healthy(installation))
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: installation.ask("/runs/")[0], range(60)))
    assert answers == [200] * 60

    installation.manage("shell", "--no-imports", code=REQUEST)
    _wait("the first certificates", lambda: int(str(installation.progress()["issued"])) >= 1)
    os.killpg(first.pid, signal.SIGKILL)  # whether or not it was the one at work
    if installation.progress()["state"] != "done":
        installation.manage("shell", "--no-imports", code=AGE)
    _wait("all certificates", lambda: installation.progress()["state"] == "done")
    assert installation.progress() == {"state": "done", "issued": 60, "enrolments": 60, "files": 60}


def _healthy(installation: Installation) -> bool:
    try:
        return installation.ask("/healthz")[0] == 200
    except OSError:
        return False
