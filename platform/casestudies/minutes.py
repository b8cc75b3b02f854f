"""The minutes of a meeting in the form of Taiwan's offices: 壹、時間 to 捌、散會. A draft until they are closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from common.odt import Block, Heading, Paragraph, Table
from common.rocdates import format_roc

from .enums import MeetingState
from .models import AgendaItem, Decision, MeetingMember, Opinion, ReviewMeeting
from .papers import LANGUAGE, Paper, clock_time, group_name, moment, ordinal, paper_of_json
from .reviewed import ReviewedCase, agency_in_words, diagnosis_in_words, reviewed_cases


def minutes_of(meeting: ReviewMeeting) -> Paper:
    """Return the minutes as they were closed; of an open meeting the draft as it stands."""
    if meeting.state == MeetingState.CLOSED and meeting.minutes:
        return paper_of_json(meeting.minutes)
    return write(meeting)


def write(meeting: ReviewMeeting) -> Paper:
    """Write the minutes from what is recorded now; constant queries. Marked as a draft while the meeting is open."""
    with override(LANGUAGE):
        is_draft = meeting.state != MeetingState.CLOSED
        return Paper(
            title=_title(meeting),
            subtitle=_("Draft: these minutes are not closed yet.") if is_draft else "",
            blocks=list(_blocks(meeting)),
            dated=timezone.localdate(meeting.starts_at),
        )


def file_name(meeting: ReviewMeeting, file_format: str) -> str:
    """Return the name of the file: ASCII, with the meeting's day; a draft says so."""
    draft = "" if meeting.state == MeetingState.CLOSED else "-draft"
    return f"minutes-{timezone.localdate(meeting.starts_at):%Y%m%d}-{meeting.pk}{draft}.{file_format}"


def _title(meeting: ReviewMeeting) -> str:
    sentence = _("Minutes of the meeting “%(name)s” of the %(group)s")
    name = meeting.name.removesuffix("紀錄").removesuffix("會議")
    return sentence % {"name": name.strip(), "group": group_name()}


def _blocks(meeting: ReviewMeeting) -> Iterator[Block]:
    places = list(meeting.members.select_related("member__person").order_by("-is_chair", "is_external", "pk"))
    decisions = list(meeting.decisions.select_related("owner", "owner_person").order_by("due_on", "pk"))
    nothing = pgettext("in minutes", "None.")
    yield Heading(_section(1, _("Time"), moment(meeting.starts_at)))
    yield Heading(_section(2, _("Place"), meeting.place or "—"))
    yield Heading(_section(3, _("Chair"), _chair(places)))
    yield from _attendance(places, meeting)
    yield Heading(_section(5, _("Opening words of the chair")))
    yield Paragraph(meeting.opening or pgettext("in minutes", "(left out)"))
    yield Heading(_section(6, _("Matters discussed")))
    yield from _items(meeting, decisions)
    yield Heading(_section(7, _("Other business")))
    yield Paragraph(meeting.closing or nothing)
    yield from _decided([decision for decision in decisions if decision.item_id is None])
    ended = clock_time(meeting.ended_at) if meeting.ended_at else ""
    yield Heading(_section(8, _("Adjourned"), ended))


def _section(number: int, title: str, text: str = "") -> str:
    head = f"{ordinal(number, formal=True)}、{title}"
    return f"{head}：{text}" if text else head


def _label(title: str) -> str:
    return f"{title}："


def _chair(places: Iterable[MeetingMember]) -> str:
    """The chair where they came; else the column is left to be filled in by hand, since nobody recorded who led."""
    chair = next((place for place in places if place.is_chair and place.was_present is not False), None)
    return _called(chair) if chair is not None else "○○○"


def _called(place: MeetingMember) -> str:
    return _("Member %(name)s") % {"name": place.member.person.name}


def _attendance(places: list[MeetingMember], meeting: ReviewMeeting) -> Iterator[Block]:
    yield Heading(_section(4, _("Members present")))
    came = [place for place in places if place.was_present]
    unknown = [place for place in places if place.was_present is None]
    rows = [
        (_("Members from inside"), _names(place for place in came if not place.is_external)),
        (_("Members from outside"), _names(place for place in came if place.is_external)),
        (_("Excused"), _names(place for place in places if place.was_present is False)),
    ]
    if unknown:
        rows.append((_("Not recorded yet"), _names(unknown)))
    rows.append((_("Minutes taken by"), meeting.recorder or "—"))
    yield Table(rows=rows, widths=(1, 5), is_form=True)


def _names(places: Iterable[MeetingMember]) -> str:
    return _(", ").join(place.member.person.name for place in places) or pgettext("in minutes", "None")


def _items(meeting: ReviewMeeting, decisions: list[Decision]) -> Iterator[Block]:
    items = list(meeting.items.select_related("case__agency").order_by("order", "pk"))
    facts = reviewed_cases(item.case for item in items)
    opinions: dict[int, list[Opinion]] = defaultdict(list)
    written = Opinion.objects.filter(item__in=items).exclude(text="").select_related("member__member__person")
    for opinion in written.order_by("-member__is_chair", "member__is_external", "member_id"):
        opinions[opinion.item_id].append(opinion)
    if not items:
        yield Paragraph(pgettext("in minutes", "None."))
    for number, item in enumerate(items, start=1):
        yield Heading(_matter(number, item), level=3)
        yield from _explanation(item, facts[item.case_id])
        yield from _opinions(opinions[item.pk])
        yield Heading(_label(_("Conclusion")), level=3)
        yield Paragraph(item.conclusion or pgettext("in minutes", "(no conclusion yet)"))
        yield from _decided([decision for decision in decisions if decision.item_id == item.pk])


def _matter(number: int, item: AgendaItem) -> str:
    sentence = _("Matter %(ordinal)s: “%(title)s” of %(agency)s (case %(number)s): why it failed, and what to do")
    return sentence % {
        "ordinal": ordinal(number), "title": item.case.title, "agency": agency_in_words(item.case),
        "number": item.case.number,
    }  # fmt: skip


def _explanation(item: AgendaItem, facts: ReviewedCase) -> Iterator[Block]:
    yield Heading(_label(_("Explanation")), level=3)
    yield Paragraph(item.summary or "—")
    if facts.notices:
        rows = [
            (
                format_roc(notice.published_on),
                notice.printed_type,
                notice.reason or (f"NT${notice.budget:,}" if notice.budget is not None else "—"),
            )
            for notice in facts.notices
        ]
        yield Table(
            caption=_("Notices"), headings=(_("published on"), _("notice"), _("reason or budget as printed")),
            rows=rows, widths=(2, 2, 4),
        )  # fmt: skip
    diagnosis = diagnosis_in_words(facts.diagnosis)
    if diagnosis not in item.summary:  # a proposed summary says it already
        yield Paragraph(diagnosis)


def _opinions(opinions: list[Opinion]) -> Iterator[Block]:
    yield Heading(_label(_("Opinions of the members")), level=3)
    if not opinions:
        yield Paragraph(pgettext("in minutes", "None."))
    for number, opinion in enumerate(opinions, start=1):
        yield Paragraph(f"（{ordinal(number)}）{_called(opinion.member)}：{opinion.text}")


def _decided(decisions: list[Decision]) -> Iterator[Block]:
    if not decisions:
        return
    yield Table(
        caption=_("Decisions"),
        headings=(_("No."), _("decision"), _("agency that does it"), _("due on")),
        rows=[
            (ordinal(number), decision.text, _owner(decision), format_roc(decision.due_on))
            for number, decision in enumerate(decisions, start=1)
        ],
        widths=(0.85, 4.1, 2.2, 2.2),
    )


def _owner(decision: Decision) -> str:
    person = f"\n{decision.owner_person.name}" if decision.owner_person is not None else ""
    return f"{decision.owner.name}{person}"
