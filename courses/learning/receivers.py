"""What this app does when something happens: after a migrate, and when a page is published."""

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from wagtail.models import GroupPagePermission
from wagtail.signals import page_published

from courses.catalogue.models import CourseIndexPage

from .models import LectureIndexPage
from .services import ensure_page_permissions


@receiver(post_migrate)
def lay_page_permissions(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Sync where instructors may write, once this app is migrated."""
    if sender.label != "learning" or using != DEFAULT_DB_ALIAS:
        return
    tables = set(connections[using].introspection.table_names())
    if {GroupPagePermission._meta.db_table, LectureIndexPage._meta.db_table} <= tables:  # not while migrating backwards
        ensure_page_permissions()


@receiver(page_published, sender=CourseIndexPage)
@receiver(page_published, sender=LectureIndexPage)
def open_new_branch(sender: type, **kwargs: Any) -> None:
    """Let instructors write under an index that an administrator has just made."""
    ensure_page_permissions()
