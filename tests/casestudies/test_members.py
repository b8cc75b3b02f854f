"""Members' pages: who sees which case, and opinions that are saved as they are typed and never lost."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.services import take_role
from casestudies.enums import MeetingState
from casestudies.models import Opinion, ReviewMeeting
from casestudies.permissions import can_read_opinions, can_view_case
from casestudies.services import opinions
from common.errors import DomainError
from tests.casestudies.review import meeting_with, member_user
from tests.factories.accounts import UserFactory
from tests.factories.casestudies import AgendaItemFactory, MeetingMemberFactory
from website.services import ensure_site

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _site():
    ensure_site()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def urls_of(meeting, item):
    return {
        "meeting": reverse("casestudies:meeting", args=[meeting.pk]),
        "item": reverse("casestudies:item", args=[meeting.pk, item.pk]),
        "minutes": reverse("casestudies:meeting-minutes", args=[meeting.pk, "odt"]),
        "case": reverse("casestudies:case", args=[item.case_id]),
    }


def answers(client, meeting, item):
    return {name: client.get(url).status_code for name, url in urls_of(meeting, item).items()}


# --- who sees what ------------------------------------------------------------------------------


def test_a_member_of_one_meeting_opens_no_case_of_another():
    mine, other = member_user(), member_user()
    meeting, item, _place = meeting_with(mine)
    theirs, their_item, _other_place = meeting_with(other)
    client = signed_in(mine)
    assert answers(client, meeting, item) == {"meeting": 200, "item": 200, "minutes": 404, "case": 200}
    assert answers(client, theirs, their_item) == {"meeting": 404, "item": 404, "minutes": 404, "case": 403}
    # nor by way of their own meeting
    assert client.get(reverse("casestudies:item", args=[meeting.pk, their_item.pk])).status_code == 404
    assert client.post(urls_of(theirs, their_item)["item"], {"text": "不是我的"}).status_code == 404
    assert not Opinion.objects.exists()


def test_nothing_is_open_before_a_meeting_is_convened_and_the_minutes_only_once_they_are_closed():
    user = member_user()
    meeting, item, _place = meeting_with(user, state=MeetingState.PLANNED)
    client = signed_in(user)
    assert answers(client, meeting, item) == {"meeting": 404, "item": 404, "minutes": 404, "case": 403}
    assert meeting.name not in client.get(reverse("casestudies:meetings")).content.decode()
    ReviewMeeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CLOSED)
    assert answers(client, meeting, item) == {"meeting": 200, "item": 200, "minutes": 200, "case": 200}
    assert meeting.name in client.get(reverse("casestudies:meetings")).content.decode()


def test_without_the_role_a_member_is_closed_out_at_once():
    user = member_user()
    meeting, item, _place = meeting_with(user)
    client = signed_in(user)
    assert client.get(reverse("casestudies:meetings")).status_code == 200
    take_role(user=user, role=Role.COMMITTEE_MEMBER, by=None)
    assert client.get(reverse("casestudies:meetings")).status_code == 403
    assert answers(client, meeting, item) == {"meeting": 404, "item": 404, "minutes": 404, "case": 403}
    answer = client.post(urls_of(meeting, item)["item"], {"text": "還在寫"}, headers=JSON)
    assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR, Role.AGENCY_CONTACT, Role.HOTLINE_OFFICER])
def test_other_roles_see_no_meeting_neither_in_front_nor_in_the_back_office(role):
    meeting, item, _place = meeting_with(member_user())
    client = signed_in(UserFactory(roles=[role]))
    assert client.get(reverse("casestudies:meetings")).status_code == 403
    assert answers(client, meeting, item) == {"meeting": 404, "item": 404, "minutes": 404, "case": 403}
    for name, arguments in (
        ("casestudies_meetings:index", []), ("casestudies_meetings:edit", [meeting.pk]),
        ("casestudies_meetings:item", [meeting.pk, item.pk]), ("casestudies_meetings:minutes", [meeting.pk, "odt"]),
        ("casestudies_meetings:agenda", [meeting.pk]), ("casestudies_committee:index", []),
        ("casestudies_decisions:index", []), ("casestudies_quarterly:index", []),
    ):  # fmt: skip
        answer = client.get(reverse(name, args=arguments))
        refused_by_wagtail = answer.status_code == 302 and answer["Location"] == reverse("wagtailadmin_home")
        assert refused_by_wagtail or answer.status_code == 403 or "/login/" in answer.get("Location", ""), name


def test_anonymous_visitors_are_asked_to_sign_in(client):
    meeting, item, _place = meeting_with(member_user())
    for url in (reverse("casestudies:meetings"), *urls_of(meeting, item).values(), reverse("casestudies:decisions")):
        answer = client.get(url)
        assert (answer.status_code, "/login/" in answer["Location"]) == (302, True)


def test_signing_in_leads_a_member_to_their_meetings():
    client = signed_in(member_user())
    assert client.get(reverse("website:start"))["Location"] == reverse("casestudies:meetings")


def test_others_opinions_are_read_once_one_has_written_or_the_minutes_are_closed():
    mine, other = member_user(), member_user(person={"name": "意見他"})
    meeting, item, place = meeting_with(mine)
    theirs = MeetingMemberFactory(meeting=meeting, member=other.person.committee_member)
    opinions.write_opinion(item=item, place=theirs, text="獨立的意見", version=0, by=None)
    client, url = signed_in(mine), urls_of(meeting, item)["item"]
    assert "獨立的意見" not in client.get(url).content.decode()
    assert (can_read_opinions(mine, item), can_read_opinions(other, item)) == (False, True)
    opinions.write_opinion(item=item, place=place, text="我的意見", version=0, by=None)
    assert "獨立的意見" in client.get(url).content.decode()
    opinions.write_opinion(item=item, place=place, text="", version=1, by=None)
    assert "獨立的意見" not in client.get(url).content.decode()
    ReviewMeeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CLOSED)
    assert "獨立的意見" in client.get(url).content.decode()


def test_a_member_keeps_the_cases_of_past_meetings_and_no_more():
    user = member_user()
    _meeting, item, _place = meeting_with(user, state=MeetingState.CLOSED)
    _other, other_item, _their_place = meeting_with(member_user(), state=MeetingState.CLOSED)
    assert (can_view_case(user, item.case), can_view_case(user, other_item.case)) == (True, False)


# --- opinions -----------------------------------------------------------------------------------


@pytest.fixture
def writer():
    user = member_user()
    meeting, item, place = meeting_with(user)
    return signed_in(user), urls_of(meeting, item)["item"], item, place


def save(client, url, text, version, screen="a"):
    return client.post(url, {"text": text, "version": version, "screen": screen}, headers=JSON)


def test_an_opinion_is_saved_as_it_is_typed_and_each_save_has_a_version(writer):
    client, url, item, place = writer
    first = save(client, url, "預算", 0)
    assert (first.status_code, first.json()["version"], first.json()["blank"]) == (200, 1, False)
    assert save(client, url, "預算偏低", 1).json()["version"] == 2
    assert save(client, url, "預算偏低", 2).json()["version"] == 2
    opinion = Opinion.objects.get(item=item, member=place)
    assert (opinion.text, opinion.lock_version) == ("預算偏低", 2)


def test_words_written_on_the_phone_are_not_lost_to_an_older_page_on_the_pc(writer):
    client, url, item, _place = writer
    save(client, url, "手機上寫的", 0, screen="phone")
    conflict = save(client, url, "電腦上寫的", 0, screen="pc")
    answer = conflict.json()
    assert (conflict.status_code, answer["reason"], answer["theirs"], answer["version"]) == (
        409, "stale", "手機上寫的", 1,
    )  # fmt: skip
    assert Opinion.objects.get(item=item).text == "手機上寫的"
    assert save(client, url, "手機上寫的，電腦上寫的", answer["version"], screen="pc").status_code == 200
    assert Opinion.objects.get(item=item).text == "手機上寫的，電腦上寫的"


def test_a_page_that_never_heard_of_its_own_save_goes_on(writer):
    client, url, item, _place = writer
    save(client, url, "斷線前", 0, screen="phone")
    again = save(client, url, "斷線前與之後", 0, screen="phone")
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert Opinion.objects.get(item=item).text == "斷線前與之後"


def test_without_javascript_the_newer_words_are_shown_beside_and_the_second_press_counts(writer):
    client, url, item, _place = writer
    save(client, url, "手機上寫的", 0, screen="phone")
    page = client.post(url, {"text": "電腦上寫的", "version": 0, "screen": "pc"})
    body = page.content.decode()
    assert page.status_code == 409
    assert ("手機上寫的" in body, "電腦上寫的" in body) == (True, True)
    assert 'name="version" value="1"' in body
    done = client.post(url, {"text": "電腦上寫的", "version": 1, "screen": "pc"})
    assert (done.status_code, done["Location"]) == (302, f"{url}#opinion")
    assert Opinion.objects.get(item=item).text == "電腦上寫的"


def test_an_opinion_that_is_too_long_is_refused_with_its_words_still_there(writer):
    client, url, _item, _place = writer
    text = "長" * (opinions.LONGEST + 1)
    page = client.post(url, {"text": text, "version": 0})
    assert (page.status_code, text in page.content.decode()) == (422, True)
    assert save(client, url, text, 0).json()["reason"] == "too_long"
    assert not Opinion.objects.exists()


def test_an_administrator_reads_the_pages_but_writes_no_opinion():
    meeting, item, _place = meeting_with(member_user())
    client = signed_in(UserFactory(roles=[Role.ADMINISTRATOR]))
    url = urls_of(meeting, item)["item"]
    assert client.get(url).status_code == 200
    assert client.post(url, {"text": "代寫", "version": 0}).status_code == 403
    assert not Opinion.objects.exists()


def test_an_opinion_belongs_to_the_meeting_of_its_place():
    _meeting, item, _place = meeting_with(member_user())
    _other, _item, elsewhere = meeting_with(member_user())
    with pytest.raises(DomainError) as refusal:
        opinions.write_opinion(item=item, place=elsewhere, text="x", version=0, by=None)
    assert refusal.value.code == "not_invited"


# --- queries ------------------------------------------------------------------------------------


def queries_of(client, url, django_assert_max_num_queries):
    client.get(url)
    with django_assert_max_num_queries(200) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_members_pages_take_as_many_queries_for_three_as_for_one(django_assert_max_num_queries):
    user = member_user()
    meeting, item, place = meeting_with(user)
    client = signed_in(user)
    urls = [reverse("casestudies:meetings"), *list(urls_of(meeting, item).values())[:2]]
    opinions.write_opinion(item=item, place=place, text="一", version=0, by=None)
    other = MeetingMemberFactory(meeting=meeting)
    opinions.write_opinion(item=item, place=other, text="二", version=0, by=None)
    AgendaItemFactory(meeting=meeting)
    one = [queries_of(client, url, django_assert_max_num_queries) for url in urls]
    for _number in range(2):
        other, _item, _place = meeting_with(user, starts_at=timezone.now() + datetime.timedelta(days=3))
        meeting_with(user, state=MeetingState.CLOSED)
        AgendaItemFactory(meeting=meeting)
        another = MeetingMemberFactory(meeting=meeting)
        opinions.write_opinion(item=item, place=another, text="三", version=0, by=None)
    # the list of closed meetings begins with the second round: one query more, once
    assert [queries_of(client, url, django_assert_max_num_queries) for url in urls] == [one[0] + 1, *one[1:]]
