"""Rules for printed reasons in the back office: a list in their order, and a field to try them out."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from common.backoffice import SavedByServiceMixin

from ..models import FailureRule
from ..permissions import can_manage_cases
from ..rule_trial import Trial, try_rules
from ..services.failure_rules import delete_failure_rule, save_failure_rule


class TrialForm(forms.Form):
    """A printed reason to try the rules on."""

    reason = forms.CharField(
        label=gettext_lazy("A printed reason"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class _ManagersView:
    """A view for those who manage cases, whatever the permissions of the model say. Raises PermissionDenied."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else."""
        if not can_manage_cases(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # beside a view
        return response


class RuleIndexView(_ManagersView, generic.IndexView):
    """The rules in their order, with the field to try them out above."""

    template_name = "casestudies/backoffice/case_rules.html"
    default_ordering = "order"

    @cached_property
    def trial(self) -> Trial | None:
        """What the rules say of the reason that was pasted."""
        reason = self.request.GET.get("reason", "").strip()[:500]
        return try_rules(reason) if reason else None

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the trial."""
        initial = {"reason": self.trial.reason if self.trial else ""}
        return super().get_context_data(*args, trial_form=TrialForm(initial=initial), trial=self.trial, **kwargs)


class _SavedMixin(SavedByServiceMixin):
    """Saves by the service, and says what the change did to the notices on record."""

    judged = 0
    request: HttpRequest

    def save_by_service(self, form: Any) -> FailureRule:
        """Save the rule."""
        rule: FailureRule = form.save(commit=False)
        self.judged = save_failure_rule(rule=rule, by=self.request.user)  # type: ignore[arg-type]  # signed in
        return rule

    def form_valid(self, form: Any) -> HttpResponse:
        """Say how many notices are judged otherwise now."""
        response = super().form_valid(form)
        say_judged(self.request, self.judged)
        return response


def say_judged(request: HttpRequest, count: int) -> None:
    """Tell how many notices the changed rules judge otherwise."""
    words = ngettext(
        "%(count)d notice on record is judged otherwise now.",
        "%(count)d notices on record are judged otherwise now.",
        count,
    )
    messages.info(request, words % {"count": count})


class RuleCreateView(_ManagersView, _SavedMixin, generic.CreateView):
    """Add a rule; the reason it is made for may come along."""

    log_action = "wagtail.create"

    def get_initial(self) -> dict[str, Any]:
        """Place it behind the others."""
        last = FailureRule.objects.order_by("-order").values_list("order", flat=True).first() or 0
        return {**super().get_initial(), "order": last + 10}


class RuleEditView(_ManagersView, _SavedMixin, generic.EditView):
    """Change a rule."""


class RuleDeleteView(_ManagersView, generic.DeleteView):
    """Take a rule away."""

    def delete_action(self) -> None:
        """Delete it by the service."""
        say_judged(self.request, delete_failure_rule(rule=self.object, by=self.request.user))


class FailureRuleViewSet(ModelViewSet):
    """理由判別規則: a list that is data."""

    model = FailureRule
    name = "casestudies_rules"
    url_namespace = "casestudies_rules"
    url_prefix = "tenders/rules"
    icon = "list-ol"
    menu_label = gettext_lazy("Rules for printed reasons")
    menu_hook = "register_tenders_menu_item"
    menu_order = 90
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    index_view_class = RuleIndexView
    add_view_class = RuleCreateView
    edit_view_class = RuleEditView
    delete_view_class = RuleDeleteView
    panels: ClassVar[list[Any]] = [
        FieldPanel("order", help_text=gettext_lazy("The rule of the lowest number speaks first.")),
        FieldPanel(
            "pattern", heading=pgettext_lazy("of a rule", "pattern"),
            help_text=gettext_lazy("A regular expression such as 未達.*家數, searched in the printed reason."),
        ),
        FieldPanel("failure"),
        FieldPanel("source", help_text=gettext_lazy("Why it means this: an article, a letter, or who decided it.")),
    ]  # fmt: skip
    list_display: ClassVar[list[Any]] = ["__str__", "order", "failure", "source"]
    ordering = ("order",)
