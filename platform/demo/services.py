"""Lay the demonstration data, and take it away again. Never in a database that holds anything else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Person, User
from common.errors import DomainError
from courses.catalogue.models import CourseRun
from library.models import Law

from .layers import LAYERS
from .models import DemoLayer


def is_demonstration() -> bool:
    """Whether this database holds demonstration data."""
    return DemoLayer.objects.exists()


def holds_anything_else() -> bool:
    """Whether somebody has put data of their own here: people, accounts, runs or laws."""
    return not is_demonstration() and any(model.objects.exists() for model in (Person, User, CourseRun, Law))


def lay_demonstration(*, tell: Callable[[str], None]) -> bool:
    """Lay every layer that is not there yet; return whether this database is (now) a demonstration.

    Each layer is one transaction, so an interrupted set-up goes on where it stopped.
    """
    if holds_anything_else():
        tell("• This database holds data of its own: no demonstration data is laid.")
        return False
    settings.PRINT_MAIL_LINKS = False  # mails to invented people are nobody's first look
    laid = set(DemoLayer.objects.values_list("name", flat=True))
    for layer in LAYERS:
        if layer.name in laid:
            continue
        tell(f"• Laying demonstration data: {layer.name}")
        with transaction.atomic():
            layer.lay()
            DemoLayer.objects.create(name=layer.name)
    return True


def reset_demonstration(*, tell: Callable[[str], None]) -> None:
    """Empty this demonstration's database and files and lay the data anew.

    Raises DomainError where the database is no demonstration, or is being served right now.
    """
    if not is_demonstration():
        raise DomainError("This database is no demonstration: nothing was touched.", code="not_a_demonstration")
    pid_file = Path(settings.VAR_DIR) / "serve.pid"
    if pid_file.exists() and _is_running(pid_file.read_text()):
        raise DomainError("The platform is being served: end `make run` first.", code="being_served")
    tell("• Emptying the demonstration")
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            name.with_name(name.name + suffix).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    cache.clear()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    for message in (Path(settings.VAR_DIR) / "broker" / "messages").glob("*"):
        message.unlink(missing_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    lay_demonstration(tell=tell)


def _is_running(text: str) -> bool:
    return text.strip().isdigit() and Path(f"/proc/{text.strip()}").exists()
