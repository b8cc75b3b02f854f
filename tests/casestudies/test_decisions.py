"""Decisions: carried out by their agency, reminded of once a day, reported to the quality committee."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from casestudies.decisions import counts, decisions_listed
from casestudies.enums import Dimension, MeetingState
from casestudies.models import Decision
from casestudies.quarterly import quarter_of, quarterly_report, write
from casestudies.services import decisions
from casestudies.services.reminders import last_reminder_due, remind_decisions
from common.errors import DomainError
from common.officecalendar import set_office_day
from notifications.models import Message
from tests.casestudies.review import contact_user, meeting_with
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.casestudies import (
    DecisionFactory,
    ListingFactory,
    ReviewMeetingFactory,
    TaxonomyEditionFactory,
    TaxonomyEntryFactory,
)
from website.services import ensure_site

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime.date(2026, 7, 8)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _site():
    ensure_site()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def decision_of(agency, due_on=WEDNESDAY, **values):
    return DecisionFactory(owner=agency, due_on=due_on, **values)


# --- following up -------------------------------------------------------------------------------


def test_a_contact_reports_what_their_own_agency_has_done_and_nobody_elses():
    agency, other = AgencyFactory(), AgencyFactory()
    mine, theirs = decision_of(agency), decision_of(other)
    client = signed_in(contact_user(agency))
    listed = client.get(reverse("casestudies:decisions")).content.decode()
    assert (mine.text in listed, theirs.text in listed) == (True, False)
    sent = {"done_note": "已重新訪價，函送備查。", "done_on": timezone.localdate().isoformat()}
    assert client.get(reverse("casestudies:decision", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("casestudies:decision", args=[theirs.pk]), sent).status_code == 404
    assert client.post(reverse("casestudies:decision", args=[mine.pk]), sent).status_code == 302
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.done_note, mine.done_on, theirs.done_on) == (sent["done_note"], timezone.localdate(), None)


def test_nobody_of_an_agency_sees_a_decision_before_the_minutes_are_closed():
    agency = AgencyFactory()
    decision = decision_of(agency, meeting=ReviewMeetingFactory(state=MeetingState.CONVENED))
    client = signed_in(contact_user(agency))
    assert decision.text not in client.get(reverse("casestudies:decisions")).content.decode()
    assert client.get(reverse("casestudies:decision", args=[decision.pk])).status_code == 404
    assert list(decisions_listed("open")) == []


def test_only_contacts_of_a_confirmed_agency_have_the_page():
    agency = AgencyFactory()
    decision = decision_of(agency)
    unconfirmed = PersonFactory(agency=agency, agency_confirmed_at=None)
    for user in (
        UserFactory(person=unconfirmed, roles=[Role.AGENCY_CONTACT]),
        UserFactory(person=PersonFactory(agency=agency), roles=[Role.TRAINEE]),
    ):
        client = signed_in(user)
        assert client.get(reverse("casestudies:decisions")).status_code == 403
        assert client.get(reverse("casestudies:decision", args=[decision.pk])).status_code == 403


def test_what_was_typed_is_still_there_when_a_report_is_refused():
    agency = AgencyFactory()
    decision = decision_of(agency)
    client, url = signed_in(contact_user(agency)), reverse("casestudies:decision", args=[decision.pk])
    tomorrow = (timezone.localdate() + DAY).isoformat()
    page = client.post(url, {"done_note": "已辦理完成", "done_on": tomorrow})
    assert (page.status_code, "已辦理完成" in page.content.decode()) == (422, True)
    assert client.post(url, {"done_note": "", "done_on": tomorrow}).status_code == 422
    assert client.post(url, {"done_note": "已辦理完成", "done_on": "115/13/45"}).status_code == 422
    assert Decision.objects.get().done_on is None


def test_a_decision_is_done_once_and_can_be_opened_again_with_its_words():
    decision, by = DecisionFactory(), UserFactory(roles=[Role.ADMINISTRATOR])
    arguments = {"decision": decision, "done_on": timezone.localdate(), "by": by}
    decisions.finish_decision(**arguments, done_note="已辦")
    decisions.finish_decision(**arguments, done_note="已辦")
    with pytest.raises(DomainError) as refusal:
        decisions.finish_decision(**arguments, done_note="別的說法")
    assert refusal.value.code == "done"
    decisions.reopen_decision(decision=decision, by=by)
    decision.refresh_from_db()
    assert (decision.done_on, decision.done_note) == (None, "已辦")


def test_open_overdue_and_done_are_told_apart():
    today = timezone.localdate()
    agency = AgencyFactory()
    late, soon = decision_of(agency, today - DAY), decision_of(agency, today)
    done = decision_of(agency, today - DAY, done_on=today, done_note="已辦")
    decision_of(AgencyFactory(), today)
    assert counts(owner=agency) == {"open": 2, "overdue": 1, "done": 1}
    assert list(decisions_listed("overdue")) == [late]
    assert list(decisions_listed("open", owner=agency)) == [late, soon]
    assert list(decisions_listed("done")) == [done]


# --- reminders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "reminded"), [(-8, None), (-7, -7), (-3, -7), (-1, -1), (0, -1), (1, 1), (7, 1), (8, 8), (20, 15)]
)
def test_a_decision_is_reminded_of_a_week_and_a_day_before_its_day_and_weekly_after_it(days, reminded):
    expected = None if reminded is None else WEDNESDAY + reminded * DAY
    assert last_reminder_due(WEDNESDAY, WEDNESDAY + days * DAY) == expected


def test_an_agency_gets_one_message_with_its_decisions_once_a_day():
    agency, other = AgencyFactory(), AgencyFactory()
    contact, _their_contact = contact_user(agency), contact_user(other)
    soon, overdue = decision_of(agency, WEDNESDAY + DAY), decision_of(agency, WEDNESDAY - DAY)
    later = decision_of(agency, WEDNESDAY + 20 * DAY)
    done = decision_of(agency, WEDNESDAY, done_on=WEDNESDAY, done_note="已辦")
    not_closed = decision_of(agency, WEDNESDAY, meeting=ReviewMeetingFactory(state=MeetingState.CONVENED))
    assert remind_decisions(today=WEDNESDAY) == 2
    assert remind_decisions(today=WEDNESDAY) == 0
    assert remind_decisions(today=WEDNESDAY + DAY) == 0
    message = Message.objects.get()
    assert (message.kind, message.to) == ("casestudies.decisions_reminded", contact.person.email)
    shown = [row.text in message.text for row in (soon, overdue, later, done, not_closed)]
    assert shown == [True, True, False, False, False]
    assert reverse("casestudies:decisions") in message.text


def test_what_falls_on_a_day_off_is_reminded_of_on_the_next_working_day():
    agency = AgencyFactory()
    contact_user(agency)
    decision_of(agency, WEDNESDAY + DAY)
    set_office_day(day=WEDNESDAY, is_working=False, name="颱風停班", by=None)
    assert remind_decisions(today=WEDNESDAY) == 0
    assert remind_decisions(today=WEDNESDAY + DAY) == 1


def test_a_decision_that_nobody_can_be_reminded_of_waits_until_somebody_can():
    agency = AgencyFactory()
    decision = decision_of(agency, WEDNESDAY)
    assert remind_decisions(today=WEDNESDAY) == 0
    assert Decision.objects.get(pk=decision.pk).reminded_on is None
    decision.owner_person = PersonFactory()
    decision.save()
    assert remind_decisions(today=WEDNESDAY) == 1
    message = Message.objects.get()
    assert (message.to, reverse("casestudies:decisions") in message.text) == (decision.owner_person.email, False)


# --- the quarter --------------------------------------------------------------------------------


def test_the_quarterly_report_counts_the_quarter_and_nothing_else(django_assert_max_num_queries):
    today = datetime.date(2026, 6, 30)
    edition = TaxonomyEditionFactory()
    cause = TaxonomyEntryFactory(edition=edition, name="預算偏低", dimension=Dimension.CAUSE)
    entries = {name: TaxonomyEntryFactory(edition=edition, dimension=name) for name in ("category", "stage", "pattern")}
    inside = ListingFactory(listed_on=datetime.date(2026, 4, 20))
    inside.case.diagnoses.create(
        edition=edition, cause=cause, explanation="單價", diagnosed_on=datetime.date(2026, 5, 2), **entries
    )
    ListingFactory(listed_on=datetime.date(2026, 3, 31))
    ListingFactory(listed_on=datetime.date(2026, 7, 1))
    inside.case.awarded_on, inside.case.award_amount = datetime.date(2026, 6, 1), 6_100_000
    inside.case.change_before_award = "調高預算"
    inside.case.save()
    at = timezone.make_aware(datetime.datetime.combine(datetime.date(2026, 5, 6), datetime.time(10)))
    meeting = ReviewMeetingFactory(state=MeetingState.CLOSED, starts_at=at)
    ReviewMeetingFactory(state=MeetingState.PLANNED, starts_at=at)
    made = DecisionFactory(meeting=meeting, due_on=datetime.date(2026, 5, 20))
    done = DecisionFactory(
        meeting=meeting, due_on=datetime.date(2026, 5, 20), done_on=datetime.date(2026, 5, 18), done_note="已函送"
    )
    done_later = DecisionFactory(
        meeting=meeting, due_on=datetime.date(2026, 6, 20), done_on=datetime.date(2026, 7, 2), done_note="已辦"
    )
    with django_assert_max_num_queries(25) as few:
        report = quarterly_report(115, 2, today=today)
        paper = write(report)
    assert [row.case for row in report.listed] == [inside.case]
    assert [row.diagnosis.cause.name for row in report.listed] == ["預算偏低"]
    assert report.figures["listed"] == 1
    assert report.figures["by_cause"] == [{"code": cause.code, "name": "預算偏低", "cases": 1}]
    assert list(report.agencies) == [(inside.case.agency.name, 1)]
    assert (list(report.meetings), list(report.outcomes)) == ([meeting], [inside.case])
    assert set(report.made) == {made, done, done_later}
    assert (list(report.done), list(report.overdue)) == ([done], [made, done_later])
    assert paper.title == "臺中市政府採購流廢標督導小組 115 年第二季工作報告"
    words = str(paper.blocks)
    for expected in ("預算偏低", "調高預算", "6,100,000", "91", "已函送", "逾期未辦結", "公共工程"):
        assert expected in words + paper.subtitle
    for number in range(2):
        ListingFactory(listed_on=datetime.date(2026, 5, 1 + number))
        DecisionFactory(meeting=meeting, due_on=datetime.date(2026, 5, 20))
    with django_assert_max_num_queries(len(few)):
        write(quarterly_report(115, 2, today=today))


def test_a_quarter_is_told_by_its_day():
    assert [quarter_of(datetime.date(2026, month, 1)) for month in (1, 3, 4, 12)] == [
        (115, 1), (115, 1), (115, 2), (115, 4),
    ]  # fmt: skip


# --- the back office ----------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    return client


def test_a_meeting_is_led_from_the_back_office(desk):
    sent = {
        "name": "115 年第 3 次督導會議",
        "day": "115/11/20",
        "begins": "09:30",
        "place": "第一會議室",
        "recorder": "",
    }
    listing = ListingFactory()
    meeting, item, place = meeting_with()
    planned = desk.post(reverse("casestudies_meetings:new"), sent)
    assert planned.status_code == 302
    edit = planned["Location"]
    assert desk.post(edit, {"deed": "convene"}).status_code == 422
    chosen = desk.post(edit + "agenda/", {"case": [listing.case_id]})
    assert chosen["Location"] == f"{edit}#agenda"
    item_url = reverse("casestudies_meetings:item", args=[meeting.pk, item.pk])
    page = desk.get(item_url)
    words = {"deed": "save", "summary": "說明", "conclusion": "請調整", "seen": page.context["form"]["seen"].value()}
    assert desk.post(item_url, words).status_code == 302
    stale = desk.post(item_url, {**words, "conclusion": "另一人的話"})
    assert (stale.status_code, "另一人的話" in stale.content.decode(), "請調整" in stale.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    decided = {"deed": "decide", "new-text": "重新訪價", "new-owner": item.case.agency_id, "new-due_on": "2099-01-05"}
    assert desk.post(item_url, decided).status_code == 302
    assert desk.post(item_url, {**decided, "new-due_on": "何時"}).status_code == 422
    edit = reverse("casestudies_meetings:edit", args=[meeting.pk])
    assert desk.post(edit, {"deed": "close"}).status_code == 422
    assert desk.post(edit, {"deed": "presence", f"presence-{place.pk}": "yes"}).status_code == 302
    closed = desk.post(edit, {"deed": "close"}, follow=True).content.decode()
    assert f"請以其他方式告知：{item.case.agency}" in closed  # nobody there to write to
    meeting.refresh_from_db()
    assert (meeting.state, meeting.decisions.get().text) == (MeetingState.CLOSED, "重新訪價")
    assert desk.get(reverse("casestudies_meetings:minutes", args=[meeting.pk, "odt"])).status_code == 200


def test_lists_of_the_back_office_take_as_many_queries_for_three_rows_as_for_one(desk, django_assert_max_num_queries):
    def count(url):
        desk.get(url)
        with django_assert_max_num_queries(300) as captured:
            assert desk.get(url).status_code == 200
        return len(captured)

    meeting, _item, _place = meeting_with()
    waiting = ListingFactory()
    decision_of(AgencyFactory(), timezone.localdate() - DAY)
    names = [
        ("casestudies_meetings:index", []), ("casestudies_meetings:edit", [meeting.pk]),
        ("casestudies_meetings:agenda", [meeting.pk]), ("casestudies_committee:index", []),
        ("casestudies_decisions:index", []),
    ]  # fmt: skip
    urls = [reverse(name, args=arguments) for name, arguments in names] + [reverse("website:desk")]
    one = [count(url) for url in urls]
    for _number in range(2):
        _other, item, place = meeting_with()
        item.meeting = place.meeting = meeting
        item.save()
        place.save()
        ListingFactory(rule=waiting.rule)
        decision_of(AgencyFactory(), timezone.localdate() - DAY)
    assert [count(url) for url in urls] == one


def test_an_agency_sees_on_its_page_what_is_wanted_of_it(client):
    agency = AgencyFactory()
    mine, theirs = decision_of(agency), decision_of(AgencyFactory())
    client.force_login(contact_user(agency))
    page = client.get(reverse("accounts:my_agency")).content.decode()
    assert (mine.text in page, theirs.text in page) == (True, False)
