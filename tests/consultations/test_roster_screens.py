"""The screens of the roster, as officers and administrators use them."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from common.models import OfficeDay
from common.officecalendar import set_office_day
from consultations.enums import ShiftPart, SwapState
from consultations.models import Consultation, DutyShift, HotlineOfficer, ShiftSwap
from consultations.month import month_grid
from consultations.panels import duty_context, roster_context
from consultations.services.swaps import propose_swap
from qualifications.enums import QualificationState
from tests.factories.accounts import UserFactory
from tests.factories.consultations import ConsultationFactory, HotlineOfficerFactory, QualificationRecordFactory

pytestmark = pytest.mark.django_db

MONTH = datetime.date(2026, 7, 1)
NOON = timezone.make_aware(datetime.datetime.combine(MONTH.replace(day=8), datetime.time(12, 30)))


@pytest.fixture
def officer(client):
    """An officer, signed in."""
    row = HotlineOfficerFactory()
    row.account = UserFactory(person=row.person, roles=[Role.HOTLINE_OFFICER])
    client.force_login(row.account)
    return row


@pytest.fixture
def administrator(client):
    user = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(user)
    return user


def next_monday(days=0):
    today = timezone.localdate()
    return today + datetime.timedelta(days=7 - today.weekday() + days)


def shift_of(officer, days=0, part=ShiftPart.MORNING):
    return DutyShift.objects.create(day=next_monday(days), part=part, officer=officer)


# --- the month ----------------------------------------------------------------------------------


def test_a_month_says_who_is_on_duty_and_what_is_wrong():
    mine, other = HotlineOfficerFactory(), HotlineOfficerFactory()
    other.person.qualifications.update(state=QualificationState.LOST)
    set_office_day(day=datetime.date(2026, 7, 10), is_working=False, name="颱風停班", by=None)
    for day, officer in ((8, mine), (9, other), (10, mine)):
        DutyShift.objects.create(day=MONTH.replace(day=day), part=ShiftPart.AFTERNOON, officer=officer)
    grid = month_grid(MONTH, mine=mine, at=NOON)
    assert (grid.weeks[0][0].day, len(grid.weeks[0])) == (datetime.date(2026, 6, 29), 7)
    days = {day.day.day: day for week in grid.weeks for day in week if day.is_in_month}
    assert len(days) == 31
    morning, afternoon = days[8].halves
    assert (days[8].is_today, morning.shift, morning.is_ahead, afternoon.is_mine, afternoon.is_ahead) == (
        True, None, False, True, True,
    )  # fmt: skip
    assert (days[9].halves[1].is_ready, days[9].is_to_clear) == (False, False)
    assert (days[10].name, days[10].is_working, days[10].is_to_clear) == ("颱風停班", False, True)
    assert (grid.before, grid.after) == (datetime.date(2026, 6, 1), datetime.date(2026, 8, 1))


def test_a_month_takes_as_many_queries_with_thirty_shifts_as_with_none(django_assert_num_queries):
    with django_assert_num_queries(4):
        month_grid(MONTH, mine=None, at=NOON)
    for day in range(1, 31):
        DutyShift.objects.create(day=MONTH.replace(day=day), part=ShiftPart.MORNING, officer=HotlineOfficerFactory())
    with django_assert_num_queries(4):
        grid = month_grid(MONTH, mine=None, at=NOON)
        assert all(half.shift.officer.person.name for week in grid.weeks for day in week for half in day.halves
                   if half.shift)  # fmt: skip


def test_the_page_of_a_month_opens_with_shifts_and_holidays(client, officer):
    shift = shift_of(officer)
    set_office_day(day=next_monday(1), is_working=False, name="颱風停班", by=None)
    page = client.get(reverse("hotline_roster:index"), {"month": f"{shift.day:%Y-%m}"}).content.decode()
    assert reverse("hotline_roster:shift", args=[shift.pk]) in page
    assert officer.person.name in page
    if next_monday(1).month == shift.day.month:
        assert "颱風停班" in page


def _queries(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(200) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["hotline_officers:index", "hotline_roster:index", "hotline_roster:plan"])
def test_lists_take_as_many_queries_for_three_officers_as_for_one(
    name, client, administrator, django_assert_max_num_queries
):
    HotlineOfficerFactory(order=1)
    url = reverse(name)
    client.get(url)
    one = _queries(client, url, django_assert_max_num_queries)
    HotlineOfficerFactory(order=2)
    HotlineOfficerFactory(order=3)
    assert _queries(client, url, django_assert_max_num_queries) == one


# --- who may ------------------------------------------------------------------------------------


def test_officers_see_the_roster_and_plan_nothing(client, officer):
    other = shift_of(HotlineOfficerFactory())
    own = shift_of(officer, days=1)
    allowed = {
        reverse("hotline_roster:index"): 200,
        reverse("hotline_roster:mine"): 200,
        reverse("hotline_roster:hand_over"): 200,
        reverse("hotline_roster:shift", args=[own.pk]): 200,
        reverse("hotline_roster:plan"): 302,
        reverse("hotline_roster:shift", args=[other.pk]): 302,
        reverse("hotline_roster:hand_over_of", args=[other.officer.pk]): 302,
        reverse("hotline_officers:index"): 302,
        reverse("office_calendar:index"): 302,
    }
    assert {url: client.get(url).status_code for url in allowed} == allowed


def test_an_officer_cannot_give_a_shift_away_by_the_form_of_who_plans(client, officer):
    own, other = shift_of(officer), HotlineOfficerFactory()
    client.post(reverse("hotline_roster:shift", args=[own.pk]), {"deed": "reassign", "officer": other.pk})
    own.refresh_from_db()
    assert own.officer == officer


def test_nobody_else_sees_the_roster(client):
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    assert client.get(reverse("hotline_roster:index")).status_code == 302


# --- deeds --------------------------------------------------------------------------------------


def test_planning_by_form_shows_the_month(client, administrator):
    HotlineOfficerFactory()
    first, last = next_monday(), next_monday(4)
    answer = client.post(
        reverse("hotline_roster:plan"),
        {"deed": "plan", "plan-first": first.isoformat(), "plan-last": last.isoformat()},
    )
    assert answer.status_code == 302
    assert DutyShift.objects.count() == 10
    refused = client.post(
        reverse("hotline_roster:plan"),
        {"deed": "plan", "plan-first": last.isoformat(), "plan-last": first.isoformat()},
    )
    assert refused.status_code == 422


def test_clearing_by_form_needs_a_word_and_days_off_are_cleared_alone(client, administrator):
    officer = HotlineOfficerFactory()
    shift_of(officer), shift_of(officer, days=1)
    url = reverse("hotline_roster:plan")
    days = {"clear-first": next_monday().isoformat(), "clear-last": next_monday(6).isoformat()}
    assert client.post(url, {"deed": "clear", **days}).status_code == 422
    assert DutyShift.objects.count() == 2
    set_office_day(day=next_monday(1), is_working=False, name="颱風停班", by=None)
    client.post(url, {"deed": "clear_days_off"})
    assert list(DutyShift.objects.values_list("day", flat=True)) == [next_monday()]
    client.post(url, {"deed": "clear", **days, "clear-is_sure": "on"})
    assert not DutyShift.objects.exists()


def test_an_administrator_gives_a_shift_to_somebody_else(client, administrator):
    shift, other = shift_of(HotlineOfficerFactory()), HotlineOfficerFactory()
    client.post(reverse("hotline_roster:shift", args=[shift.pk]), {"deed": "reassign", "officer": other.pk})
    shift.refresh_from_db()
    assert shift.officer == other


def test_a_swap_from_asking_to_accepting_by_forms(client, officer):
    other = HotlineOfficerFactory()
    account = UserFactory(person=other.person, roles=[Role.HOTLINE_OFFICER])
    mine, theirs = shift_of(officer), shift_of(other, days=1)
    url = reverse("hotline_roster:shift", args=[mine.pk])
    assert client.post(url, {"deed": "swap", "offer": f"shift-{mine.pk}"}).status_code == 200  # not among the offers
    client.post(url, {"deed": "swap", "offer": f"shift-{theirs.pk}", "note": "出差"})
    swap = ShiftSwap.objects.get()
    assert (swap.asked_of, swap.in_exchange, swap.note) == (other, theirs, "出差")
    assert "出差" in client.get(reverse("hotline_roster:mine")).content.decode()
    client.force_login(account)
    page = client.get(reverse("hotline_roster:mine")).content.decode()
    assert reverse("hotline_roster:decide", args=[swap.pk]) in page
    client.post(reverse("hotline_roster:decide", args=[swap.pk]), {"deed": "accept"})
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.officer, theirs.officer) == (other, officer)
    again = client.post(reverse("hotline_roster:decide", args=[swap.pk]), {"deed": "decline"}, follow=True)
    assert ShiftSwap.objects.get().state == SwapState.ACCEPTED
    assert [message.level_tag for message in again.context["messages"]] == ["success", "error"]


def test_my_coming_shifts_as_a_calendar_file(client, officer):
    shift_of(officer), shift_of(HotlineOfficerFactory(), days=1), shift_of(officer, days=2, part=ShiftPart.AFTERNOON)
    answer = client.get(reverse("hotline_roster:calendar"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert text.count("BEGIN:VEVENT") == 2
    assert f"DTSTART;TZID=Asia/Taipei:{next_monday(2):%Y%m%d}T130000" in text


def test_open_cases_go_to_a_colleague(client, officer):
    to = HotlineOfficerFactory()
    mine, keep = ConsultationFactory(open=True, officer=officer), ConsultationFactory(open=True, officer=officer)
    foreign = ConsultationFactory(open=True)
    url = reverse("hotline_roster:hand_over")
    page = client.get(url).content.decode()
    assert [case.number in page for case in (mine, keep, foreign)] == [True, True, False]
    refused = client.post(url, {"cases": [foreign.pk], "to": to.pk})
    assert refused.status_code == 200
    client.post(url, {"cases": [mine.pk], "to": to.pk, "note": "請回電"})
    owners = dict(Consultation.objects.values_list("pk", "officer"))
    assert owners == {mine.pk: to.pk, keep.pk: officer.pk, foreign.pk: foreign.officer_id}


def test_officers_are_added_moved_and_taken_out_by_form(client, administrator):
    first = HotlineOfficerFactory(order=1)
    url = reverse("hotline_officers:index")
    person = QualificationRecordFactory().person
    client.post(url, {"person": person.pk})
    added = HotlineOfficer.objects.get(person=person)
    unqualified = UserFactory().person
    refused = client.post(url, {"person": unqualified.pk})
    assert list(refused.context["form"].errors) == ["person"]
    client.post(reverse("hotline_officers:change", args=[added.pk]), {"deed": "up"})
    client.post(reverse("hotline_officers:change", args=[first.pk]), {"deed": "out"})
    assert list(HotlineOfficer.objects.values_list("pk", "is_active")) == [(added.pk, True), (first.pk, False)]


# --- panels -------------------------------------------------------------------------------------


def test_the_desk_says_what_is_wrong_with_the_next_two_weeks(rf, administrator):
    request = rf.get("/")
    request.user = administrator
    assert roster_context(request, None) is None
    officer, lost = HotlineOfficerFactory(), HotlineOfficerFactory()
    lost.person.qualifications.update(state=QualificationState.LOST)
    shift = shift_of(officer)
    set_office_day(day=shift.day, is_working=False, name="颱風停班", by=None)
    context = roster_context(request, None)
    assert [row.pk for row in context["unqualified"]] == [lost.pk]
    assert [row.pk for row in context["to_clear"]] == [shift.pk]
    assert shift.day not in [day for day, _parts in context["gaps"]]
    assert next_monday(1) in [day for day, _parts in context["gaps"]]


def test_an_officer_sees_what_colleagues_ask(rf, officer):
    request = rf.get("/")
    request.user = officer.account
    assert duty_context(request, None) is None
    other = HotlineOfficerFactory()
    swap = propose_swap(
        shift=shift_of(other), asked_of=officer, by=UserFactory(person=other.person, roles=[Role.HOTLINE_OFFICER])
    )
    assert duty_context(request, None)["asked"] == [swap]


# --- the office calendar ------------------------------------------------------------------------


def test_an_administrator_sets_a_typhoon_day_and_takes_it_back(client, administrator):
    url = reverse("office_calendar:day", args=["2026-08-12"])
    assert client.post(url, {"is_working": "no", "name": ""}).status_code == 200
    client.post(url, {"is_working": "no", "name": "颱風停止上班", "source": "市府公告"})
    assert OfficeDay.objects.get().name == "颱風停止上班"
    page = client.get(reverse("office_calendar:index"), {"year": "2026"}).content.decode()
    assert "颱風停止上班" in page
    client.post(url, {"deed": "forget"})
    assert not OfficeDay.objects.exists()
