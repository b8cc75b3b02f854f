"""Settings name what is missing in one sentence, and production passes Django's own deployment check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

GOOD = {
    "SECRET_KEY": "kT9" + "w7Qz-Lp4Vb2Nc8Xm1Rd6" * 3,
    "DATABASE_URL": "postgres://somebody@db.test/platform",
    "REDIS_URL": "redis://redis.test:6379/0",
    "ALLOWED_HOSTS": "training.test",
    "SITE_URL": "https://training.test",
}


TOLD_FROM_OUTSIDE = {*GOOD, "DEBUG", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def _python(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    variables = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    inherited = {k: v for k, v in os.environ.items() if k not in TOLD_FROM_OUTSIDE}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=Path(settings.BASE_DIR),
        env={**inherited, **variables, "DJANGO_SETTINGS_MODULE": "config.settings.production"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_passes_the_deployment_check():
    done = _python("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": None}, "Set the environment variable SECRET_KEY"),
        ({"DATABASE_URL": None}, "Set the environment variable DATABASE_URL"),
        ({"REDIS_URL": None}, "Set the environment variable REDIS_URL"),
        ({"ALLOWED_HOSTS": None}, "Set the environment variable ALLOWED_HOSTS"),
        ({"SITE_URL": None}, "Set the environment variable SITE_URL"),
        ({"SECRET_KEY": "django-insecure-" + "x1y2z3" * 9}, "SECRET_KEY is refused"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "DATABASE_URL is refused"),
        ({"DEBUG": "1"}, "DEBUG: it is refused in production"),
        ({"SITE_URL": "http://training.test"}, "SITE_URL is refused"),
    ],
)
def test_production_names_what_is_missing_or_refused(changes, named):
    done = _python("-c", "import sys; sys.path.append('platform'); import config.settings.production", **changes)
    assert done.returncode != 0
    assert named in done.stderr.strip().splitlines()[-1]
