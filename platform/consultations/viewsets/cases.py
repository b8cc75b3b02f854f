"""The cases in Wagtail's admin: the list with its filters, one answered case, hand-over, and the history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.compare import TextDiff, TextFieldComparison
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.models import RevisionsCompareView
from wagtail.admin.widgets.button import HeaderButton

from accounts.permissions import signed_in
from common.errors import DomainError
from library.marks import Kind, mark_changes
from library.models import Article, Subject

from ..enums import Channel, ConsultationState
from ..models import Consultation, ErrorPattern, HotlineOfficer
from ..permissions import officer_of
from ..selectors import CaseFilter, earlier_in_thread, filtered_cases, years_logged
from ..services import log
from .log_asides import OfficerMixin, shown_cases

PER_PAGE = 50
_SEARCH = "hotline_search"


class CaseFilterForm(forms.Form):
    """What the list is narrowed by. The words searched for are kept in the session, never in an address."""

    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("mine"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("channel"), required=False)
    subject = forms.ModelChoiceField(label=gettext_lazy("subject"), queryset=Subject.objects.all(), required=False)
    pattern = forms.ModelChoiceField(
        label=gettext_lazy("error pattern"), queryset=ErrorPattern.objects.all(), required=False
    )
    officer = forms.ModelChoiceField(
        label=gettext_lazy("officer"), queryset=HotlineOfficer.objects.select_related("person"), required=False
    )
    year = forms.TypedChoiceField(label=gettext_lazy("year"), coerce=int, empty_value=None, required=False)
    month = forms.TypedChoiceField(label=gettext_lazy("month"), coerce=int, empty_value=None, required=False)
    overdue = forms.BooleanField(label=gettext_lazy("promise overdue"), required=False)
    unhelpful = forms.BooleanField(label=gettext_lazy("did not help"), required=False)
    nobodys = forms.BooleanField(label=gettext_lazy("without an officer"), required=False)
    article = forms.ModelChoiceField(
        queryset=Article.objects.select_related("law"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", pgettext_lazy("of a filter", "all"))
        choices: dict[str, Any] = {
            "state": ConsultationState.choices,
            "channel": Channel.choices,
            "year": [(year, str(year)) for year in years_logged()],
            "month": [(month, str(month)) for month in range(1, 13)],
        }
        fields: dict[str, Any] = self.fields
        for name, offered in choices.items():
            fields[name].choices = [everything, *offered]
        for name in ("subject", "pattern", "officer"):
            fields[name].empty_label = everything[1]

    def as_filter(self, user: Any, text: str) -> CaseFilter:
        """Return what is asked for; what was typed into the address and is no choice narrows nothing."""
        self.is_valid()
        data = self.cleaned_data
        return CaseFilter(
            state=data.get("state", ""),
            mine_of=officer_of(user) if data.get("mine") else None,
            channel=data.get("channel", ""),
            subject=data.get("subject"),
            error_pattern=data.get("pattern"),
            officer=data.get("officer"),
            article=data.get("article"),
            year=data.get("year"),
            month=data.get("month") if data.get("year") else None,
            is_overdue=data.get("overdue", False),
            has_not_helped=data.get("unhelpful", False),
            without_officer=data.get("nobodys", False),
            text=text,
        )


class CaseView(OfficerMixin, WagtailAdminTemplateMixin, TemplateView):
    """What the screens of cases share."""

    header_icon = "comment"
    page_title = gettext_lazy("Cases")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        cases = {"url": reverse("consultations_log:index"), "label": self.page_title}
        return [*self.breadcrumbs_items, cases]


class CaseListView(CaseView):
    """All cases, the newest first. Words to search for come by POST, since they may be a caller's."""

    template_name = "consultations/backoffice/case_list.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the words to search for and show what fits; no words end the search."""
        request.session[_SEARCH] = request.POST.get("q", "").strip()[:200]
        query = request.GET.copy()
        query.pop("p", None)
        query["found"] = "1"
        if not request.session[_SEARCH]:
            query.pop("found")
        return redirect(f"{reverse('consultations_log:index')}?{query.urlencode()}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Find the cases asked for."""
        text = str(self.request.session.get(_SEARCH, "")) if self.request.GET.get("found") else ""
        form = CaseFilterForm(self.request.GET)
        wanted = form.as_filter(self.request.user, text)
        return super().get_context_data(
            form=form,
            text=text,
            page_obj=Paginator(filtered_cases(wanted), PER_PAGE).get_page(self.request.GET.get("p")),
            article=wanted.article,
            today=timezone.localdate(),
            officers=HotlineOfficer.objects.filter(is_active=True).select_related("person"),
            query=self.request.GET.urlencode(),
            **kwargs,
        )

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """A new case."""
        return [HeaderButton(label=_("Log a case"), url=reverse("consultations_log:new"), icon_name="plus")]


class CaseDetailView(CaseView):
    """One answered case; what is not answered yet opens in the log."""

    template_name = "consultations/backoffice/case.html"

    @cached_property
    def case(self) -> Consultation:
        """The case."""
        return get_object_or_404(shown_cases().prefetch_related("articles__law"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it."""
        if self.case.state != ConsultationState.ANSWERED:
            return redirect("consultations_log:edit", self.case.pk)
        return super().get(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """Name the case."""
        return str(self.case)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Name the case at the end."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": str(self.case)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its thread, hand-overs and pages."""
        case = self.case
        return super().get_context_data(
            case=case,
            earlier=earlier_in_thread(case),
            hand_overs=case.hand_overs.select_related("from_officer__person", "to_officer__person"),
            pages=case.question_pages.filter(alias_of=None),
            **kwargs,
        )

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Its history."""
        url = reverse("consultations_log:history", args=[self.case.pk])
        return [HeaderButton(label=_("History"), url=url, icon_name="history")]


class ReopenView(OfficerMixin, View):
    """Answer a case anew."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reopen it and show it in the log."""
        log.reopen_case(consultation=get_object_or_404(Consultation, pk=pk), by=signed_in(request))
        return redirect("consultations_log:edit", pk)


class HandOverView(OfficerMixin, View):
    """Give open cases to another officer: the ones ticked in the list, or one from its own screen."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Hand them over, all or none, and go back to where it was asked."""
        keys = [int(key) for key in request.POST.getlist("case") if key.isdigit()]
        to = HotlineOfficer.objects.filter(pk=request.POST.get("to") or 0).select_related("person").first()
        cases = list(Consultation.objects.filter(pk__in=keys))
        if not cases or to is None:
            messages.error(request, _("Choose the cases, and the officer who gets them."))
            return self._back(request)
        try:
            given = log.hand_over(
                consultations=cases, to=to, by=signed_in(request), note=request.POST.get("note", "").strip()[:250]
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            words = ngettext(
                "%(count)d case is now with %(name)s.", "%(count)d cases are now with %(name)s.", len(given)
            )
            messages.success(request, words % {"count": len(given), "name": to})
        return self._back(request)

    @staticmethod
    def _back(request: HttpRequest) -> HttpResponse:
        target = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
        return redirect(target if is_ours else reverse("consultations_log:index"))


class _WordsComparison(TextFieldComparison):
    """Marks changed characters: Wagtail takes a Chinese sentence for one word."""

    def htmldiff(self) -> str:
        marks = {Kind.SAME: "equal", Kind.DELETED: "deletion", Kind.ADDED: "addition"}
        pieces = mark_changes(self.val_a or "", self.val_b or "")
        return str(TextDiff([(marks[piece.kind], piece.text) for piece in pieces]).to_html())


class _WordsPanel(FieldPanel):
    def get_comparison_class(self) -> type[_WordsComparison]:
        return _WordsComparison


COMPARED = ObjectList([
    FieldPanel("state"), _WordsPanel("question"), _WordsPanel("answer"), _WordsPanel("articles_named"),
    FieldPanel("subject"), FieldPanel("error_pattern"), FieldPanel("agency"), FieldPanel("caller_name"),
    FieldPanel("channel"), FieldPanel("minutes"), _WordsPanel("follow_up"), FieldPanel("promised_for"),
    FieldPanel("officer"),
])  # fmt: skip
"""What the comparison of two revisions shows."""


class CaseHistoryView(OfficerMixin, HistoryView):
    """Who changed what and when, by Wagtail's own view."""

    model = Consultation
    index_url_name = "consultations_log:index"
    edit_url_name = "consultations_log:edit"
    history_url_name = "consultations_log:history"
    history_results_url_name = "consultations_log:history_results"
    revisions_compare_url_name = "consultations_log:compare"
    verbose_name_plural = gettext_lazy("changes")


class CaseCompareView(OfficerMixin, RevisionsCompareView):
    """Two revisions of a case, the changed words marked."""

    model = Consultation
    index_url_name = "consultations_log:index"
    edit_url_name = "consultations_log:edit"
    history_url_name = "consultations_log:history"
    edit_handler = COMPARED.bind_to_model(Consultation)
