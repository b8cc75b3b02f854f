"""What the hotline does when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate, post_save, pre_save
from django.dispatch import receiver
from wagtail.models import GroupPagePermission, Revision, WorkflowPage
from wagtail.signals import page_published

from .clearing import PUBLIC_FIELDS, open_passages
from .models import Consultation, QuestionIndexPage, QuestionPage, QuestionReviewTask
from .services.asking import mail_answer
from .services.places import ensure_question_permissions, ensure_question_workflow
from .services.publishing import refresh_flags, refuse, refuse_words_of
from .services.suggesting import index_case
from .signals import consultation_answered


@receiver(consultation_answered)
def index_words(sender: Any, consultation: Consultation, **kwargs: Any) -> None:
    """An answered case is found by those who are asked the like; a new answer brings new words."""
    index_case(consultation=consultation)


@receiver(consultation_answered)
def tell_asker(sender: Any, consultation: Consultation, **kwargs: Any) -> None:
    """Who asked from an account gets the answer by mail, and a corrected one again."""
    mail_answer(consultation=consultation)


# --- questions and answers: nothing that gives somebody away goes live -----------------------------


@receiver(pre_save, sender=QuestionPage)
def guard_what_goes_live(
    sender: type[QuestionPage], instance: QuestionPage, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """The last defence, whatever led here: a page that goes live, or changes while it is, is read once more."""
    touched = update_fields is None or {"live", *PUBLIC_FIELDS} & set(update_fields)
    if instance.live and touched and not raw:
        refuse_words_of(page=instance)


@receiver(pre_save, sender=Revision)
def guard_what_is_scheduled(sender: type[Revision], instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    """Nothing is set to go live later, either."""
    if not raw and instance.approved_go_live_at and _is_of_question(instance):
        refuse(len(open_passages(instance.as_object())))


@receiver(post_save, sender=Revision)
def refresh_flags_of_revision(
    sender: type[Revision], instance: Revision, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Whoever saves the words of a question, wherever: what may give somebody away is flagged anew."""
    if not raw and (update_fields is None or "content" in update_fields) and _is_of_question(instance):
        page = QuestionPage.objects.filter(pk=instance.object_id).first()
        if page is not None:
            refresh_flags(page=page, revision=instance)


@receiver(post_migrate)
def lay_question_places(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Sync who writes and who reviews questions, once this app is migrated."""
    if sender.label != "consultations" or using != DEFAULT_DB_ALIAS:
        return
    needed = {
        model._meta.db_table for model in (GroupPagePermission, WorkflowPage, QuestionIndexPage, QuestionReviewTask)
    }
    if needed <= set(connections[using].introspection.table_names()):  # not while migrating backwards
        ensure_question_permissions()
        ensure_question_workflow()


@receiver(page_published, sender=QuestionIndexPage)
def open_new_list(sender: type[QuestionIndexPage], **kwargs: Any) -> None:
    """A list of questions that was just made gets its writers and its review."""
    ensure_question_permissions()
    ensure_question_workflow()


def _is_of_question(revision: Revision) -> bool:
    return bool(revision.content_type_id == ContentType.objects.get_for_model(QuestionPage).pk)
