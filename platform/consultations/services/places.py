"""Where questions and answers are written and who reviews them: laid by code, as roles are."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupPagePermission

from accounts.enums import Role
from library.services import ensure_zone
from website.privacy.reviewing import ensure_review
from website.services import ensure_page

from ..models import QuestionIndexPage

REVIEW_NAME = "問答審核"


def ensure_question_list() -> QuestionIndexPage:
    """Make sure that the list of published questions stands below the zone in every language; return it. Idempotent."""
    index = ensure_page(
        parent=ensure_zone(),
        page_type=QuestionIndexPage,
        slug="questions",
        words={
            "title": _("Questions and answers"),
            "introduction": _("What buyers asked the hotline, without names, with the articles behind each answer."),
        },
    )
    ensure_question_permissions()
    ensure_question_workflow()
    return index


def ensure_question_workflow() -> None:
    """Let administrators review what is submitted below the lists of questions, and nothing go past them. Idempotent.

    Without a list of questions there is nothing to lay.
    """
    ensure_review(index_model=QuestionIndexPage, name=REVIEW_NAME)


@transaction.atomic
def ensure_question_permissions() -> None:
    """Let hotline officers add pages below the list of questions, and nowhere else. Idempotent.

    Wagtail's "add" lets somebody write drafts and edit their own; publishing stays with the administrators.
    """
    group, _created = Group.objects.get_or_create(name=Role.HOTLINE_OFFICER.value)
    add = Permission.objects.filter(codename="add_page", content_type__app_label="wagtailcore").first()
    if add is None:  # before the first migration is through
        return
    written = QuestionIndexPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE)
    places = list(written.values_list("pk", flat=True))
    GroupPagePermission.objects.filter(group=group).exclude(page__in=places, permission=add).delete()
    for place in places:
        GroupPagePermission.objects.get_or_create(group=group, page_id=place, permission=add)
