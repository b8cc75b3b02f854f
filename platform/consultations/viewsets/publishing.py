"""From a case to a question for everybody, in the back office: draft, decide passage by passage, send to review."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import is_administrator, signed_in
from common.errors import DomainError
from website.privacy import screens
from website.privacy.clearing import flags_of, paragraphs_of

from ..models import Consultation, QuestionPage
from ..permissions import can_draft_questions
from ..questions import attention_for, drafts, needing_attention, page_of
from ..services import publishing

ROWS_PER_PAGE = 25


class _PublishingView(WagtailAdminTemplateMixin):
    """A step on the way; for those who may draft questions."""

    header_icon = "help"
    page_title = gettext_lazy("Questions and answers")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_draft_questions(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("consultations_publishing:index"), "label": self.page_title},
            {"url": "", "label": self.get_page_subtitle()},
        ]


class ListView(_PublishingView, TemplateView):
    """Drafts on their way, or (`list=attention`) live questions that somebody should look at."""

    template_name = "consultations/backoffice/question_list.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Stand at the top."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the list asked for."""
        wanted = "attention" if self.request.GET.get("list") == "attention" else "drafts"
        pages = needing_attention() if wanted == "attention" else drafts()
        page_obj = Paginator(pages, ROWS_PER_PAGE).get_page(self.request.GET.get("p"))
        rows = attention_for(page_obj) if wanted == "attention" else list(page_obj)
        may_edit = is_administrator(self.request.user)
        return super().get_context_data(wanted=wanted, page_obj=page_obj, rows=rows, may_edit=may_edit, **kwargs)


class StartView(_PublishingView, TemplateView):
    """A case, as it would be copied; POST makes the draft. A case that has a page leads there."""

    template_name = "consultations/backoffice/question_start.html"
    page_subtitle = gettext_lazy("Publish as Q&A")

    @cached_property
    def case(self) -> Consultation:
        """The case."""
        return get_object_or_404(Consultation.objects.select_related("subject", "error_pattern"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the case, or go on where it was left."""
        page = page_of(self.case)
        if page is not None:
            return redirect("consultations_publishing:clear", page.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the draft."""
        try:
            page = publishing.draft_page(consultation=self.case, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("consultations_publishing:start", self.case.pk)
        return redirect("consultations_publishing:clear", page.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the case."""
        return super().get_context_data(case=self.case, **kwargs)


class _QuestionScreen(_PublishingView, screens.PageScreen):
    """Something about one question; everybody who may draft some reads it."""

    namespace = "consultations_publishing"

    def may_open(self) -> bool:
        """Whether this person drafts questions."""
        return can_draft_questions(self.request.user)

    @cached_property
    def page(self) -> QuestionPage:
        """The page as its row has it; never an alias, which has no words of its own."""
        pages = QuestionPage.objects.filter(alias_of=None).select_related("consultation", "owner__person")
        return get_object_or_404(pages, pk=self.page_number)


class ClearView(_QuestionScreen, screens.ClearView):
    """The case's words beside the page's, each passage that may give somebody away marked, and a decision for each."""

    template_name = "consultations/backoffice/question_clear.html"
    page_subtitle = gettext_lazy("Clear of personal data")

    def label_of(self, name: str) -> str:
        """Call question and answer as the case does."""
        labels = {"question": pgettext("Q&A", "Question"), "answer": pgettext("Q&A", "Answer")}
        return labels.get(name) or super().label_of(name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words of the case."""
        case = self.page.consultation
        flags = flags_of(self.page)
        return super().get_context_data(
            case=case,
            case_question=paragraphs_of(case.question, flags) if case else [],
            case_answer=paragraphs_of(case.answer, flags) if case else [],
            **kwargs,
        )


class DecideView(_QuestionScreen, screens.DecideView):
    """One decision about one passage."""


class SubmitView(_QuestionScreen, screens.SubmitView):
    """Send the page to its reviewers."""


class _PublishingMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_draft_questions(request.user)


class PublishingViewSet(ViewSet):
    """The screens from a case to a question for everybody."""

    name = "consultations_publishing"
    url_prefix = "hotline/publish"
    icon = "help"
    menu_label = gettext_lazy("Questions and answers")
    menu_hook = "register_hotline_menu_item"
    menu_order = 40
    menu_item_class = _PublishingMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, the case, the page with its passages, a decision, the end."""
        return [
            path("", ListView.as_view(), name="index"),
            path("<int:pk>/", StartView.as_view(), name="start"),
            path("page/<int:pk>/", ClearView.as_view(), name="clear"),
            path("page/<int:pk>/submit/", SubmitView.as_view(), name="submit"),
            path("passage/<int:pk>/", DecideView.as_view(), name="decide"),
        ]
