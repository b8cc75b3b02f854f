"""Questions and answers in Wagtail's own editor: nothing that gives somebody away is published or sent from there.

The model refuses it in any case (`receivers`); here it is said in time, with the way to decide.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from common.errors import DomainError

from .clearing import count_open
from .models import QuestionIndexPage, QuestionPage
from .services.publishing import refresh_flags, refuse_while_flagged
from .viewsets.publishing import PublishingViewSet

_HIDDEN_WHILE_FLAGGED = {"action-publish", "action-submit", "action-restart-workflow"}


@hooks.register("register_admin_viewset")
def register_publishing() -> ViewSet:
    """Register the screens from a case to a question for everybody."""
    return PublishingViewSet()


@hooks.register("before_publish_page")
def refuse_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Lead to the decisions instead of publishing; what was typed is saved as a draft by now."""
    if not isinstance(page, QuestionPage):
        return None
    refresh_flags(page=page)
    try:
        refuse_while_flagged(page=page)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("consultations_publishing:clear", page.pk)
    return None


@hooks.register("before_bulk_action")
def refuse_publishing_many(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publish nothing of a selection in which a question still holds something that may give somebody away."""
    if action_type != "publish":
        return None
    pages = [item for item in objects if isinstance(item, Page)]
    chosen = QuestionPage.objects.filter(pk__in=[page.pk for page in pages], alias_of=None)
    if action.cleaned_form is not None and action.cleaned_form.cleaned_data.get("include_descendants"):
        for page in pages:
            chosen |= QuestionPage.objects.descendant_of(page).filter(alias_of=None, live=False)
    waiting = []
    for question in chosen.order_by("pk"):
        refresh_flags(page=question)
        if count_open(question):
            waiting.append(question)
    if not waiting:
        return None
    message = ngettext(
        "Nothing was published: %(count)d question still holds passages that may give somebody away.",
        "Nothing was published: %(count)d questions still hold passages that may give somebody away.",
        len(waiting),
    )
    buttons = [messages.button(_clear_url(question), question.get_admin_display_title()) for question in waiting[:5]]
    messages.error(request, message % {"count": len(waiting)}, buttons=buttons)
    return redirect(action.next_url)


@hooks.register("construct_page_action_menu")
def offer_no_publishing(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer neither publishing nor review while a passage waits, nor before the words have been read at all."""
    page = context.get("page")
    is_new = context["view"] == "create" and context["parent_page"].specific_class is QuestionIndexPage
    if is_new or (isinstance(page, QuestionPage) and page.pk and count_open(page)):
        items[:] = [item for item in items if item.name not in _HIDDEN_WHILE_FLAGGED]


@hooks.register("before_edit_page")
def say_what_waits(request: HttpRequest, page: Page) -> None:
    """Say above the editor how many passages wait, with the way to decide."""
    if request.method != "GET" or not isinstance(page, QuestionPage) or page.alias_of_id:
        return
    waiting = count_open(page)
    if waiting and not request.GET.get("_w_hydrate_create_view"):
        message = ngettext(
            "%(count)d passage may give somebody away. It cannot be published before you decide about it.",
            "%(count)d passages may give somebody away. It cannot be published before you decide about each.",
            waiting,
        )
        button = messages.button(_clear_url(page), _("Decide about them"))
        messages.warning(request, message % {"count": waiting}, buttons=[button])


def _clear_url(page: QuestionPage) -> str:
    return reverse("consultations_publishing:clear", args=[page.pk])
