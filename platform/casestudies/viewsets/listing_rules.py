"""Rules for listing under /cms/tenders/rules/: data, each with a dry run before it is saved."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.permissions import signed_in
from common.backoffice import DayColumn, SavedByServiceMixin
from common.rocdates import roc_year, to_gregorian_year

from ..listing_rules import dry_run
from ..models import ListingRule
from ..review_forms import ListingRuleForm
from ..services.listing import save_listing_rule


class ListingRulePolicy(ModelPermissionPolicy):
    """The permissions of the roles, but nobody deletes: a rule that listed cases is ended with a last day."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether the action is offered, and `user` has it."""
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Whether `user` has one of the actions that are offered."""
        return any(self.user_has_permission(user, action) for action in actions)


class _TriedMixin(SavedByServiceMixin):
    """A form that is saved by the service, or only tried: how many cases the rule would list."""

    template_name = "casestudies/backoffice/listing_rule_form.html"

    def save_by_service(self, form: Any) -> ListingRule:
        """Save the rule."""
        return save_listing_rule(rule=form.save(commit=False), by=signed_in(self.request))  # type: ignore[attr-defined]  # a view

    def form_valid(self, form: Any) -> HttpResponse:
        """Try the rule where that is asked for: nothing is saved, and what was typed is still there."""
        if "try" not in self.request.POST:  # type: ignore[attr-defined]  # of Wagtail's view beside it
            return super().form_valid(form)
        year = form.cleaned_data["dry_run_year"] or roc_year(timezone.localdate())
        tried = dry_run(form.save(commit=False), to_gregorian_year(year))
        context = self.get_context_data(form=form, tried=tried, tried_year=year)  # type: ignore[attr-defined]  # as above
        response: HttpResponse = self.render_to_response(context)  # type: ignore[attr-defined]  # as above
        return response


class ListingRuleCreateView(_TriedMixin, generic.CreateView):
    """A new rule."""

    log_action = "wagtail.create"


class ListingRuleEditView(_TriedMixin, generic.EditView):
    """Name a rule otherwise, end it, or change it while it has listed nothing."""


class ListingRuleViewSet(ModelViewSet):
    """列管規則."""

    model = ListingRule
    name = "casestudies_listing_rules"
    url_namespace = "casestudies_listing_rules"
    url_prefix = "tenders/rules/listing"
    icon = "cog"
    menu_label = _("Rules for listing")
    menu_hook = "register_tenders_menu_item"
    menu_order = 80
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    add_view_class = ListingRuleCreateView
    edit_view_class = ListingRuleEditView
    list_display: ClassVar[list[Any]] = [
        "name",
        Column("get_kind_display", label=_("kind of procurement")),
        Column("get_at_least_display", label=_("band, at least")),
        Column("failures", label=_("times failed, at least")),
        DayColumn("effective_from", label=_("in force from")),
        DayColumn("effective_to", label=_("in force until")),
    ]
    list_filter: ClassVar[list[str]] = ["kind"]
    search_fields: ClassVar[list[str]] = ["name", "source"]
    search_backend_name = None

    def get_form_class(self, for_update: bool = False) -> type[ListingRuleForm]:
        """The form with its dry run, for a new rule and for one that is there."""
        return ListingRuleForm

    @cached_property
    def permission_policy(self) -> ListingRulePolicy:
        """The roles' permissions without deleting."""
        return ListingRulePolicy(self.model)
