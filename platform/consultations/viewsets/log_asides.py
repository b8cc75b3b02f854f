"""What the officer's screen asks while it is open: who writes, what is alike, who calls from an agency."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.permissions import signed_in
from common.templatetags.common_tags import clock

from ..case_form import typed_values
from ..models import Consultation
from ..naming import articles_by_ids, articles_in, parse_articles, short_label
from ..permissions import can_log_consultations
from ..selectors import agency_typed, callers_known, holder_of
from ..services import log
from ..suggestions import similar_cases


class OfficerMixin:
    """For those who write cases. Raises PermissionDenied for everybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else."""
        if not can_log_consultations(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of the view
        return response


def shown_cases() -> Any:
    """Return cases with what the screen shows of one."""
    return Consultation.objects.select_related(
        "agency", "caller", "subject", "error_pattern", "officer__person", "held_by__person", "asked_by"
    )


def entry_urls(case: Consultation | None) -> dict[str, str]:
    """Return the addresses that the screen asks."""
    if case is None:
        return {"save": reverse("consultations_log:new")}
    names = {"save": "edit", "hold": "hold", "release": "release", "take_over": "take_over"}
    return {name: reverse(f"consultations_log:{view}", args=[case.pk]) for name, view in names.items()}


def standing(case: Consultation) -> dict[str, Any]:
    """Return how a case stands, for the screen of somebody who may be writing it."""
    holder = holder_of(case)
    return {
        "by": str(holder or ""),
        "since": clock(case.held_since) if holder else "",
        "state": case.state,
        "pk": case.pk,
        "version": case.lock_version,
        "theirs": typed_values(case),
        "urls": entry_urls(case),
    }


class HoldView(OfficerMixin, View):
    """The sign of life of an open screen, every 20 seconds. With `look`, only asks who writes."""

    def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Hold the case, or tell who does."""
        by = signed_in(request)
        case = Consultation.objects.filter(pk=pk).first()
        if case is None:
            return JsonResponse({"reason": "gone", "message": _("This entry was discarded.")}, status=410)
        is_looking = bool(request.POST.get("look"))
        is_held = holder_of(case) in (None, by) if is_looking else log.hold(consultation=case, by=by)
        return JsonResponse({"held": is_held, **standing(shown_cases().get(pk=pk))})


class ReleaseView(OfficerMixin, View):
    """The screen was left."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let go of the case."""
        log.release(consultation=Consultation(pk=pk), by=signed_in(request))
        return HttpResponse(status=204)


class TakeOverView(OfficerMixin, View):
    """Write in a case that somebody else has open."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hold it from now on."""
        case = get_object_or_404(Consultation, pk=pk)
        log.take_over(consultation=case, by=signed_in(request))
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"held": True, **standing(shown_cases().get(pk=pk))})
        return redirect("consultations_log:edit", pk)


class BesideView(OfficerMixin, View):
    """What helps: answered cases like this one, and the articles that are named. By POST: the words are a caller's."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Return a fragment of HTML."""
        question, answer = request.POST.get("question", ""), request.POST.get("answer", "")
        named = parse_articles(request.POST.get("articles_named", "")).article_ids
        key = request.POST.get("case", "")
        mentioned = articles_in(f"{question}\n{answer}")
        return render(
            request,
            "consultations/backoffice/beside.html",
            {
                "suggestions": similar_cases(question, exclude=int(key) if key.isdigit() else None),
                "articles": [
                    {"article": article, "label": short_label(article), "is_named": article.pk in named}
                    for article in {a.pk: a for a in [*mentioned, *articles_by_ids(named)]}.values()
                ],
                "is_blank": not question.strip(),
            },
        )


class CallersView(OfficerMixin, View):
    """The people whom the records know at an agency."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return their names and job titles."""
        agency = agency_typed(request.GET.get("agency", ""))
        people = callers_known(agency) if agency else []
        return JsonResponse({"callers": [{"name": person.name, "title": person.job_title} for person in people]})
