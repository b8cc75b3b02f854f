"""Tender cases under /cms/tenders/: the list, one case with what can be done about it, and a notice by form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from accounts.permissions import signed_in
from common.errors import DomainError

from ..case_facts import CaseFacts, case_facts
from ..case_forms import CaseFilterForm, DescriptionForm, FailureForm, ListingForm, NoticeForm
from ..enums import CaseScope, CaseSource, Failure, NoticeKind
from ..models import TenderCase, TenderNotice
from ..permissions import can_manage_cases, can_view_cases
from ..raw_notices import sections_of
from ..reading.notices import RefusedNotice
from ..selectors import candidates_to_follow, count_notices, filtered_cases
from ..services import listing as listing_services
from ..services import notices as notice_services
from ..typed_notices import notice_typed

PER_PAGE = 50


class CasesMixin(WagtailAdminTemplateMixin):
    """A screen of the cases; for those who may view them, and what changes something for those who manage them."""

    header_icon = "warning"
    page_title = gettext_lazy("Tender cases")
    must_manage = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        needs_more = self.must_manage or request.method == "POST"
        if not (can_manage_cases if needs_more else can_view_cases)(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("casestudies_cases:index"), "label": self.page_title},
        ]


class CaseListView(CasesMixin, TemplateView):
    """All cases, the newest first, narrowed by words and filters; cases and notices are counted apart."""

    template_name = "casestudies/backoffice/case_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Find the cases asked for."""
        form = CaseFilterForm(self.request.GET)
        found = filtered_cases(form.as_filter())
        return super().get_context_data(
            form=form,
            page_obj=Paginator(found, PER_PAGE).get_page(self.request.GET.get("p")),
            notice_count=count_notices(found),
            is_narrowed=any(self.request.GET.get(name) for name in form.fields),
            **kwargs,
        )

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """A notice by form; a second button would leave no room for the title on a phone."""
        return [HeaderButton(label=_("Add a notice"), url=reverse("casestudies_cases:new"), icon_name="plus")]


class _CaseView(CasesMixin):
    """A screen of one case."""

    kwargs: dict[str, Any]

    @cached_property
    def case(self) -> TenderCase:
        """The case that is asked for."""
        return get_object_or_404(TenderCase.objects.select_related("agency", "follows"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the case."""
        return self.case.number

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Name the case at the end."""
        here = {"url": reverse("casestudies_cases:case", args=[self.case.pk]), "label": self.case.number}
        return [*super().get_breadcrumbs_items(), here]


class CaseScreen(_CaseView, TemplateView):
    """One case: its facts, its notices, why it failed, and what can be done about it.

    POST does one deed, named by `deed`; what is refused stands at its form with all that was typed.
    """

    template_name = "casestudies/backoffice/case.html"
    facts: CaseFacts

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the case."""
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what was asked for and show the case again."""
        deeds: dict[str, Callable[[HttpRequest], dict[str, Any] | None]] = {
            "describe": self._describe,
            "follow": self._follow,
            "decide": self._decide,
            "list": self._list,
        }
        deed = deeds.get(request.POST.get("deed", ""))
        refused = deed(request) if deed else None
        if refused is None:
            return redirect("casestudies_cases:case", self.case.pk)
        messages.error(request, _("Nothing was saved yet: see what is marked below."))
        self.__dict__.pop("case", None)  # a refused form leaves its values in the cached one
        return self.render_to_response(self.get_context_data(**refused), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the facts and the forms; a refused form takes the place of an empty one."""
        case = self.case
        wanted = self.request.GET.get("follow", "")
        facts = case_facts(case, self.request.user)
        refused: FailureForm | None = kwargs.pop("failure_form", None)
        forms = [FailureForm(notice=notice) for notice in facts.failed_notices]
        context = {
            "case": case,
            "facts": facts,
            "may_manage": can_manage_cases(self.request.user),
            "description_form": DescriptionForm(instance=case),
            "listing_form": ListingForm(),
            "may_be_listed": case.scope == CaseScope.CITY and case.failures and facts.listing is None,
            "failure_forms": [refused if refused and refused.notice == form.notice else form for form in forms],
            "wanted": wanted,
            "candidates": candidates_to_follow(case, wanted),
            "band_url": reverse("library:thresholds"),
        }
        return super().get_context_data(**{**context, **kwargs})

    def _describe(self, request: HttpRequest) -> dict[str, Any] | None:
        form = DescriptionForm(request.POST, instance=self.case)
        if form.is_valid():
            try:
                notice_services.describe_case(case=self.case, **form.cleaned_data, by=signed_in(request))
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return None
        return {"description_form": form}

    def _follow(self, request: HttpRequest) -> dict[str, Any] | None:
        chosen = request.POST.get("follows", "")
        follows = get_object_or_404(TenderCase, pk=int(chosen)) if chosen.isdecimal() else None
        try:
            notice_services.follow_case(case=self.case, follows=follows, by=signed_in(request))
        except DomainError as refusal:
            return {"follow_refusal": str(refusal), "wanted": follows.number if follows else ""}
        words = _("This case follows %(number)s.") % {"number": follows.number} if follows else _("It follows no case.")
        messages.success(request, words)
        return None

    def _decide(self, request: HttpRequest) -> dict[str, Any] | None:
        key = request.POST.get("notice", "")
        failed = self.case.notices.filter(kind=NoticeKind.FAILED).defer("raw")
        notice = get_object_or_404(failed, pk=int(key) if key.isdecimal() else 0)
        form = FailureForm(request.POST, notice=notice)
        if form.is_valid():
            failure = Failure(form.cleaned_data["failure"])
            notice_services.decide_failure(notice=notice, failure=failure, by=signed_in(request))
            messages.success(request, _("Decided: %(failure)s.") % {"failure": failure.label})
            return None
        return {"failure_form": form}

    def _list(self, request: HttpRequest) -> dict[str, Any] | None:
        form = ListingForm(request.POST)
        if form.is_valid():
            try:
                listing_services.list_by_hand(case=self.case, reason=form.cleaned_data["reason"], by=signed_in(request))
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The case is listed."))
                return None
        return {"listing_form": form}

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """What is done most: another notice."""
        if not can_manage_cases(self.request.user):
            return []
        add = reverse("casestudies_cases:add_notice", args=[self.case.pk])
        return [HeaderButton(label=_("Add a notice"), url=add, icon_name="plus")]


class NoticeScreen(_CaseView, TemplateView):
    """One notice as it was published, in sections of rows."""

    template_name = "casestudies/backoffice/case_notice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the notice."""
        notice = get_object_or_404(TenderNotice, pk=self.kwargs["notice_pk"], case=self.case)
        return super().get_context_data(case=self.case, notice=notice, sections=sections_of(notice.raw), **kwargs)


class NewNoticeView(CasesMixin, FormView):
    """A notice written by hand: of a case on record, or of a new one."""

    form_class = NoticeForm
    template_name = "casestudies/backoffice/case_new_notice.html"
    must_manage = True
    page_title = gettext_lazy("Add a notice")

    @cached_property
    def case(self) -> TenderCase | None:
        """The case that it belongs to, None for a new one."""
        pk = self.kwargs.get("pk")
        return None if pk is None else get_object_or_404(TenderCase, pk=pk)

    def get_page_subtitle(self) -> str:
        """Name the case."""
        return self.case.number if self.case else ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the case, or to the list."""
        items = [*self.breadcrumbs_items, {"url": reverse("casestudies_cases:index"), "label": _("Tender cases")}]
        if self.case:
            items.append({"url": reverse("casestudies_cases:case", args=[self.case.pk]), "label": self.case.number})
        return [*items, {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tie the form to the case."""
        return {**super().get_form_kwargs(), "case": self.case}

    def form_valid(self, form: NoticeForm) -> HttpResponse:
        """Record the notice; what a rule of the domain refuses stands above the form."""
        began = timezone.now()
        try:
            notice = notice_services.record_notice(
                notice=notice_typed(form), source=CaseSource.FORM, by=signed_in(self.request)
            )
        except RefusedNotice as refusal:
            for problem in refusal.problems:
                form.add_error(None, str(problem))
            return self.form_invalid(form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        if notice.created_at < began:
            messages.warning(
                self.request, _("A notice of this kind and day was on record already: see below what it says.")
            )
        elif notice.case.created_at < began:
            messages.success(self.request, _("The notice is on record."))
        else:
            messages.success(self.request, _("A new case is on record with its notice."))
        return redirect("casestudies_cases:case", notice.case_id)

    def form_invalid(self, form: NoticeForm) -> HttpResponse:
        """Show what is wrong, with all that was typed."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ManagersMenuItem(MenuItem):
    """An entry for those who manage cases."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the same question as the pages behind it."""
        return can_manage_cases(request.user)


class TenderCaseViewSet(ViewSet):
    """The list and the pages of the cases."""

    name = "casestudies_cases"
    url_prefix = "tenders/cases"
    icon = "list-ul"
    menu_label = gettext_lazy("Tender cases")
    menu_hook = "register_tenders_menu_item"
    menu_order = 10
    menu_item_class = ManagersMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """List, case, notice, and the form of a notice."""
        return [
            path("", CaseListView.as_view(), name="index"),
            path("new/", NewNoticeView.as_view(), name="new"),
            path("<int:pk>/", CaseScreen.as_view(), name="case"),
            path("<int:pk>/notices/new/", NewNoticeView.as_view(), name="add_notice"),
            path("<int:pk>/notices/<int:notice_pk>/", NoticeScreen.as_view(), name="notice"),
        ]
