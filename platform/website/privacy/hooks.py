"""Checked pages in Wagtail's own editor: nothing that gives somebody away is published or sent from there.

The model refuses it in any case (`receivers`); here it is said in time, with the way to decide.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from common.errors import DomainError

from .clearing import count_open
from .registry import CheckedPages, check_of, checked_type, checked_types
from .screens import PrivacyViewSet
from .services import refresh_flags, refuse_while_flagged

_HIDDEN_WHILE_FLAGGED = {"action-publish", "action-submit", "action-restart-workflow"}


@hooks.register("register_admin_viewset")
def register_screens() -> ViewSet:
    """Register the screens on which people decide."""
    return PrivacyViewSet()


@hooks.register("before_publish_page")
def refuse_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Lead to the decisions instead of publishing; what was typed is saved as a draft by now."""
    check = check_of(page)
    if check is None:
        return None
    refresh_flags(page=page)
    try:
        refuse_while_flagged(page=page)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(check.url("clear", page.pk))
    return None


@hooks.register("before_bulk_action")
def refuse_publishing_many(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publish nothing of a selection in which a page still holds something that may give somebody away."""
    if action_type != "publish":
        return None
    chosen = [item for item in objects if isinstance(item, Page)]
    form = action.cleaned_form
    goes_deep = form is not None and form.cleaned_data.get("include_descendants")
    waiting = [
        (check, page) for check in checked_types() for page in _chosen(check, chosen, below=bool(goes_deep))
        if _still_waits(page)
    ]  # fmt: skip
    if not waiting:
        return None
    message = ngettext(
        "Nothing was published: %(count)d page still holds passages that may give somebody away.",
        "Nothing was published: %(count)d pages still hold passages that may give somebody away.",
        len(waiting),
    )
    buttons = [
        messages.button(check.url("clear", page.pk), page.get_admin_display_title()) for check, page in waiting[:5]
    ]
    messages.error(request, message % {"count": len(waiting)}, buttons=buttons)
    return redirect(action.next_url)


def _chosen(check: CheckedPages, chosen: list[Page], *, below: bool) -> list[Page]:
    """Return the pages of one checked type that would be published with those `chosen`."""
    pages = check.page_type.objects
    found = pages.filter(pk__in=[page.pk for page in chosen], alias_of=None)
    if below:
        for page in chosen:
            found |= pages.descendant_of(page).filter(alias_of=None, live=False)
    return list(found.order_by("pk"))


def _still_waits(page: Page) -> bool:
    refresh_flags(page=page)
    return bool(count_open(page))


@hooks.register("construct_page_action_menu")
def offer_no_publishing(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer neither publishing nor review while a passage waits, nor before the words have been read at all."""
    page = context.get("page")
    is_new = context["view"] == "create" and checked_type(_type_to_create(request)) is not None
    if is_new or (page is not None and page.pk and check_of(page) and count_open(page)):
        items[:] = [item for item in items if item.name not in _HIDDEN_WHILE_FLAGGED]


def _type_to_create(request: HttpRequest) -> type[Page] | None:
    """Return the page type that Wagtail's "add" creates at this address."""
    match = request.resolver_match
    if match is None or "content_type_model_name" not in match.kwargs:
        return None
    model: type[Page] = apps.get_model(match.kwargs["content_type_app_name"], match.kwargs["content_type_model_name"])
    return model


@hooks.register("before_edit_page")
def say_what_waits(request: HttpRequest, page: Page) -> None:
    """Say above the editor how many passages wait, with the way to decide."""
    check = check_of(page)
    if request.method != "GET" or check is None or page.alias_of_id:
        return
    waiting = count_open(page)
    if waiting and not request.GET.get("_w_hydrate_create_view"):
        message = ngettext(
            "%(count)d passage may give somebody away. It cannot be published before you decide about it.",
            "%(count)d passages may give somebody away. It cannot be published before you decide about each.",
            waiting,
        )
        button = messages.button(check.url("clear", page.pk), _("Decide about them"))
        messages.warning(request, message % {"count": waiting}, buttons=[button])
