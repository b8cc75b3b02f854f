"""Listed cases under /cms/tenders/listing/: the list, listing by hand, closing with an outcome."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from accounts.permissions import signed_in
from common.errors import DomainError

from ..diagnoses import current_diagnosis
from ..listings import ListingFilter, cases_numbered, listed_cases, listing_counts, proposed_outcome
from ..models import Listing, ListingRule, TenderCase
from ..review_forms import ListByHandForm, ListingFilterForm, OutcomeForm
from ..services import listing as services
from .managed import LISTING, ManagedScreen, ManagersOnlyMenuItem

PER_PAGE = 50
_EVERYTHING = ListingFilter(state="all")


class ListingIndexView(ManagedScreen, TemplateView):
    """All listed cases, the newest first; at the top what waits to be done about them."""

    template_name = "casestudies/backoffice/listing_index.html"
    page_title = LISTING[1]
    header_icon = "list-ul"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Find the listings asked for."""
        form = ListingFilterForm(self.request.GET)
        found = listed_cases(form.as_filter())
        return super().get_context_data(
            form=form,
            counts=listing_counts(),
            has_rules=ListingRule.objects.exists(),
            is_narrowed=any(self.request.GET.get(name) for name in form.fields),
            page_obj=Paginator(found, PER_PAGE).get_page(self.request.GET.get("p")),
            **kwargs,
        )

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """By hand."""
        by_hand = reverse("casestudies_listing:by_hand")
        return [HeaderButton(label=_("List a case by hand"), url=by_hand, icon_name="plus")]


class ListByHandView(ManagedScreen, FormView):
    """List a case that no rule lists, with the reason."""

    template_name = "casestudies/backoffice/listing_by_hand.html"
    form_class = ListByHandForm
    page_title = gettext_lazy("List a case by hand")
    header_icon = "plus"
    parents = (LISTING,)

    def get_initial(self) -> dict[str, Any]:
        """Take the number that the case's page knows."""
        return {"number": self.request.GET.get("number", "")}

    def form_valid(self, form: ListByHandForm) -> HttpResponse:
        """List it, or say at the field what is wrong."""
        case = self._case(form)
        if case is None:
            return self.form_invalid(form)
        try:
            listing = services.list_by_hand(case=case, reason=form.cleaned_data["reason"], by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error("reason" if refusal.code == "reason" else "number", str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The case is listed."))
        return redirect("casestudies_listing:listing", listing.pk)

    def form_invalid(self, form: ListByHandForm) -> HttpResponse:
        """Show what is wrong, with all that was typed."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    @staticmethod
    def _case(form: ListByHandForm) -> TenderCase | None:
        """Return the one case that is meant; where there is none or more than one, say so at the field."""
        found = cases_numbered(form.cleaned_data["number"])
        name = form.cleaned_data["agency_name"].strip().replace("台", "臺")
        if name:
            found = [case for case in found if name in (case.agency.name if case.agency else case.agency_name)]
        if len(found) == 1:
            return found[0]
        if found:
            agencies = "、".join(case.agency.name if case.agency else case.agency_name for case in found)
            words = _("Several agencies have a case of this number (%(agencies)s). Name the one that is meant.")
            form.add_error("agency_name", words % {"agencies": agencies})
        else:
            form.add_error("number", _("No case of the city has this number; expected it exactly as printed."))
        return None


class ListingView(ManagedScreen, FormView):
    """One listed case: why it is listed, what came of it so far, and closing it with the outcome."""

    template_name = "casestudies/backoffice/listing.html"
    form_class = OutcomeForm
    page_title = LISTING[1]
    header_icon = "list-ul"
    parents = (LISTING,)

    @cached_property
    def listing(self) -> Listing:
        """The listing that is asked for."""
        return get_object_or_404(listed_cases(_EVERYTHING), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the case."""
        return self.listing.case.number

    def get_form_kwargs(self) -> dict[str, Any]:
        """Propose what the records say of the award."""
        kwargs = {**super().get_form_kwargs(), "instance": self.listing}
        return {**kwargs, "initial": {"outcome": self.listing.outcome or proposed_outcome(self.listing)}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the listing and the diagnosis."""
        listing = get_object_or_404(listed_cases(_EVERYTHING), pk=self.kwargs["pk"])  # the form may have written in it
        diagnosis = current_diagnosis(listing.case)
        return super().get_context_data(listing=listing, case=listing.case, diagnosis=diagnosis, **kwargs)

    def form_valid(self, form: OutcomeForm) -> HttpResponse:
        """Close it, or say why not."""
        try:
            services.close_listing(
                listing=self.listing, outcome=form.cleaned_data["outcome"], by=signed_in(self.request)
            )
        except DomainError as refusal:
            form.add_error("outcome", str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Case %(number)s is closed.") % {"number": self.listing.case.number})
        return redirect("casestudies_listing:index")

    def form_invalid(self, form: OutcomeForm) -> HttpResponse:
        """Show what is wrong, with all that was typed."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ReopenListingView(ManagedScreen, View):
    """Follow a closed case again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reopen it."""
        try:
            services.reopen_listing(listing=get_object_or_404(Listing, pk=pk), by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The case is followed again."))
        return redirect("casestudies_listing:listing", pk)


class ApplyRulesView(ManagedScreen, View):
    """List what the rules of today list: after a rule was added, since imports look only at the cases they touch."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """List them, and say how many."""
        listed = services.list_cases(by=signed_in(request))
        words = ngettext("%(number)d case was added to the list.", "%(number)d cases were added to the list.", listed)
        messages.success(request, words % {"number": listed})
        return redirect("casestudies_listing:index")


class ListingViewSet(ViewSet):
    """列管案件."""

    name = "casestudies_listing"
    url_prefix = "tenders/listing"
    icon = "list-ul"
    menu_label = LISTING[1]
    menu_hook = "register_tenders_menu_item"
    menu_order = 30
    menu_item_class = ManagersOnlyMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """List, one listed case, by hand, again, and by all rules."""
        return [
            path("", ListingIndexView.as_view(), name="index"),
            path("by-hand/", ListByHandView.as_view(), name="by_hand"),
            path("apply/", ApplyRulesView.as_view(), name="apply"),
            path("<int:pk>/", ListingView.as_view(), name="listing"),
            path("<int:pk>/reopen/", ReopenListingView.as_view(), name="reopen"),
        ]
