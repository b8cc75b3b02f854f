"""Meetings in the back office: the list, planning, and the one screen to prepare and lead a meeting."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from accounts.permissions import signed_in
from common.errors import DomainError
from common.templatetags.common_tags import clock
from notifications.wording import without_mail

from ..agenda import items_of, meetings_listed, propose_agenda
from ..enums import MeetingState
from ..fingerprints import fingerprint
from ..meeting_forms import DecisionForm, MeetingForm, WordsForm
from ..models import AgendaItem, CommitteeMember, Decision, MeetingMember, ReviewMeeting, TenderCase
from ..services import agenda, decisions, meetings
from ..views.papers import minutes_response
from .review_screens import ReviewMenuItem, ReviewView

PER_PAGE = 50
_PRESENCE = {"yes": True, "no": False, "": None}


class MeetingListView(ReviewView, TemplateView):
    """All meetings, the newest first."""

    template_name = "casestudies/backoffice/meeting_list.html"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead to a new one."""
        return [HeaderButton(label=_("Plan a meeting"), url=reverse("casestudies_meetings:new"), icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the list."""
        page = Paginator(meetings_listed(), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page_obj=page, waiting=propose_agenda().count(), **kwargs)


class MeetingPlanView(ReviewView, FormView):
    """Plan a meeting; its members are invited at once and told once it is convened."""

    template_name = "casestudies/backoffice/meeting_form.html"
    form_class = MeetingForm
    page_subtitle = gettext_lazy("Plan a meeting")

    def form_valid(self, form: MeetingForm) -> HttpResponse:
        """Plan it, or say why not."""
        try:
            meeting = meetings.plan_meeting(**form.asked(), by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error("name" if refusal.code == "name" else None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The meeting is planned. Put cases on its agenda next."))
        return redirect("casestudies_meetings:edit", meeting.pk)


class _OneMeetingView(ReviewView):
    kwargs: dict[str, Any]

    @cached_property
    def meeting(self) -> ReviewMeeting:
        """The meeting shown."""
        return get_object_or_404(ReviewMeeting, pk=self.kwargs["pk"])

    def steps(self) -> list[dict[str, Any]]:
        """Name the meeting."""
        return [{"url": reverse("casestudies_meetings:edit", args=[self.meeting.pk]), "label": self.meeting.name}]


class MeetingDetailsView(_OneMeetingView, FormView):
    """Change name, time, place or who takes the minutes."""

    template_name = "casestudies/backoffice/meeting_form.html"
    form_class = MeetingForm
    page_subtitle = gettext_lazy("Time and place")

    def get_initial(self) -> dict[str, Any]:
        """What stands there."""
        return MeetingForm.values_of(self.meeting)

    def form_valid(self, form: MeetingForm) -> HttpResponse:
        """Save, or say why not."""
        try:
            meetings.change_meeting(meeting=self.meeting, **form.asked(), by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error("name" if refusal.code == "name" else None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect("casestudies_meetings:edit", self.meeting.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the meeting."""
        return super().get_context_data(meeting=self.meeting, **kwargs)


class MeetingView(_OneMeetingView, TemplateView):
    """Prepare and lead a meeting: agenda, members and presence, words of the minutes, closing.

    POST `deed` says what is to be done; what was typed in the same form is kept when it is refused.
    """

    template_name = "casestudies/backoffice/meeting.html"

    def get_header_title(self) -> str:
        """Name the meeting."""
        return self.meeting.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The meeting is where one is."""
        return [*ReviewView.get_breadcrumbs_items(self)[:-1], {"url": "", "label": self.meeting.name}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the button says, or say why not."""
        deeds = {
            "convene": self._convene, "close": self._close, "presence": self._presence, "invite": self._invite,
            "words": self._words, "up": self._move, "down": self._move, "remove": self._remove,
            "decide": self._decide, "strike": self._strike,
        }  # fmt: skip
        name = request.POST.get("deed", "")
        if name not in deeds:
            raise Http404
        try:
            return deeds[name]()
        except DomainError as refusal:
            return self._refuse(refusal)

    def _convene(self) -> HttpResponse:
        meetings.convene_meeting(meeting=self.meeting, by=signed_in(self.request))
        people = [place.member.person for place in self.meeting.members.select_related("member__person")]
        silent = without_mail(person for person in people if not person.email)
        return self._done(f"{_('The meeting is convened; its members have been written to.')} {silent}".strip())

    def _close(self) -> HttpResponse:
        meetings.close_meeting(meeting=self.meeting, by=signed_in(self.request))
        silent = without_mail(meetings.agencies_not_reached(self.meeting))
        told = _("The minutes are closed. The agencies have been told what they have to do.")
        return self._done(f"{told} {silent}".strip())

    def _presence(self) -> HttpResponse:
        by = signed_in(self.request)
        typed = {
            place.pk: _PRESENCE[self.request.POST[f"presence-{place.pk}"]]
            for place in self.meeting.members.all()
            if self.request.POST.get(f"presence-{place.pk}") in _PRESENCE
        }
        meetings.record_presence(meeting=self.meeting, presence=typed, by=by)
        if wanted := self.request.POST.get("uninvite"):
            place = get_object_or_404(
                MeetingMember.objects.select_related("meeting", "member__person"), pk=wanted, meeting=self.meeting
            )
            meetings.uninvite_member(place=place, by=by)
        return self._done(_("Saved."), "members")

    def _invite(self) -> HttpResponse:
        member = get_object_or_404(CommitteeMember, pk=self.request.POST.get("member") or 0)
        meetings.invite_member(meeting=self.meeting, member=member, by=signed_in(self.request))
        return self._done(_("%(name)s is invited.") % {"name": member}, "members")

    def _words(self) -> HttpResponse:
        form = WordsForm(self.request.POST)
        if not form.is_valid():
            return self._show(words_form=form)
        try:
            meetings.write_minutes(
                meeting=self.meeting,
                opening=form.cleaned_data["opening"],
                closing=form.cleaned_data["closing"],
                ended_at=form.ended_at(self.meeting),
                seen=form.cleaned_data["seen"],
                by=signed_in(self.request),
            )
        except DomainError as refusal:
            form.add_error("ended" if refusal.code == "ended" else None, str(refusal))
            # the button works on what stands there now: a second press means it
            form.data = {**self.request.POST.dict(), "seen": self._seen()}
            return self._show(words_form=form, is_stale=refusal.code == "stale")
        return self._done(_("Saved."), "words")

    def _move(self) -> HttpResponse:
        item = self._item()
        agenda.move_item(item=item, up=self.request.POST["deed"] == "up", by=signed_in(self.request))
        return redirect(f"{self.request.path}#item-{item.pk}")

    def _remove(self) -> HttpResponse:
        agenda.take_off_agenda(item=self._item(), by=signed_in(self.request))
        return self._done(_("The case is off the agenda."), "agenda")

    def _decide(self) -> HttpResponse:
        form = DecisionForm(self.request.POST, prefix="decision")
        if not form.is_valid():
            return self._show(decision_form=form)
        try:
            decisions.add_decision(meeting=self.meeting, **form.cleaned_data, by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error({"due": "due_on", "text": "text"}.get(refusal.code), str(refusal))
            return self._show(decision_form=form)
        return self._done(_("The decision is recorded."), "words")

    def _strike(self) -> HttpResponse:
        wanted = self.request.POST.get("decision", "")
        rows = Decision.objects.select_related("meeting").filter(meeting=self.meeting, item__isnull=True)
        decision = get_object_or_404(rows, pk=wanted if wanted.isdecimal() else 0)
        decisions.remove_decision(decision=decision, by=signed_in(self.request))
        return self._done(_("The decision is struck out."), "words")

    def _item(self) -> AgendaItem:
        items = AgendaItem.objects.select_related("meeting", "case")
        wanted = self.request.GET.get("item", "")  # each button has an address of its own: the deed is its value
        return get_object_or_404(items, pk=wanted if wanted.isdecimal() else 0, meeting=self.meeting)

    def _done(self, text: str, anchor: str = "") -> HttpResponse:
        messages.success(self.request, text)
        return redirect(self.request.path + (f"#{anchor}" if anchor else ""))

    def _refuse(self, refusal: DomainError) -> HttpResponse:
        messages.error(self.request, str(refusal))
        return self._show()

    def _seen(self) -> str:
        meeting = ReviewMeeting.objects.get(pk=self.meeting.pk)
        return fingerprint(meeting.opening, meeting.closing)

    def _show(self, **more: Any) -> HttpResponse:
        self.__dict__.pop("meeting", None)  # as it stands now
        return self.render_to_response(self.get_context_data(**more), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the agenda, the members with how much they have written, and what is still to do."""
        meeting = self.meeting
        written = Count("opinions", filter=~Q(opinions__text=""))
        places = list(meeting.members.select_related("member__person__agency").annotate(written=written))
        places.sort(key=lambda place: (not place.is_chair, place.is_external, place.pk))
        invited = {place.member_id for place in places}
        others = CommitteeMember.objects.filter(is_active=True).exclude(pk__in=invited).select_related("person")
        items = list(items_of(meeting))
        kwargs.setdefault("words_form", self._words_form())
        kwargs.setdefault("decision_form", DecisionForm(prefix="decision"))
        general = meeting.decisions.filter(item__isnull=True).select_related("owner", "owner_person", "meeting")
        return super().get_context_data(
            meeting=meeting,
            is_open=meeting.state != MeetingState.CLOSED,
            items=items,
            places=places,
            others=others,
            general_decisions=general.order_by("due_on", "pk"),
            written=sum(place.written for place in places),
            expected=len(items) * len(places),
            lacks=meetings.lacks_for_closing(meeting) if meeting.state == MeetingState.CONVENED else [],
            may_begin=meeting.starts_at <= timezone.now(),
            **kwargs,
        )

    def _words_form(self) -> WordsForm:
        meeting = self.meeting
        return WordsForm(
            initial={
                "seen": fingerprint(meeting.opening, meeting.closing),
                "opening": meeting.opening,
                "closing": meeting.closing,
                "ended": clock(meeting.ended_at),
            }
        )


class AgendaView(_OneMeetingView, TemplateView):
    """Choose from the listed cases that wait for a meeting; POST puts the chosen ones on the agenda."""

    template_name = "casestudies/backoffice/meeting_agenda.html"
    page_subtitle = gettext_lazy("Put cases on the agenda")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Put them on, or say why not."""
        wanted = [key for key in request.POST.getlist("case") if key.isdecimal()]
        cases = list(TenderCase.objects.filter(pk__in=wanted).order_by("listing__listed_on", "pk"))
        if not cases:
            messages.error(request, _("Choose at least one case."))
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            items = agenda.put_on_agenda(meeting=self.meeting, cases=cases, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(chosen=set(wanted)), status=422)
        text = ngettext("%(count)d case was put on the agenda.", "%(count)d cases were put on the agenda.", len(items))
        messages.success(request, text % {"count": len(items)})
        return redirect(reverse("casestudies_meetings:edit", args=[self.meeting.pk]) + "#agenda")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what waits, narrowed by the words searched for."""
        text = self.request.GET.get("q", "").strip()[:100]
        page = Paginator(propose_agenda(text=text), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(meeting=self.meeting, page_obj=page, text=text, **kwargs)


class MinutesView(_OneMeetingView, View):
    """The minutes as a file; of an open meeting the draft."""

    def get(self, request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
        """Return the file."""
        return minutes_response(self.meeting, file_format)


class MeetingViewSet(ViewSet):
    """Meetings, their agenda and their minutes."""

    name = "casestudies_meetings"
    url_prefix = "tenders/meetings"
    icon = "group"
    menu_label = gettext_lazy("Meetings")
    menu_name = "review-meetings"
    menu_hook = "register_tenders_menu_item"
    menu_order = 60
    menu_item_class = ReviewMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, one meeting and its parts."""
        from .meeting_items import ItemView

        return [
            path("", MeetingListView.as_view(), name="index"),
            path("new/", MeetingPlanView.as_view(), name="new"),
            path("<int:pk>/", MeetingView.as_view(), name="edit"),
            path("<int:pk>/details/", MeetingDetailsView.as_view(), name="details"),
            path("<int:pk>/agenda/", AgendaView.as_view(), name="agenda"),
            path("<int:pk>/items/<int:item_pk>/", ItemView.as_view(), name="item"),
            path("<int:pk>/minutes.<str:file_format>", MinutesView.as_view(), name="minutes"),
        ]
