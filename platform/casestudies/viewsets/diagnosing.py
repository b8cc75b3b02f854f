"""Saying why a case failed, under /cms/tenders/diagnosing/: on one page with the facts and the notices' reasons."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import signed_in
from common.errors import DomainError

from ..diagnoses import current_diagnosis, similar_diagnoses
from ..diagnosis_form import FIELD_OF_CODE, DiagnosisForm, typed_with_proposals, values_before
from ..listings import next_undiagnosed
from ..models import Listing, TaxonomyEdition, TaxonomyEntry, TenderCase
from ..services.diagnosing import diagnose
from ..taxonomies import current_edition
from .managed import LISTING, ManagedScreen


class DiagnosingScreen(ManagedScreen, TemplateView):
    """One case: its facts and the notices' reasons beside the form. POST proposes, or saves."""

    template_name = "casestudies/backoffice/diagnosing.html"
    page_title = gettext_lazy("Diagnose")
    header_icon = "edit"
    parents = (LISTING,)

    @cached_property
    def case(self) -> TenderCase:
        """The case that is asked for."""
        return get_object_or_404(TenderCase.objects.select_related("agency", "follows"), pk=self.kwargs["pk"])

    @cached_property
    def edition(self) -> TaxonomyEdition | None:
        """The edition that it is diagnosed by."""
        return current_edition()

    def get_page_subtitle(self) -> str:
        """Name the case."""
        return self.case.number

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what was found before, in the words of the edition in force."""
        form = None
        if self.edition is not None and self.case.failures:
            form = self._form()
            form.initial = values_before(current_diagnosis(self.case), form)
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Fill in what the cause proposes, or save; what is refused is shown with all that was typed."""
        if self.edition is None or not self.case.failures:
            return redirect("casestudies_diagnosing:edit", self.case.pk)
        if "propose" in request.POST:
            form = self._form()
            form.initial = typed_with_proposals(request.POST, form.proposals)
            return self.render_to_response(self.get_context_data(form=form, has_proposed=True))
        form = self._form(request.POST)
        if not form.is_valid() or not self._save(form):
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("Case %(number)s is diagnosed.") % {"number": self.case.number})
        following = next_undiagnosed(self.case) if "save_next" in request.POST else None
        if following is not None:
            return redirect("casestudies_diagnosing:edit", following.pk)
        return redirect("casestudies_cases:case", self.case.pk)

    def _form(self, data: Any = None) -> DiagnosisForm:
        if self.edition is None:
            raise LookupError
        return DiagnosisForm(data, case=self.case, edition=self.edition)

    def _save(self, form: DiagnosisForm) -> bool:
        found = form.cleaned_data
        try:
            diagnose(
                case=self.case, category=found["category"], stage=found["stage"], pattern=found["pattern"],
                cause=found["cause"], measures=found["measures"], explanation=found["explanation"],
                evidence=found["evidence"], by=signed_in(self.request),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(FIELD_OF_CODE.get(refusal.code), str(refusal))
            return False
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the facts, the notices, what was found before, and similar cases."""
        form: DiagnosisForm | None = kwargs.get("form")
        pattern = form.entry_of_pattern if form else None
        return super().get_context_data(
            case=self.case,
            edition=self.edition,
            listing=Listing.objects.filter(case=self.case).select_related("rule").first(),
            notices=form.notices if form else [],
            before=current_diagnosis(self.case),
            following=next_undiagnosed(self.case),
            pattern=pattern,
            similar=similar_diagnoses(self.case, pattern_code=pattern.code if pattern else ""),
            similar_url=reverse("casestudies_diagnosing:similar", args=[self.case.pk]),
            **kwargs,
        )


class SimilarPart(ManagedScreen, TemplateView):
    """Similar diagnosed cases for a pattern that was just chosen, as a part of the page."""

    template_name = "casestudies/backoffice/diagnosing_similar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Find them; without a pattern, those of the same kind."""
        case = get_object_or_404(TenderCase, pk=self.kwargs["pk"])
        key = self.request.GET.get("pattern", "")
        pattern = TaxonomyEntry.objects.filter(pk=int(key)).first() if key.isdecimal() else None
        similar = similar_diagnoses(case, pattern_code=pattern.code if pattern else "")
        return {"case": case, "pattern": pattern, "similar": similar}


class DiagnosingViewSet(ViewSet):
    """流廢標診斷."""

    name = "casestudies_diagnosing"
    url_prefix = "tenders/diagnosing"
    icon = "edit"

    def get_urlpatterns(self) -> list[URLPattern]:
        """The page of one case, and the part of it that follows the pattern."""
        return [
            path("<int:pk>/", DiagnosingScreen.as_view(), name="edit"),
            path("<int:pk>/similar/", SimilarPart.as_view(), name="similar"),
        ]
