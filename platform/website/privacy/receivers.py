"""Nothing that gives somebody away goes live, whatever led there: asked before the row itself is saved."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from wagtail.models import Page, Revision

from .clearing import open_passages
from .registry import CheckedPages, checked_type
from .services import refresh_flags, refuse, refuse_words_of


def guard(page_type: type[Page]) -> None:
    """Ask `guard_what_goes_live` about every page of this type."""
    pre_save.connect(guard_what_goes_live, sender=page_type)


def guard_what_goes_live(
    sender: type[Page], instance: Page, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """The last defence, whatever led here: a page that goes live, or changes while it is, is read once more."""
    check = checked_type(sender)
    touched = check is not None and (update_fields is None or {"live", *check.fields} & set(update_fields))
    if instance.live and touched and not raw:
        refuse_words_of(page=instance)


@receiver(pre_save, sender=Revision)
def guard_what_is_scheduled(sender: type[Revision], instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    """Nothing is set to go live later, either."""
    if not raw and instance.approved_go_live_at and _check_of(instance):
        refuse(len(open_passages(instance.as_object())))


@receiver(post_save, sender=Revision)
def refresh_flags_of_revision(
    sender: type[Revision], instance: Revision, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Whoever saves the words of a page, wherever: what may give somebody away is flagged anew."""
    check = None if raw or not (update_fields is None or "content" in update_fields) else _check_of(instance)
    if check is not None:
        page = check.page_type.objects.filter(pk=instance.object_id).first()
        if page is not None:
            refresh_flags(page=page, revision=instance)


def _check_of(revision: Revision) -> CheckedPages | None:
    model = ContentType.objects.get_for_id(revision.content_type_id).model_class()
    return checked_type(model if isinstance(model, type) and issubclass(model, Page) else None)
