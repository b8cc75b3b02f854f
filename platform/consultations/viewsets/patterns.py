"""Error patterns in the back office: administrators keep the list, officers look things up in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from common.backoffice import SavedByServiceMixin

from ..models import ErrorPattern
from ..services.patterns import save_error_pattern


class PatternPolicy(ModelPermissionPolicy):
    """The permissions of the roles, but nobody deletes: cases of past years name their pattern."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether the action is offered, and `user` has it."""
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Whether `user` has one of the actions that are offered."""
        return any(self.user_has_permission(user, action) for action in actions)


class PatternIndexView(generic.IndexView):
    """The list, by number."""

    def get_base_queryset(self) -> QuerySet[ErrorPattern]:
        """Fetch the subjects with the patterns."""
        return ErrorPattern.objects.select_related("subject")


class PatternCreateView(SavedByServiceMixin, generic.CreateView):
    """Add a pattern."""

    log_action = "wagtail.create"

    def save_by_service(self, form: Any) -> ErrorPattern:
        """Save the new pattern."""
        return save_error_pattern(pattern=form.save(commit=False), by=self.request.user)


class PatternEditView(SavedByServiceMixin, generic.EditView):
    """Change a pattern, or take it out of use."""

    def save_by_service(self, form: Any) -> ErrorPattern:
        """Save the pattern."""
        return save_error_pattern(pattern=form.save(commit=False), by=self.request.user)


class ErrorPatternViewSet(ModelViewSet):
    """錯誤態樣: a list that is data."""

    model = ErrorPattern
    name = "error_patterns"
    url_namespace = "error_patterns"
    icon = "warning"
    menu_label = _("Error patterns")
    menu_hook = "register_hotline_menu_item"
    menu_order = 70
    copy_view_enabled = False
    inspect_view_enabled = True
    add_to_reference_index = False
    index_view_class = PatternIndexView
    add_view_class = PatternCreateView
    edit_view_class = PatternEditView
    form_fields: ClassVar[list[str]] = [
        "code", "category", "category_en", "name", "name_en", "basis", "subject", "source", "is_active",
    ]  # fmt: skip
    list_display: ClassVar[list[Any]] = [
        "code", "name", "category", "basis", "subject", BooleanColumn("is_active", label=_("offered for new cases")),
    ]  # fmt: skip
    list_filter: ClassVar[list[str]] = ["category", "subject", "is_active"]
    search_fields: ClassVar[list[str]] = ["code", "name", "name_en", "category", "basis"]
    search_backend_name = None
    list_per_page = 50

    @cached_property
    def permission_policy(self) -> PatternPolicy:
        """The roles' permissions without deleting."""
        return PatternPolicy(self.model)
