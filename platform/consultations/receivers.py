"""What the hotline does when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from wagtail.models import GroupPagePermission, WorkflowPage
from wagtail.signals import page_published

from website.models import PassageReviewTask

from .models import Consultation, QuestionIndexPage
from .services.asking import mail_answer
from .services.places import ensure_question_permissions, ensure_question_workflow
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


# --- questions and answers -------------------------------------------------------------------------


@receiver(post_migrate)
def lay_question_places(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Sync who writes and who reviews questions, once this app is migrated."""
    is_backwards = any(backwards for _migration, backwards in kwargs.get("plan", ()))
    if sender.label != "consultations" or using != DEFAULT_DB_ALIAS or is_backwards:
        return
    needed = {
        model._meta.db_table for model in (GroupPagePermission, WorkflowPage, QuestionIndexPage, PassageReviewTask)
    }
    if needed <= set(connections[using].introspection.table_names()):
        ensure_question_permissions()
        ensure_question_workflow()


@receiver(page_published, sender=QuestionIndexPage)
def open_new_list(sender: type[QuestionIndexPage], **kwargs: Any) -> None:
    """A list of questions that was just made gets its writers and its review."""
    ensure_question_permissions()
    ensure_question_workflow()
