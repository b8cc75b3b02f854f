"""The quarterly report in the back office: choose a quarter, read it, take it as a document."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.viewsets.base import ViewSet

from ..quarterly import QUARTERS, file_name, quarter_of, quarterly_report, rate_in_words, write
from ..views.papers import paper_response
from .review_screens import ReviewMenuItem, ReviewView

FIRST_YEAR = 104
"""The review group was set up in ROC year 104 (設置要點 104/01/15)."""


class QuarterForm(forms.Form):
    """Which quarter."""

    year = forms.TypedChoiceField(label=_("ROC year"), coerce=int)
    quarter = forms.TypedChoiceField(
        label=_("Quarter"), coerce=int, choices=[(number, str(number)) for number in QUARTERS]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = quarter_of(timezone.localdate())[0]
        fields: dict[str, Any] = self.fields
        fields["year"].choices = [(year, str(year)) for year in range(newest, FIRST_YEAR - 1, -1)]


class QuarterlyView(ReviewView, TemplateView):
    """The report on the screen; without a choice, of the running quarter."""

    header_icon = "doc-full"
    page_title = _("Quarterly report")
    index_name = "casestudies_quarterly:index"
    template_name = "casestudies/backoffice/quarterly.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the report, or say what is wrong with the choice."""
        year, quarter = quarter_of(timezone.localdate())
        form = QuarterForm(self.request.GET or {"year": year, "quarter": quarter})
        report = None
        if form.is_valid():
            report = quarterly_report(form.cleaned_data["year"], form.cleaned_data["quarter"])
            kwargs["rate_sentence"] = rate_in_words(report.figures)
        return super().get_context_data(form=form, report=report, **kwargs)


class QuarterlyFileView(ReviewView, View):
    """The report as a file."""

    def get(self, request: HttpRequest, year: int, quarter: int, file_format: str) -> HttpResponse:
        """Return the file. Raises Http404 for a quarter or a format that there is none of."""
        form = QuarterForm({"year": year, "quarter": quarter})
        if not form.is_valid():
            raise Http404
        report = quarterly_report(year, quarter)
        return paper_response(write(report), file_name(report, file_format), file_format)


class QuarterlyViewSet(ViewSet):
    """The quarterly report to the quality committee."""

    name = "casestudies_quarterly"
    url_prefix = "tenders/quarterly"
    icon = "doc-full"
    menu_label = _("Quarterly report")
    menu_name = "review-quarterly"
    menu_hook = "register_tenders_menu_item"
    menu_order = 75
    menu_item_class = ReviewMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The screen and the files."""
        return [
            path("", QuarterlyView.as_view(), name="index"),
            path("<int:year>-<int:quarter>.<str:file_format>", QuarterlyFileView.as_view(), name="file"),
        ]
