"""Meetings of the review group: the agenda, the steps from planned to closed, and the minutes."""

import datetime
import io
import zipfile

import pypdf
import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.enums import Role
from accounts.models import Agency
from casestudies.agenda import propose_agenda
from casestudies.enums import MeetingState
from casestudies.fingerprints import fingerprint
from casestudies.minutes import minutes_of
from casestudies.models import AgendaItem, CommitteeMember, Decision, MeetingMember, ReviewMeeting
from casestudies.papers import clock_time, ordinal, print_paper
from casestudies.permissions import member_of
from casestudies.services import agenda, committee, decisions, meetings, opinions
from common.errors import DomainError
from common.odt import Heading, Paragraph, Table
from notifications.models import Message
from tests.casestudies.review import begun_today, hours_ago, meeting_with
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.casestudies import (
    CommitteeMemberFactory,
    DecisionFactory,
    ListingFactory,
    MeetingMemberFactory,
    ReviewMeetingFactory,
)

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def refused(code, function, **arguments):
    with pytest.raises(DomainError) as refusal:
        function(**arguments)
    assert refusal.value.code == code
    return str(refusal.value)


def planned(**values):
    values = {"name": "115 年第 1 次督導會議", "starts_at": begun_today(), "place": "第一會議室", "by": None, **values}
    return meetings.plan_meeting(**values)


# --- members ------------------------------------------------------------------------------------


def test_a_member_from_outside_needs_no_agency_and_gets_account_and_role_until_they_are_taken():
    person = PersonFactory(agency=None, agency_confirmed_at=None, name="林教授")
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    member = committee.add_member(person=person, is_external=True, organisation="某大學土木系", by=administrator)
    assert committee.add_member(person=person, by=administrator) == member
    user = committee.give_access(member=member, by=administrator)
    committee.give_access(member=member, by=administrator)
    assert (user.person, user.role_names) == (person, frozenset({Role.COMMITTEE_MEMBER.value}))
    assert member_of(user) == member
    committee.take_access(member=member, by=administrator)
    user.__dict__.pop("role_names", None)
    assert member_of(user) is None


def test_who_has_no_address_cannot_be_let_in_and_there_is_one_chair():
    member = CommitteeMemberFactory(person__email="", is_chair=True)
    refused("no_email", committee.give_access, member=member, by=UserFactory())
    words = refused("chair", committee.add_member, person=PersonFactory(), is_chair=True, by=None)
    assert member.person.name in words
    assert CommitteeMember.objects.count() == 1


# --- from planned to closed ---------------------------------------------------------------------


def test_planning_invites_the_active_members_and_nobody_is_told_before_it_is_convened():
    active, _gone = CommitteeMemberFactory(is_external=True), CommitteeMemberFactory(is_active=False)
    meeting = planned()
    assert [(place.member, place.is_external) for place in meeting.members.all()] == [(active, True)]
    refused("no_items", meetings.convene_meeting, meeting=meeting, by=None)
    agenda.put_on_agenda(meeting=meeting, cases=[ListingFactory().case], by=None)
    assert Message.objects.count() == 0
    meetings.convene_meeting(meeting=meeting, by=None)
    meetings.convene_meeting(meeting=meeting, by=None)
    message = Message.objects.get()
    assert (message.kind, message.to) == ("casestudies.meeting_convened", active.person.email)
    assert f"/review-meetings/{meeting.pk}/" in message.text
    assert "BEGIN:VEVENT" in message.attachments[0]["text"]
    refused("name", meetings.plan_meeting, name=meeting.name, starts_at=hours_ago(0), by=None)


def test_members_are_told_when_a_convened_meeting_is_moved_or_they_are_uninvited():
    meeting, _item, place = meeting_with()
    later = timezone.now() + datetime.timedelta(days=3)
    details = {"name": meeting.name, "recorder": "", "by": None}
    meetings.change_meeting(meeting=meeting, starts_at=later, place="第二會議室", **details)
    meetings.change_meeting(meeting=meeting, starts_at=later, place="第二會議室", **details)
    meetings.uninvite_member(place=place, by=None)
    kinds = list(Message.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["casestudies.meeting_moved", "casestudies.meeting_uninvited"]
    moved, gone = (
        Calendar.from_ical(message.attachments[0]["text"]).walk("VEVENT")[0]
        for message in Message.objects.order_by("pk")
    )
    assert (gone["UID"], moved["STATUS"], gone["STATUS"]) == (moved["UID"], "CONFIRMED", "CANCELLED")
    assert gone["SEQUENCE"] >= moved["SEQUENCE"]
    assert not MeetingMember.objects.exists()


def test_the_minutes_do_not_close_while_something_is_missing_and_then_nothing_changes():
    meeting, item, place = meeting_with(place="第一會議室")
    words = refused("lacking", meetings.close_meeting, meeting=meeting, by=None)
    assert item.case.number in words
    assert place.member.person.name in words
    agenda.write_item(item=item, summary=item.summary, conclusion="請調整預算。", by=None)
    decision = decisions.add_decision(meeting=meeting, item=item, text="檢討單價", owner=AgencyFactory(),
                                      due_on=TODAY + datetime.timedelta(days=30), by=None)  # fmt: skip
    meetings.record_presence(meeting=meeting, presence={place.pk: True}, by=None)
    meetings.close_meeting(meeting=meeting, by=None)
    meetings.close_meeting(meeting=meeting, by=None)
    meeting.refresh_from_db()
    assert (meeting.state, timezone.localdate(meeting.ended_at)) == (MeetingState.CLOSED, TODAY)
    item.refresh_from_db()
    for function, arguments in (
        (meetings.write_minutes, {"meeting": meeting, "opening": "", "closing": "", "ended_at": None}),
        (meetings.record_presence, {"meeting": meeting, "presence": {place.pk: False}}),
        (meetings.invite_member, {"meeting": meeting, "member": CommitteeMemberFactory()}),
        (meetings.uninvite_member, {"place": place}),
        (meetings.convene_meeting, {"meeting": meeting}),
        (agenda.write_item, {"item": item, "summary": "", "conclusion": ""}),
        (agenda.put_on_agenda, {"meeting": meeting, "cases": [ListingFactory().case]}),
        (agenda.take_off_agenda, {"item": item}),
        (agenda.move_item, {"item": item, "up": True}),
        (decisions.add_decision, {"meeting": meeting, "text": "x", "owner": decision.owner, "due_on": TODAY}),
        (decisions.remove_decision, {"decision": decision}),
        (opinions.write_opinion, {"item": item, "place": place, "text": "晚了", "version": 0}),
    ):
        refused("closed", function, by=None, **arguments)


def test_a_meeting_that_is_only_planned_concludes_nothing():
    meeting, item, _place = meeting_with(state=MeetingState.PLANNED)
    refused("not_convened", agenda.write_item, item=item, summary="", conclusion="結論", by=None)
    refused(
        "not_convened", decisions.add_decision, meeting=meeting, text="x", owner=AgencyFactory(), due_on=TODAY, by=None
    )
    refused("lacking", meetings.close_meeting, meeting=meeting, by=None)


def test_words_that_somebody_else_has_changed_are_not_overwritten_unseen():
    meeting, item, _place = meeting_with()
    seen = fingerprint(item.summary, item.conclusion)
    agenda.write_item(item=item, summary="甲寫的", conclusion="", seen=seen, by=None)
    refused("stale", agenda.write_item, item=item, summary="乙寫的", conclusion="", seen=seen, by=None)
    assert AgendaItem.objects.get(pk=item.pk).summary == "甲寫的"
    seen = fingerprint(meeting.opening, meeting.closing)
    meetings.write_minutes(meeting=meeting, opening="甲", closing="", ended_at=None, seen=seen, by=None)
    refused(
        "stale", meetings.write_minutes, meeting=meeting, opening="乙", closing="", ended_at=None, seen=seen, by=None
    )
    refused(
        "ended", meetings.write_minutes, meeting=meeting, opening="", closing="", ended_at=hours_ago(48), by=None
    )  # fmt: skip


# --- the agenda ---------------------------------------------------------------------------------


def test_the_agenda_is_made_of_open_listings_that_no_meeting_has_or_had_since_they_failed():
    waits = ListingFactory()
    ListingFactory(closed_on=TODAY, outcome="已決標")
    on_agenda, decided, failed_again = ListingFactory(), ListingFactory(), ListingFactory()
    agenda.put_on_agenda(meeting=planned(), cases=[on_agenda.case], by=None)
    closed = ReviewMeetingFactory(starts_at=hours_ago(24 * 10), state=MeetingState.CONVENED)
    agenda.put_on_agenda(meeting=closed, cases=[decided.case, failed_again.case], by=None)
    ReviewMeeting.objects.filter(pk=closed.pk).update(state=MeetingState.CLOSED)
    decided.case.last_failed_on = TODAY - datetime.timedelta(days=40)
    failed_again.case.last_failed_on = TODAY
    decided.case.save()
    failed_again.case.save()
    assert set(propose_agenda()) == {waits, failed_again}
    assert list(propose_agenda(text=waits.case.number)) == [waits]
    assert list(propose_agenda(text=waits.case.agency.name.replace("臺", "台"))) == [waits]


def test_an_item_comes_with_a_proposed_summary_and_the_order_can_be_changed():
    first, second = ListingFactory().case, ListingFactory().case
    meeting = planned()
    a, b = agenda.put_on_agenda(meeting=meeting, cases=[first, second], by=None)
    assert agenda.put_on_agenda(meeting=meeting, cases=[first], by=None) == []
    assert "首次公告，迄今 2 次無法決標" in a.summary
    assert "工程採購，公告金額以上，預算金額新臺幣 5,000,000 元。" in a.summary
    agenda.move_item(item=b, up=True, by=None)
    agenda.move_item(item=b, up=True, by=None)
    assert list(meeting.items.order_by("order").values_list("pk", flat=True)) == [b.pk, a.pk]
    agenda.take_off_agenda(item=a, by=None)
    assert list(meeting.items.values_list("pk", flat=True)) == [b.pk]


def test_no_case_stands_on_two_open_agendas_and_none_that_is_not_listed(django_assert_num_queries):
    listing = ListingFactory()
    agenda.put_on_agenda(meeting=planned(), cases=[listing.case], by=None)
    other = planned(name="另一次會議")
    words = refused("elsewhere", agenda.put_on_agenda, meeting=other, cases=[listing.case], by=None)
    assert "115 年第 1 次督導會議" in words
    case = ListingFactory().case
    case.listing.delete()
    refused("not_listed", agenda.put_on_agenda, meeting=other, cases=[case], by=None)


def test_what_somebody_wrote_is_not_taken_off_the_agenda_nor_uninvited():
    _meeting, item, place = meeting_with()
    opinions.write_opinion(item=item, place=place, text="預算偏低", version=0, by=None)
    refused("in_use", agenda.take_off_agenda, item=item, by=None)
    refused("has_opinion", meetings.uninvite_member, place=place, by=None)


# --- minutes ------------------------------------------------------------------------------------


def closed_meeting():
    chair = CommitteeMemberFactory(person__name="王召集", is_chair=True)
    meeting, item, place = meeting_with(name="115 年第 2 次督導會議", place="市政大樓 3 樓會議室", recorder="陳紀錄")
    place.delete()
    chaired = MeetingMemberFactory(meeting=meeting, member=chair, is_chair=True)
    outside = MeetingMemberFactory(meeting=meeting, member__person__name="林外聘", is_external=True)
    absent = MeetingMemberFactory(meeting=meeting, member__person__name="張請假")
    opinions.write_opinion(item=item, place=outside, text="單價低於市價。", version=0, by=None)
    agenda.write_item(item=item, summary=item.summary, conclusion="請調整預算後再行招標。", by=None)
    decisions.add_decision(meeting=meeting, item=item, text="重新訪價", owner=AgencyFactory(name="臺中市政府測試局"),
                           due_on=TODAY + datetime.timedelta(days=14), by=None)  # fmt: skip
    decisions.add_decision(meeting=meeting, text="彙整樣態", owner=AgencyFactory(name="臺中市政府秘書處"),
                           due_on=TODAY + datetime.timedelta(days=30), by=None)  # fmt: skip
    meetings.write_minutes(meeting=meeting, opening="請踴躍發言。", closing="", ended_at=None, by=None)
    presence = {chaired.pk: True, outside.pk: True, absent.pk: False}
    meetings.record_presence(meeting=meeting, presence=presence, by=None)
    return meeting, item


def words_of(paper):
    lines = [paper.title, paper.subtitle]
    for block in paper.blocks:
        if isinstance(block, Heading | Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += ["｜".join(row) for row in (block.headings, *block.rows)]
    return "\n".join(lines)


def test_minutes_have_the_eight_parts_and_say_draft_until_they_are_closed():
    meeting, item = closed_meeting()
    draft = minutes_of(meeting)
    assert draft.title == "臺中市政府採購流廢標督導小組115 年第 2 次督導會議紀錄"
    assert draft.subtitle == "（草稿：本紀錄尚未定稿）"
    sections = [block.text.split("：")[0] for block in draft.blocks if isinstance(block, Heading) and block.level == 2]
    assert sections == [
        "壹、時間",
        "貳、地點",
        "參、主持人",
        "肆、出席委員",
        "伍、主席致詞",
        "陸、討論事項",
        "柒、臨時動議",
        "捌、散會",
    ]
    meeting = meetings.close_meeting(meeting=meeting, by=None)
    paper = minutes_of(meeting)
    words = words_of(paper)
    assert paper.subtitle == ""
    for expected in (
        "參、主持人：王召集委員", "府內委員｜王召集", "府外委員｜林外聘", "請假委員｜張請假", "紀錄｜陳紀錄",
        f"「{item.case.title}」（案號 {item.case.number}）", "廢標：標價逾底價", "（一）林外聘委員：單價低於市價。",
        "請調整預算後再行招標。", "一｜重新訪價｜臺中市政府測試局｜", "一｜彙整樣態｜臺中市政府秘書處｜",
        "請踴躍發言。",
    ):  # fmt: skip
        assert expected in words
    with zipfile.ZipFile(io.BytesIO(print_paper(paper, "odt"))) as archive:
        assert "林外聘委員：單價低於市價。" in archive.read("content.xml").decode()
    pages = pypdf.PdfReader(io.BytesIO(print_paper(paper, "pdf"))).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert "捌、散會" in text
    assert "林外聘委員" in text


def test_closed_minutes_stay_as_they_were_whatever_becomes_of_names_and_cases():
    meeting, item = closed_meeting()
    meeting = meetings.close_meeting(meeting=meeting, by=None)
    before = print_paper(minutes_of(meeting), "odt")
    Agency.objects.filter(name="臺中市政府測試局").update(name="臺中市政府改名局")
    item.case.title = "改了名稱的工程"
    item.case.save()
    Decision.objects.filter(meeting=meeting).update(done_on=TODAY, done_note="已辦")
    assert print_paper(minutes_of(ReviewMeeting.objects.get(pk=meeting.pk)), "odt") == before


def test_closing_tells_the_contact_of_each_agency_what_it_has_to_do():
    meeting, _item = closed_meeting()
    for name in ("臺中市政府測試局", "臺中市政府秘書處"):
        UserFactory(person=PersonFactory(agency=Agency.objects.get(name=name)), roles=[Role.AGENCY_CONTACT])
    Message.objects.all().delete()
    meetings.close_meeting(meeting=meeting, by=None)
    told = {message.to: message.text for message in Message.objects.filter(kind="casestudies.decisions_made")}
    contacts = {user: Agency.objects.get(people__email=user).name for user in told}
    assert sorted(contacts.values()) == ["臺中市政府測試局", "臺中市政府秘書處"]
    for to, text in told.items():
        assert ("重新訪價" in text, "彙整樣態" in text) == (
            contacts[to] == "臺中市政府測試局", contacts[to] == "臺中市政府秘書處",
        )  # fmt: skip
        assert "王召集" not in text


def test_the_minutes_of_three_cases_take_as_many_queries_as_those_of_one(django_assert_max_num_queries):
    def count(meeting):
        with django_assert_max_num_queries(60) as captured:
            minutes_of(meeting)
        return len(captured)

    meeting, _item, _place = meeting_with()
    one = count(meeting)
    for _number in range(2):
        _other, item, _place = meeting_with()
        item.meeting = meeting
        item.save()
        MeetingMemberFactory(meeting=meeting)
        DecisionFactory(meeting=meeting, item=item)
    assert count(meeting) == one


@pytest.mark.parametrize(
    ("number", "plain", "formal"), [(1, "一", "壹"), (10, "十", "拾"), (12, "十二", "拾貳"), (21, "二十一", "貳拾壹")]
)
def test_ordinals_are_written_as_documents_write_them(number, plain, formal):
    assert (ordinal(number), ordinal(number, formal=True)) == (plain, formal)


def test_times_are_written_as_documents_write_them():
    at = begun_today().replace(hour=9, minute=30)
    assert clock_time(at) == "上午 9 時 30 分"
    assert clock_time(at.replace(hour=12, minute=0)) == "下午 12 時"
