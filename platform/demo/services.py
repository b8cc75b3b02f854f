"""Lay the demonstration data, and take it away again. Never where anything else lies, never in production."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.models import Count, Max, QuerySet

from common.errors import DomainError
from common.models import AuditEntry

from .layers import LAYERS
from .models import DemoLayer

# What comes by itself, by signing in or by looking around is nobody's work.
NOBODYS_WORK = {
    "account.emailconfirmation", "auth.group", "auth.permission", "consultations.questionreads",
    "consultations.questionterm", "contenttypes.contenttype", "demo.demolayer", "notifications.message",
    "sessions.session", "wagtailadmin.editingsession", "wagtailcore.referenceindex", "wagtailsearch.indexentry",
    "wagtailusers.userprofile", "website.siterendition",
}  # fmt: skip
# Before the first layer: migrations and the `ensure_…` commands lay rows too, but none of these.
FIRST_SIGNS_OF_WORK = {
    "accounts.agency", "accounts.person", "accounts.user", "casestudies.tendercase", "catalogue.courserun",
    "common.auditentry", "consultations.consultation", "library.law",
}  # fmt: skip


def is_demonstration() -> bool:
    """Whether this database holds demonstration data."""
    return DemoLayer.objects.exists()


def found_beside() -> dict[str, int]:
    """Return what lies here that the demonstration did not lay: label of a model → number of rows.

    The demonstration's own are the rows that were there when its last layer was laid; of the audit trail, what
    somebody did counts and what the platform did by itself does not. One small query for each model.
    """
    last = DemoLayer.objects.order_by("pk").last()
    laid: dict[str, tuple[int, int]] = last.laid if last else {}
    found = {}
    for label, rows in _rows_of_models():
        if last is None and label not in FIRST_SIGNS_OF_WORK:
            continue
        number, highest = laid.get(label, (0, 0))
        beside = rows.filter(pk__gt=highest).count() if _is_counted_up(rows.model) else rows.count() - number
        if beside > 0:
            found[label] = beside
    return found


def lay_demonstration(*, tell: Callable[[str], None]) -> bool:
    """Lay every layer that is not there yet; return whether this database is (now) a demonstration and no more.

    Each layer is one transaction, so an interrupted set-up goes on where it stopped. Nothing is laid into a
    database that holds anything else. Raises DomainError `not_here` in production.
    """
    _check_allowed_here()
    missing = [layer for layer in LAYERS if not DemoLayer.objects.filter(name=layer.name).exists()]
    if found_beside():
        if missing:
            tell("• This database holds data of its own: no demonstration data is laid.")
        return False
    settings.PRINT_MAIL_LINKS = False  # mails to invented people are nobody's first look
    for layer in missing:
        tell(f"• Laying demonstration data: {layer.name}")
        with transaction.atomic():
            layer.lay()
            note_layer(layer.name)
    return True


def note_layer(name: str) -> None:
    """Keep that a layer was laid, and what lies here now: how many rows of each model, and their highest key."""
    laid = {}
    for label, rows in _rows_of_models():
        seen = rows.aggregate(number=Count("pk"), highest=Max("pk"))
        laid[label] = (seen["number"], seen["highest"] if _is_counted_up(rows.model) and seen["number"] else 0)
    DemoLayer.objects.create(name=name, laid=laid)


def check_demonstration_alone() -> None:
    """Raise DomainError unless this is a demonstration that nobody has put anything into.

    Codes: `not_here` in production, `not_a_demonstration`, `holds_anything_else` (what, and how much).
    """
    _check_allowed_here()
    if not is_demonstration():
        raise DomainError("This database is no demonstration: nothing was touched.", code="not_a_demonstration")
    if beside := found_beside():
        most = sorted(beside.items(), key=lambda item: -item[1])[:8]
        raise DomainError(
            "This database holds what the demonstration did not lay ("
            + ", ".join(f"{label}: {number}" for label, number in most)
            + "): nothing was touched. To begin anew, take another database, or move the folder of this one away.",
            code="holds_anything_else",
        )


def database_name() -> str:
    """Return the name of the database as its owner knows it: of a file, its last part."""
    return Path(str(connection.settings_dict["NAME"])).name


def reset_demonstration(*, name: str, tell: Callable[[str], None]) -> None:
    """Empty this demonstration's database and files and lay the data anew.

    Raises DomainError as `check_demonstration_alone`, `wrong_name` unless `name` is the database's,
    `being_served` while the platform or anybody else works with it.
    """
    check_demonstration_alone()
    if name != database_name():
        raise DomainError(f"The database is called “{database_name()}”: nothing was touched.", code="wrong_name")
    _check_unused()
    tell("• Emptying the demonstration")
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    cache.clear()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    for message in (Path(settings.VAR_DIR) / "broker" / "messages").glob("*"):
        message.unlink(missing_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    lay_demonstration(tell=tell)


def _check_allowed_here() -> None:
    if not settings.DEMONSTRATION_ALLOWED:
        raise DomainError(
            "This is a production installation: no demonstration is laid, changed or removed here.", code="not_here"
        )


def _check_unused() -> None:
    """Refuse while `make run` serves, or while any other process is connected (PostgreSQL tells)."""
    pid_file = Path(settings.VAR_DIR) / "serve.pid"
    if pid_file.exists() and _is_running(pid_file.read_text()):
        raise DomainError("The platform is being served: end `make run` first.", code="being_served")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            (others,) = cursor.fetchone()
        if others:
            raise DomainError(
                f"{others} other connections use this database: end the web processes and workers first.",
                code="being_served",
            )


def _rows_of_models() -> Iterator[tuple[str, QuerySet[models.Model]]]:
    """Yield label and rows of each model that somebody may write; a part of another (a page's own table) is not."""
    for model in apps.get_models():
        label = model._meta.label_lower
        if label in NOBODYS_WORK or not model._meta.managed or model._meta.pk.remote_field:
            continue
        rows: QuerySet[models.Model] = model._base_manager.all()
        yield label, rows.filter(actor_id__isnull=False) if model is AuditEntry else rows


def _is_counted_up(model: type[models.Model]) -> bool:
    """Whether later rows of this model have higher keys."""
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def _is_running(text: str) -> bool:
    return text.strip().isdigit() and Path(f"/proc/{text.strip()}").exists()
