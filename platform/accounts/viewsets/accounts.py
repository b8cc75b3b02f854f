"""Accounts and their roles in the back office, in the place of Wagtail's own list of users."""

from __future__ import annotations

from typing import Any

import django_filters
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from common.backoffice import DayColumn, SavedByServiceMixin

from .. import services
from ..enums import Role
from ..models import User
from ..selectors import person_matches
from .people import person_chooser


class AccountForm(WagtailAdminModelForm):
    """What an administrator decides about an account; passwords are their owners' business."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ["email", "person", "roles", "is_active"]
        widgets = {"person": person_chooser.widget_class}
        help_texts = {
            "email": _("A changed address has to be verified by its owner before it signs in."),
            "is_active": _("Switched off, the account cannot sign in; what its person did stays."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].initial = sorted(self.instance.role_names) if self.instance.pk else [Role.TRAINEE.value]

    def clean_roles(self) -> list[Role]:
        """Return the roles as such."""
        return [Role(value) for value in self.cleaned_data["roles"]]

    def chosen(self) -> dict[str, Any]:
        """Return what was entered, under the names that the services use."""
        return {name: self.cleaned_data[name] for name in ("email", "person", "roles", "is_active")}


class AccountCreateView(SavedByServiceMixin, generic.CreateView):
    """Make an account for somebody; the service invites them by mail to choose a password."""

    log_action = "wagtail.create"

    def save_by_service(self, form: Any) -> User:
        """Create the account."""
        return services.create_account(**form.chosen(), by=self.request.user)


class AccountEditView(SavedByServiceMixin, generic.EditView):
    """Change an account and its roles."""

    def save_by_service(self, form: Any) -> User:
        """Save the account; it is fetched anew, since the form has already changed its own copy."""
        return services.change_account(
            user=User.objects.get(pk=form.instance.pk), **form.chosen(), by=self.request.user
        )


class NoDeleteView(generic.DeleteView):
    """Accounts are switched off, never deleted: the audit trail speaks of them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse, superusers too. Raises PermissionDenied."""
        raise PermissionDenied


class AccountFilterSet(WagtailFilterSet):
    """Narrows the list of accounts."""

    role = django_filters.ChoiceFilter(label=_("Role"), field_name="groups__name", choices=Role.choices)
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = User
        fields: list[str] = []


class AccountIndexView(generic.IndexView):
    """The list of accounts."""

    def get_base_queryset(self) -> QuerySet[User]:
        """Fetch people, roles and second factors with the accounts."""
        factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return (
            User.objects.select_related("person").prefetch_related("groups").annotate(has_second_factor=Exists(factors))
        )

    def search_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        """Search e-mail and name."""
        if not self.search_query:
            return queryset
        return queryset.filter(Q(email__icontains=self.search_query) | person_matches(self.search_query, "person__"))

    def get_delete_url(self, instance: User) -> None:
        """Nobody deletes accounts."""


class AccountViewSet(ModelViewSet):
    """Accounts and roles. Registered by `BackOfficeUsersConfig` under Wagtail's own names and addresses."""

    model = User
    icon = "user"
    menu_label = _("Accounts and roles")
    menu_hook = "register_people_menu_item"
    menu_order = 20
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = AccountIndexView
    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
    delete_view_class = NoDeleteView
    filterset_class = AccountFilterSet
    search_fields = ["email"]
    list_per_page = 50
    list_display = [
        TitleColumn("get_full_name", label=_("Name"), url_name="wagtailusers_users:edit"),
        Column("email", label=_("E-mail"), sort_key="email"),
        Column(
            "roles",
            label=_("Roles"),
            accessor=lambda user: "、".join(
                str(Role(group.name).label) for group in user.groups.all() if group.name in Role.values
            ),
        ),
        BooleanColumn("has_second_factor", label=_("Second factor")),
        BooleanColumn("is_active", label=_("Active")),
        DayColumn("last_login", label=_("Last sign-in"), sort_key="last_login"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[AccountForm]:
        """The same form for new and old."""
        return AccountForm
