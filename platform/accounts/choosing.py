"""Who may use which dialogue of the back office that lets choose: a person, an agency, an article, an image …

Wagtail's choosers ask for no permission of their own, so each of their views is asked about here, by the gate: the
dialogue, its search, what it hands back for one object and for several, and its form for a new one. None of them is
guarded by hand, so none can be forgotten, Wagtail's own included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Model
from wagtail.admin.views.generic.chooser import BaseChooseView, ChosenResponseMixin
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.permission_policies import ModelPermissionPolicy

_CHOOSING = (BaseChooseView, ChosenResponseMixin)


def model_chosen_by(view: Callable[..., Any]) -> type[Model] | None:
    """Return among whose rows `view` lets choose; None where it is no view of a chooser."""
    view_class = getattr(view, "view_class", None)
    if not (isinstance(view_class, type) and issubclass(view_class, _CHOOSING)):
        return None
    named = view.view_initkwargs["model"]  # type: ignore[attr-defined]  # what as_view() was given
    return apps.get_model(named) if isinstance(named, str) else named


def can_choose(user: Any, model: type[Model]) -> bool:
    """Whether `user` may choose among the rows of `model`: whoever may view them, or was given them to choose."""
    policies = {get_image_model(): image_policy, get_document_model(): document_policy}
    policy = policies.get(model) or ModelPermissionPolicy(model)
    return bool(policy.user_has_any_permission(user, ["choose", "view"]))
