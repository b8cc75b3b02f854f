"""What waits, under /cms/tenders/waiting/: one page with four lists, each with its count and its own pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from accounts.models import Agency
from accounts.permissions import signed_in
from common.errors import DomainError

from ..case_forms import FailureForm
from ..enums import Failure, NoticeKind
from ..models import TenderCase, TenderNotice
from ..services import matching
from ..services import notices as notice_services
from ..waiting import (
    awards_without_tender,
    differing_bands,
    notices_alike,
    similar_agencies,
    undecided_notices,
    unknown_agencies,
)
from ..waiting_forms import AgencyMatchForm
from .cases import CasesMixin, ManagersMenuItem

PER_PAGE = 10
MOST_AT_ONCE = 200
"""Notices of the same words that one decision speaks for; the rest is a rule's work."""


@dataclass(frozen=True)
class WaitingList:
    """One of the lists: a page of it, and the addresses of the pages beside it, which keep the others' pages."""

    key: str
    page: Page[Any]
    previous: str
    following: str


class WaitingView(CasesMixin, TemplateView):
    """The four lists. POST matches an agency or decides a reason; what is refused stands there as it was typed."""

    template_name = "casestudies/backoffice/waiting.html"
    page_title = gettext_lazy("Waiting for a person")
    header_icon = "time"
    must_manage = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to itself."""
        return [*self.breadcrumbs_items, {"url": reverse("casestudies_waiting:index"), "label": self.page_title}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Match or decide, and come back to the same pages of the lists."""
        deed = self._match if request.POST.get("deed") == "match" else self._decide
        refused = deed(request)
        if refused is None:
            return redirect(f"{reverse('casestudies_waiting:index')}?{request.GET.urlencode()}")
        messages.error(request, _("Nothing was saved yet: see what is marked below."))
        return self.render_to_response(self.get_context_data(**refused), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the four lists; a refused form takes the place of an empty one."""
        agencies = self._list("agencies", unknown_agencies())
        reasons = self._list("reasons", undecided_notices())
        refused_match: AgencyMatchForm | None = kwargs.pop("match_form", None)
        refused_failure: FailureForm | None = kwargs.pop("failure_form", None)
        return super().get_context_data(
            agencies=agencies,
            matches=self._matches(list(agencies.page), refused_match),
            agency_names=Agency.objects.filter(ceased_on__isnull=True).values_list("name", flat=True),
            reasons=reasons,
            decisions=[_decision(notice, refused_failure) for notice in reasons.page],
            bands=self._list("bands", differing_bands()),
            awards=self._list("awards", awards_without_tender()),
            **kwargs,
        )

    def _list(self, key: str, rows: QuerySet[Any, Any]) -> WaitingList:
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get(key))

        def address(number: int) -> str:
            query = self.request.GET.copy()
            query[key] = str(number)
            return f"?{query.urlencode()}#{key}"

        return WaitingList(
            key,
            page,
            address(page.previous_page_number()) if page.has_previous() else "",
            address(page.next_page_number()) if page.has_next() else "",
        )

    @staticmethod
    def _matches(rows: Sequence[dict[str, Any]], refused: AgencyMatchForm | None) -> list[dict[str, Any]]:
        suggestions = similar_agencies(row["agency_name"] for row in rows) if rows else {}
        return [
            {
                **row,
                "form": refused
                if refused is not None and refused.case_id == row["first"]
                else AgencyMatchForm(case_id=row["first"], suggestions=suggestions[row["agency_name"]]),
            }
            for row in rows
        ]

    def _match(self, request: HttpRequest) -> dict[str, Any] | None:
        case = get_object_or_404(TenderCase, pk=_number(request.POST.get("case")))
        suggestions = similar_agencies([case.agency_name])[case.agency_name]
        form = AgencyMatchForm(request.POST, case_id=case.pk, suggestions=suggestions)
        if not form.is_valid():
            return {"match_form": form}
        try:
            count = matching.match_agency(
                case=case, agency=form.agency, is_reference=form.is_reference, by=signed_in(request)
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return {"match_form": form}
        words = ngettext(
            "%(count)d case of “%(printed)s” is now: %(whose)s.",
            "%(count)d cases of “%(printed)s” are now: %(whose)s.",
            count,
        )
        whose = form.agency or _("not the city’s: a reference")
        messages.success(request, words % {"count": count, "printed": case.agency_name, "whose": whose})
        return None

    def _decide(self, request: HttpRequest) -> dict[str, Any] | None:
        failed = TenderNotice.objects.filter(kind=NoticeKind.FAILED).defer("raw")
        notice = get_object_or_404(failed, pk=_number(request.POST.get("notice")))
        form = FailureForm(request.POST, notice=notice)
        if not form.is_valid():
            return {"failure_form": form}
        wanted = notices_alike(notice) if "alike" in request.POST else TenderNotice.objects.filter(pk=notice.pk)
        failure, by = Failure(form.cleaned_data["failure"]), signed_in(request)
        with transaction.atomic():
            decided = list(wanted.defer("raw").select_related("case").order_by("pk")[:MOST_AT_ONCE])
            for each in decided:
                notice_services.decide_failure(notice=each, failure=failure, by=by)
        words = ngettext(
            "%(count)d notice is decided: %(failure)s.", "%(count)d notices are decided: %(failure)s.", len(decided)
        )
        messages.success(request, words % {"count": len(decided), "failure": failure.label})
        return None


def _decision(notice: TenderNotice, refused: FailureForm | None) -> FailureForm:
    return refused if refused is not None and refused.notice == notice else FailureForm(notice=notice)


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isdecimal() else 0


class WaitingViewSet(ViewSet):
    """The one page."""

    name = "casestudies_waiting"
    url_prefix = "tenders/waiting"
    icon = "time"
    menu_label = gettext_lazy("Waiting for a person")
    menu_hook = "register_tenders_menu_item"
    menu_order = 30
    menu_item_class = ManagersMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The page."""
        return [path("", WaitingView.as_view(), name="index")]
