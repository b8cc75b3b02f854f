"""Who may use which dialogue of the back office that lets choose: a person, an agency, an article, an image …

Wagtail's choosers ask for no permission of their own, so each of their views is asked about here, by the gate: the
dialogue, its search, what it hands back for one object and for several, and its form for a new one. None of them is
guarded by hand, so none can be forgotten, Wagtail's own included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from wagtail.admin.views.generic.chooser import BaseChooseView, ChosenResponseMixin, CreateView
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import page_permission_policy

_CHOOSING = (BaseChooseView, ChosenResponseMixin)


def model_chosen_by(view: Callable[..., Any]) -> type[Model] | None:
    """Return among whose rows `view` lets choose; None where it is no view of a chooser."""
    view_class = getattr(view, "view_class", None)
    if not (isinstance(view_class, type) and issubclass(view_class, _CHOOSING)):
        return None
    named = view.view_initkwargs["model"]  # type: ignore[attr-defined]  # what as_view() was given
    return apps.get_model(named) if isinstance(named, str) else named


def has_no_form(view: Callable[..., Any]) -> bool:
    """Whether `view` would make a new row by a form that its chooser does not have. Wagtail fails there."""
    given = getattr(view, "view_initkwargs", {})
    view_class = getattr(view, "view_class", None)
    return (
        isinstance(view_class, type)
        and issubclass(view_class, CreateView)
        and not any(given.get(name) for name in ("creation_form_class", "form_fields", "exclude_form_fields"))
    )


def are_keys(model: type[Model], texts: list[str]) -> bool:
    """Whether each of `texts` could be the key of a row of `model`. Wagtail fails where it is asked for another."""
    try:
        for text in texts:
            model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True


def can_choose(user: Any, model: type[Model]) -> bool:
    """Whether `user` may choose among the rows of `model`: whoever may view them, or was given them to choose."""
    policies = {get_image_model(): image_policy, get_document_model(): document_policy}
    policy = policies.get(model) or ModelPermissionPolicy(model)
    return bool(policy.user_has_any_permission(user, ["choose", "view"]))


def pages_to_choose(user: Any, pages: QuerySet[Page]) -> QuerySet[Page]:
    """Narrow `pages` to those whose title `user` may read: the published ones, and those they work on."""
    worked_on = page_permission_policy.instances_user_has_any_permission_for(user, ["add", "change", "publish"])
    return pages.filter(Q(live=True) | Q(pk__in=worked_on.values("pk")))
