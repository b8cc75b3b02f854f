"""What the back office's screens of several apps share: saving by a service, and lists that are only read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import URLPattern, path
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from .errors import DomainError
from .templatetags.common_tags import rocdate, rocdatetime


class DayColumn(Column):
    """A day or a moment as the reader's calendar writes it: in ROC years in Chinese."""

    def get_value(self, instance: Model) -> str:
        """Return the day, with its time where there is one."""
        value = super().get_value(instance)
        return rocdatetime(value) if isinstance(value, datetime) else rocdate(value)


class PlainInspectView(generic.InspectView):
    """One row as people read it: days and moments as in lists, and a dash where there is nothing."""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """Return the value in words."""
        value = super().get_field_display_value(field_name, field)
        if isinstance(value, datetime):
            return rocdatetime(value)
        return "–" if value in (None, "") else rocdate(value) if isinstance(value, date) else value


class SavedByServiceMixin:
    """A create or edit view of Wagtail whose form is saved by a service.

    The view says which in `save_by_service`. What the service refuses stands beside the field that `field_of_code`
    names for its code, otherwise above the form; nothing is saved, and what was typed is still there.
    """

    field_of_code: Mapping[str, str] = {}

    log_action = "wagtail.edit"
    form: BaseForm

    def save_by_service(self, form: Any) -> Model:
        """Save the valid form and return the object. Raises DomainError to refuse."""
        raise NotImplementedError

    def save_instance(self) -> Model:
        """Save, and note it in Wagtail's own history of the object."""
        instance = self.save_by_service(self.form)
        log(instance=instance, action=self.log_action, content_changed=True)
        return instance

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Save, or show why a rule of the domain forbids it."""
        try:
            return super().form_valid(form)  # type: ignore[misc]  # Wagtail's view stands beside this mixin
        except DomainError as refusal:
            form.add_error(self.field_of_code.get(refusal.code), str(refusal))
            self.produced_error_message = str(refusal)
            return self.form_invalid(form)  # type: ignore[attr-defined]  # as above


class ViewOnlyPolicy(ModelPermissionPolicy):
    """Nobody may do more than look, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` may look; every other action is refused."""
        return action == "view" and bool(super().user_has_permission(user, action))


class ViewOnlyViewSet(ModelViewSet):
    """A list and a detail page; what stands there is written by services and never by hand."""

    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False

    @property
    def permission_policy(self) -> ViewOnlyPolicy:
        """The policy that only lets look."""
        return ViewOnlyPolicy(self.model)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Leave out every address at which something could be written."""
        conv = self.pk_path_converter
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path(f"inspect/<{conv}:pk>/", self.inspect_view, name="inspect"),
        ]

    def register_admin_url_finder(self) -> None:
        """There is no page to edit these."""
