"""Two hundred people enrol at once in a class of seventy seats, by real HTTP on PostgreSQL.

Makes a scratch database beside the one of TEST_POSTGRES_URL, serves it with gunicorn (several processes), and lets
200 signed-in clients send their enrolment in the same moment, three times. Every time there must be 70 confirmed with
the numbers 1 to 70, 130 waiting in order, nobody lost and no error. Prints enrolments per second beside the bare
work: lock a row, count, insert, commit, over as many connections as the server has threads.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
SCRATCH = f"bench_enrolment_{os.getpid()}"
PEOPLE, SEATS, ROUNDS = 200, 70, 3
PROCESSES, THREADS = 4, 4
CSRF = "b" * 32

BARE_TABLES = """
CREATE TABLE bare_run (id int PRIMARY KEY, seats int NOT NULL);
CREATE TABLE bare_seat (id bigserial PRIMARY KEY, run int NOT NULL REFERENCES bare_run, person int NOT NULL,
                        state text NOT NULL, at timestamptz NOT NULL DEFAULT now(), UNIQUE (run, person));
INSERT INTO bare_run VALUES (1, 70);
"""


def main() -> None:
    """Lay, measure, compare, clean up; exit with an error when a promise is broken."""
    parts = urlsplit(SERVER)
    url = urlunsplit(parts._replace(path=f"/{SCRATCH}"))
    work = tempfile.mkdtemp(prefix="bench-enrolment-")
    _administer(f'CREATE DATABASE "{SCRATCH}"')
    try:
        _configure(url, work)
        cookies, runs = _lay()
        port = _free_port()
        server = _serve(port, work)
        try:
            _wait_for(port)
            best = max(_round(port, code, cookies) for code in runs)
        finally:
            server.terminate()
            server.wait(timeout=20)
        bare = max(_bare_round(url) for _ in range(ROUNDS))
    finally:
        _close_connections()
        _administer(f'DROP DATABASE IF EXISTS "{SCRATCH}" WITH (FORCE)')
        shutil.rmtree(work, ignore_errors=True)
    print(f"enrolments by HTTP    {best:8.1f} per second ({PROCESSES} processes × {THREADS} threads, best of {ROUNDS})")
    print(f"bare lock and insert  {bare:8.1f} per second ({PROCESSES * THREADS} connections)")
    print(f"ratio                 {best / bare:8.3f}")


def _configure(url: str, work: str) -> None:
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.dev", DATABASE_URL=url, VAR_DIR=work)
    os.environ.update(EMAIL_URL="dummymail://", DEBUG="")
    sys.path.append(str(ROOT / "platform"))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _lay() -> tuple[list[str], list[str]]:
    """Write 200 verified accounts, each signed in, and a run per round; return session cookies and codes."""
    from allauth.account.models import EmailAddress
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from accounts.models import Agency, Person, User
    from courses.catalogue.enums import CourseKind
    from courses.catalogue.services import MORNING, ensure_standard_courses, lay_out_sessions, open_run

    course = ensure_standard_courses()[CourseKind.LECTURE]
    agency = Agency.objects.create(name="臺中市政府測試局", kind="bureau")
    now, day = timezone.now(), timezone.localdate() + timedelta(days=30)
    runs = []
    for _ in range(ROUNDS):
        run = open_run(
            course=course, starts_on=day, ends_on=day, seats=SEATS, enrol_from=now - timedelta(days=1),
            enrol_until=now + timedelta(days=20), withdraw_until=now + timedelta(days=25), by=None,
        )  # fmt: skip
        lay_out_sessions(run=run, weekdays=range(7), day_parts=[MORNING], minutes=180, by=None)
        runs.append(run.code)
    cookies = []
    for number in range(PEOPLE):
        person = Person.objects.create(name=f"測試{number}", email=f"p{number}@example.test", agency=agency)
        user = User.objects.create_user(person.email, person=person)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}")
    return cookies, runs


def _serve(port: int, work: str) -> subprocess.Popen[bytes]:
    log = (Path(work) / "gunicorn.log").open("wb")
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi", "--no-control-socket", "--bind", f"127.0.0.1:{port}",
        "--workers", str(PROCESSES), "--threads", str(THREADS), "--timeout", "60", "--pythonpath", "platform",
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ}, stdout=log, stderr=log)


def _round(port: int, code: str, cookies: list[str]) -> float:
    """Let everybody enrol at once; check what came of it; return enrolments per second."""
    start = threading.Barrier(PEOPLE + 1)

    def click(cookie: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Cookie": cookie, "X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}
        start.wait()
        connection.request("POST", f"/runs/{code}/enrol/", body="", headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    with ThreadPoolExecutor(PEOPLE) as pool:
        clicks = [pool.submit(click, cookie) for cookie in cookies]
        start.wait()
        began = time.perf_counter()
        statuses = [click.result() for click in clicks]
        seconds = time.perf_counter() - began
    _check(code, statuses)
    print(
        f"{code}: {SEATS} confirmed, {PEOPLE - SEATS} waiting in order, none lost, no error, {seconds:.2f} s",
        flush=True,
    )
    return PEOPLE / seconds


def _check(code: str, statuses: list[int]) -> None:
    from courses.enrolment.models import Enrolment, WaitingListEntry

    seats = list(Enrolment.objects.filter(run__code=code).order_by("number").values_list("number", "person_id"))
    queue = list(WaitingListEntry.objects.filter(run__code=code).order_by("pk").values_list("queued_at", "person_id"))
    promises = {
        "no error": set(statuses) == {302},
        "70 confirmed, numbered 1 to 70": [number for number, _ in seats] == list(range(1, SEATS + 1)),
        "130 waiting in order": [at for at, _ in queue] == sorted(at for at, _ in queue)
        and len(queue) == PEOPLE - SEATS,
        "none lost": len({person for _, person in seats} | {person for _, person in queue}) == PEOPLE,
    }
    broken = [promise for promise, is_kept in promises.items() if not is_kept]
    if broken:
        raise SystemExit(f"✗ {code}: broken: {', '.join(broken)} (statuses {sorted(set(statuses))})")


def _bare_round(url: str) -> float:
    """Lock a row, count, insert, commit, 200 times over as many connections as the server has threads."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_seat, bare_run")
        connection.execute(BARE_TABLES)
    pool: list[Any] = [psycopg.connect(url) for _ in range(PROCESSES * THREADS)]
    free = threading.Semaphore(len(pool))

    def enrol(person: int) -> None:
        with free:
            connection = pool.pop()
            with connection.transaction():
                row = connection.execute("SELECT seats FROM bare_run WHERE id = 1 FOR UPDATE").fetchone()
                taken = connection.execute("SELECT count(*) FROM bare_seat WHERE state = 'confirmed'").fetchone()[0]
                state = "confirmed" if taken < row[0] else "waiting"
                connection.execute("INSERT INTO bare_seat (run, person, state) VALUES (1, %s, %s)", [person, state])
            pool.append(connection)

    began = time.perf_counter()
    with ThreadPoolExecutor(len(pool)) as workers:
        list(workers.map(enrol, range(PEOPLE)))
    seconds = time.perf_counter() - began
    for connection in pool:
        connection.close()
    return PEOPLE / seconds


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/runs/no-such-run/calendar.ics")
            if connection.getresponse().status:
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("✗ gunicorn did not answer within a minute.")


def _administer(statement: str) -> None:
    try:
        connection = psycopg.connect(SERVER, autocommit=True)
    except psycopg.OperationalError as error:
        raise SystemExit(f"✗ This benchmark needs PostgreSQL (TEST_POSTGRES_URL): {error}") from None
    with connection:
        connection.execute(statement)


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
