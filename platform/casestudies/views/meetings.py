"""Members' pages: their meetings, the agenda, one case and their opinion on it. Phone first.

Who was not invited, and before a meeting is convened, finds nothing: 404, so that not even its existence is told.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import signed_in
from common.errors import DomainError
from common.templatetags.common_tags import clock

from ..case_facts import case_facts
from ..enums import MeetingState
from ..meeting_forms import OpinionForm
from ..models import AgendaItem, MeetingMember, Opinion, ReviewMeeting
from ..permissions import (
    can_read_opinions,
    can_view_meeting,
    can_view_minutes,
    can_write_opinion,
    member_of,
    place_at,
)
from ..reviewed import opinions_of
from ..services import opinions
from .papers import minutes_response

PER_PAGE = 20
_REMEMBERED = 60 * 60 * 12
"""Seconds for which a page may save again over its own words of which it never heard: a long day at work."""


@require_safe
def my_meetings(request: HttpRequest) -> HttpResponse:
    """List the reader's meetings: the open ones first, then those whose minutes are closed."""
    member = member_of(request.user)
    if member is None:
        raise PermissionDenied
    written = Count("opinions", filter=~Q(opinions__text=""))
    places = (
        MeetingMember.objects.filter(member=member)
        .exclude(meeting__state=MeetingState.PLANNED)
        .select_related("meeting")
        .defer("meeting__minutes")
        .annotate(written=written)
    )
    still_open = list(places.filter(meeting__state=MeetingState.CONVENED).order_by("meeting__starts_at", "pk"))
    counts = dict(
        AgendaItem.objects.filter(meeting__in=[place.meeting_id for place in still_open])
        .order_by()
        .values_list("meeting")
        .annotate(Count("pk"))
    )
    closed = places.filter(meeting__state=MeetingState.CLOSED).order_by("-meeting__starts_at", "-pk")
    context = {
        "open": [(place, counts.get(place.meeting_id, 0)) for place in still_open],
        "page_obj": Paginator(closed, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "casestudies/my_meetings.html", context)


@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting with its agenda, and what the reader has written of it."""
    shown = _meeting_or_404(request, pk)
    place = place_at(request.user, shown)
    mine = Opinion.objects.filter(item=OuterRef("pk"), member=place).exclude(text="")
    items = list(
        shown.items.select_related("case__agency").annotate(has_mine=Exists(mine)).order_by("order", "pk")
    )  # fmt: skip
    missing = [item for item in items if not item.has_mine]
    is_open = shown.state == MeetingState.CONVENED
    context = {
        "meeting": shown,
        "items": items,
        "place": place,
        "is_open": is_open,
        "next_item": missing[0] if missing and place is not None and is_open else None,
        "missing": len(missing),
        "places": shown.members.select_related("member__person").order_by("-is_chair", "is_external", "pk"),
        "has_minutes": can_view_minutes(request.user, shown),
    }
    return render(request, "casestudies/meeting.html", context)


@require_safe
def meeting_minutes(request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
    """Return the minutes as a file: to members once they are closed."""
    shown = _meeting_or_404(request, pk)
    if not can_view_minutes(request.user, shown):
        raise Http404
    return minutes_response(shown, file_format)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Show one case with what is known of it; POST saves the reader's opinion.

    Asked for JSON, a POST answers 200, 403 (signed out, or the role is gone), 409 (written on another device
    meanwhile; what stands there comes with it), 422 (refused) or 503 (try again).
    """
    shown = _meeting_or_404(request, pk)
    items = AgendaItem.objects.select_related("meeting", "case__agency", "case__follows")
    found = items.filter(pk=item_pk, meeting=shown).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        return _write(request, found)
    return _show_item(request, found)


def _write(request: HttpRequest, found: AgendaItem) -> HttpResponse:
    place = place_at(request.user, found.meeting)
    if place is None:
        raise PermissionDenied
    form = OpinionForm(request.POST)
    form.is_valid()
    try:
        saved = _save(request, found, place, form)
    except opinions.StaleOpinionError as refusal:
        return _refuse_stale(request, found, form, refusal)
    except DomainError as refusal:
        if _wants_json(request):
            status = 503 if refusal.code == "try_again" else 422
            return JsonResponse({"reason": refusal.code, "message": str(refusal)}, status=status)
        form.add_error("text", str(refusal))
        return _show_item(request, found, form=form, status=422)
    if _wants_json(request):
        at = f"{timezone.localtime():%H:%M:%S}"
        return JsonResponse({"version": saved.lock_version, "at": at, "blank": not saved.text})
    messages.success(request, _("Your opinion is saved."))
    after = found.meeting.items.filter(order__gt=found.order).order_by("order", "pk").first()
    if request.POST.get("deed") == "next" and after is not None:
        return redirect("casestudies:item", found.meeting_id, after.pk)
    return redirect(f"{request.path}#opinion")


def _save(request: HttpRequest, found: AgendaItem, place: MeetingMember, form: OpinionForm) -> Opinion:
    """Save; over words that this very page has saved without hearing of it, too: the connection broke in between."""
    data = form.cleaned_data
    text, version, screen = data.get("text", ""), data.get("version") or 0, data.get("screen", "")
    key = f"casestudies:opinion-screen:{found.pk}:{place.pk}"
    by = signed_in(request)
    try:
        saved = opinions.write_opinion(item=found, place=place, text=text, version=version, by=by)
    except opinions.StaleOpinionError as refusal:
        if not screen or cache.get(key) != screen:
            raise
        newest = refusal.opinion.lock_version
        saved = opinions.write_opinion(item=found, place=place, text=text, version=newest, by=by)
    if screen:
        cache.set(key, screen, _REMEMBERED)
    return saved


def _refuse_stale(
    request: HttpRequest, found: AgendaItem, form: OpinionForm, refusal: opinions.StaleOpinionError
) -> HttpResponse:
    """Show what stands there beside what was typed; a second press of the button means it."""
    theirs = refusal.opinion
    if _wants_json(request):
        answer = {
            "reason": refusal.code,
            "message": str(refusal),
            "version": theirs.lock_version,
            "theirs": theirs.text,
            "at": clock(theirs.changed_at),
        }
        return JsonResponse(answer, status=409)
    form.data = {**request.POST.dict(), "version": str(theirs.lock_version)}
    return _show_item(request, found, form=form, theirs=theirs, status=409)


def _show_item(
    request: HttpRequest,
    found: AgendaItem,
    *,
    form: OpinionForm | None = None,
    theirs: Opinion | None = None,
    status: int = 200,
) -> HttpResponse:
    place = place_at(request.user, found.meeting)
    mine = Opinion.objects.filter(item=found, member=place).first() if place is not None else None
    keys = list(found.meeting.items.order_by("order", "pk").values_list("pk", flat=True))
    number = keys.index(found.pk)
    may_read = can_read_opinions(request.user, found)
    written = list(opinions_of(found)) if may_read else []
    context: dict[str, Any] = {
        "item": found,
        "meeting": found.meeting,
        "facts": case_facts(found.case, request.user),
        "place": place,
        "mine": mine,
        "theirs": theirs,
        "form": form or _form_of(mine),
        "may_write": can_write_opinion(request.user, found),
        "may_read": may_read,
        "others": [opinion for opinion in written if place is None or opinion.member_id != place.pk],
        "number": number + 1,
        "count": len(keys),
        "before": keys[number - 1] if number else None,
        "after": keys[number + 1] if number + 1 < len(keys) else None,
        "longest": opinions.LONGEST,
        "is_closed": found.meeting.state == MeetingState.CLOSED,
        "decisions": found.decisions.select_related("owner").order_by("due_on", "pk"),
    }
    return render(request, "casestudies/meeting_item.html", context, status=status)


def _form_of(mine: Opinion | None) -> OpinionForm:
    version, text = (mine.lock_version, mine.text) if mine is not None else (0, "")
    return OpinionForm(initial={"version": version, "text": text, "screen": uuid.uuid4()})


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _meeting_or_404(request: HttpRequest, pk: int) -> ReviewMeeting:
    found = ReviewMeeting.objects.filter(pk=pk).first()
    if found is None or not can_view_meeting(request.user, found):
        raise Http404
    return found
