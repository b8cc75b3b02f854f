"""The yearly targets in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from common.audit import audit

from .kpi import bound_words
from .models import Target
from .permissions import can_manage_targets
from .registry import Kpi, all_reports


def _kpi_of(key: str) -> Kpi | None:
    return next((report.kpi for report in all_reports() if report.key == key), None)


def _report_in_words(target: Target) -> str:
    return next((str(report.title) for report in all_reports() if report.key == target.report), target.report)


def _measure_in_words(target: Target) -> str:
    kpi = _kpi_of(target.report)
    return str(kpi.label) if kpi and kpi.measure == target.measure else target.measure


def _scope_in_words(target: Target) -> str:
    kpi = _kpi_of(target.report)
    words = dict(kpi.scope_choices) if kpi else {}
    return str(words.get(target.scope, target.scope or _("all")))


class TargetForm(WagtailAdminModelForm):
    """A target of a figure that some report has."""

    class Meta:
        model = Target
        fields = ["report", "measure", "scope", "roc_year", "value", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [report for report in all_reports() if report.kpi is not None]
        self.fields["report"] = forms.ChoiceField(
            label=_("report"), choices=[(report.key, report.title) for report in known]
        )
        self.fields["measure"] = forms.ChoiceField(
            label=_("measure"), choices=[(report.kpi.measure, report.kpi.label) for report in known if report.kpi]
        )
        scopes = dict(choice for report in known if report.kpi for choice in report.kpi.scope_choices)
        self.fields["scope"] = forms.ChoiceField(
            label=_("scope"), choices=[("", _("all")), *scopes.items()], required=False
        )
        lower = [str(report.kpi.label) for report in known if report.kpi and report.kpi.lower_is_better]
        if lower:
            self.fields["value"].help_text = gettext(
                "In percent: the least that the figure should be; the most for those of which less is better"
                " (%(names)s)."
            ) % {"names": pgettext("between parameters of a report", "; ").join(lower)}

    def clean(self) -> dict[str, Any]:
        """Refuse a scope that the figure of this report does not have: it would never be looked at."""
        data: dict[str, Any] = super().clean()
        kpi = _kpi_of(data.get("report", ""))
        if data.get("scope") and kpi is not None and data["scope"] not in dict(kpi.scope_choices):
            self.add_error("scope", _("This figure has no targets by that scope."))
        return data

    def save(self, commit: bool = True) -> Target:
        """Save and record who set it."""
        target: Target = super().save(commit=commit)
        audit("reports.target_set", obj=target, by=self.for_user, after=str(target.value))
        return target


class TargetPolicy(ModelPermissionPolicy):
    """Administrators set targets."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` may do `action`."""
        return can_manage_targets(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Whether `user` may do any of `actions`."""
        return can_manage_targets(user)


class TargetViewSet(ModelViewSet):
    """What figures are held against, year by year."""

    model = Target
    name = "targets"
    icon = "crosshairs"
    menu_label = _("Targets of reports")
    menu_hook = "register_system_menu_item"
    menu_order = 60
    copy_view_enabled = False
    list_display = [
        "roc_year",
        Column("report", label=_("report"), accessor=_report_in_words),
        Column("measure", label=_("measure"), accessor=_measure_in_words),
        Column("scope", label=_("scope"), accessor=_scope_in_words),
        Column("value", label=_("target"), accessor=bound_words),
        "source",
    ]
    list_filter = ["roc_year", "report"]

    def get_form_class(self, for_update: bool = False) -> type[TargetForm]:
        """Return the form whose choices are the figures of the registry."""
        return TargetForm

    @cached_property
    def permission_policy(self) -> TargetPolicy:
        """Administrators only."""
        return TargetPolicy(self.model)
