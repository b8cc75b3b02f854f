"""Decisions in the back office: what is open, overdue and done."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import signed_in
from accounts.selectors import contacts_of
from common.errors import DomainError

from .. import decisions as followed
from ..meeting_forms import DoneForm
from ..models import Decision
from ..services import decisions
from .review_screens import ReviewMenuItem, ReviewView

PER_PAGE = 50
_FIELD_OF_CODE = {"note": "done_note", "day": "done_on"}


class _DecisionView(ReviewView):
    header_icon = "tasks"
    page_title = gettext_lazy("Decisions of the review group")
    index_name = "casestudies_decisions:index"


class DecisionListView(_DecisionView, TemplateView):
    """Decisions of closed meetings; `state` is open, overdue or done."""

    template_name = "casestudies/backoffice/decision_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the list asked for; without a word, what is open."""
        state = self.request.GET.get("state", "open")
        state = state if state in followed.STATES else "open"
        page = Paginator(followed.decisions_listed(state), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page_obj=page, state=state, counts=followed.counts(), today=timezone.localdate(), **kwargs
        )


class DecisionDoneView(_DecisionView, FormView):
    """Say what was done, and on which day."""

    template_name = "casestudies/backoffice/decision_done.html"
    form_class = DoneForm
    page_subtitle = gettext_lazy("Mark as done")

    @cached_property
    def decision(self) -> Decision:
        """The decision shown."""
        return get_object_or_404(followed.with_context(followed.in_force()), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        """Today, and the words of before where it was reopened."""
        return {"done_on": self.decision.done_on or timezone.localdate(), "done_note": self.decision.done_note}

    def form_valid(self, form: DoneForm) -> HttpResponse:
        """Record it, or say why not."""
        try:
            decisions.finish_decision(decision=self.decision, **form.cleaned_data, by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error(_FIELD_OF_CODE.get(refusal.code), str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The decision is done."))
        return redirect("casestudies_decisions:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the decision and who was to be reminded."""
        contacts = [user.person for user in contacts_of(self.decision.owner)]
        return super().get_context_data(decision=self.decision, contacts=contacts, **kwargs)


class DecisionReopenView(_DecisionView, View):
    """POST: take back that a decision is done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reopen it."""
        decision = get_object_or_404(followed.in_force(), pk=pk)
        decisions.reopen_decision(decision=decision, by=signed_in(request))
        messages.success(request, _("The decision is open again."))
        return redirect(f"{reverse('casestudies_decisions:index')}#decision-{pk}")


class DecisionViewSet(ViewSet):
    """Decisions and what became of them."""

    name = "casestudies_decisions"
    url_prefix = "tenders/decisions"
    icon = "tasks"
    menu_label = gettext_lazy("Decisions")
    menu_name = "review-decisions"
    menu_hook = "register_tenders_menu_item"
    menu_order = 70
    menu_item_class = ReviewMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list and one decision."""
        return [
            path("", DecisionListView.as_view(), name="index"),
            path("<int:pk>/done/", DecisionDoneView.as_view(), name="done"),
            path("<int:pk>/reopen/", DecisionReopenView.as_view(), name="reopen"),
        ]
