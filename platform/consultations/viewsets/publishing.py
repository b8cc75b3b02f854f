"""From a case to a question for everybody, in the back office: draft, decide passage by passage, send to review."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import is_administrator, signed_in
from common.errors import DomainError

from ..clearing import flags_of, page_of, proposal_for, segments_of
from ..enums import FlagState
from ..models import Consultation, PrivacyFlag, QuestionPage
from ..permissions import can_draft_questions
from ..questions import attention_for, drafts, needing_attention
from ..richwords import plain_words
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


class _PageView(_PublishingView):
    """Something about one page."""

    @cached_property
    def page(self) -> QuestionPage:
        """The page as its row has it; never an alias, which has no words of its own."""
        pages = QuestionPage.objects.filter(alias_of=None).select_related("consultation", "owner__person")
        return get_object_or_404(pages, pk=self.page_number)

    @property
    def page_number(self) -> int:
        """The number of the page, from the address."""
        return int(self.kwargs["pk"])

    @cached_property
    def may_decide(self) -> bool:
        """Whether this person may change the page now: their own draft, or a reviewer."""
        lock = self.page.get_lock()
        is_locked = lock is not None and lock.for_user(self.request.user)
        return self.page.permissions_for_user(self.request.user).can_edit() and not is_locked


class ClearView(_PageView, TemplateView):
    """The case's words beside the page's, each passage that may give somebody away marked, and a decision for each."""

    template_name = "consultations/backoffice/question_clear.html"
    page_subtitle = gettext_lazy("Clear of personal data")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at the words once more: names may have become known since."""
        publishing.refresh_flags(page=self.page)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words of both, and the flags with a proposal for each."""
        newest = self.page.get_latest_revision_as_object()
        flags = flags_of(self.page)
        standing = [flag for flag in flags if flag.state != FlagState.REPLACED]
        undecided = [flag for flag in flags if flag.state == FlagState.OPEN]
        case = self.page.consultation
        workflow = self.page.current_workflow_state
        return super().get_context_data(
            page=self.page,
            title=segments_of(newest.title, standing),
            question=_paragraphs(newest.question, standing),
            answer=_paragraphs(plain_words(newest.answer), standing),
            other_words=_paragraphs("\n".join(filter(None, [newest.seo_title, newest.search_description])), standing),
            case=case,
            case_question=_paragraphs(case.question, flags) if case else [],
            case_answer=_paragraphs(case.answer, flags) if case else [],
            flags=[{"flag": flag, "proposal": proposal_for(flag.kind, flag.text)} for flag in flags],
            decided=len(flags) - len(undecided),
            total=len(flags),
            first_open=undecided[0] if undecided else None,
            may_decide=self.may_decide,
            workflow=workflow,
            is_in_review=workflow is not None and workflow.status == workflow.STATUS_IN_PROGRESS,
            needs_review=newest.has_unpublished_changes or not self.page.live,
            **kwargs,
        )


class DecideView(_PageView, View):
    """One decision about one passage."""

    @cached_property
    def flag(self) -> PrivacyFlag:
        """The passage."""
        return get_object_or_404(PrivacyFlag, pk=self.kwargs["pk"])

    @property
    def page_number(self) -> int:
        """The number of the page on which the passage stands."""
        return self.flag.page_id

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide, and go on with the next passage."""
        if not self.may_decide:
            raise PermissionDenied
        by = signed_in(request)
        decision = request.POST.get("decision")
        try:
            if decision == "replace":
                publishing.replace_passage(flag=self.flag, replacement=request.POST.get("replacement", ""), by=by)
            elif decision == "harmless":
                publishing.clear_flag(flag=self.flag, by=by)
            elif decision == "reopen":
                publishing.reopen_flag(flag=self.flag, by=by)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        # no fragment in the address: with one, browsers do not put the focus on the next decision
        return redirect("consultations_publishing:clear", self.page.pk)


class SubmitView(_PageView, View):
    """Send the page to its reviewers."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it, or say what is still to decide."""
        if not self.may_decide:
            raise PermissionDenied
        try:
            publishing.submit_for_review(page=self.page, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Sent to review. An administrator reads it and publishes it."))
        return redirect("consultations_publishing:clear", self.page.pk)


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


def _paragraphs(text: str, flags: list[PrivacyFlag]) -> list[list[Any]]:
    return [segments_of(line, flags) for line in text.splitlines() if line.strip()]
