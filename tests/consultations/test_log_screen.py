"""The officer's screen: saved as it is typed, errors at their fields, two officers in one case."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AgencyFormerName
from consultations.models import Consultation
from consultations.services import log
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory
from tests.factories.consultations import ConsultationFactory, ErrorPatternFactory
from tests.factories.library import SubjectFactory

NEW = "/cms/hotline/log/"
JSON = {"accept": "application/json"}


def at(case):
    return f"/cms/hotline/cases/{case.pk}/"


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def autosave(client, url=NEW, **fields):
    data = {"action": "autosave", "channel": "phone", "version": "", **fields}
    return client.post(url, data, headers=JSON)


# --- who may ---


@pytest.mark.parametrize("path", ["log/", "cases/", "cases/{pk}/", "cases/{pk}/answered/", "cases/{pk}/history/"])
def test_the_log_is_open_to_officers_and_administrators_only(client, home, path):
    case = ConsultationFactory(open="answered" not in path)
    opened = set()
    for role in Role:
        client.force_login(UserFactory(roles=[role]))
        if client.get(f"/cms/hotline/{path.format(pk=case.pk)}").status_code == 200:
            opened.add(role)
    assert opened == {Role.HOTLINE_OFFICER, Role.ADMINISTRATOR}


@pytest.mark.parametrize("view", ["hold", "release", "take_over", "reopen", "hand_over", "beside"])
def test_nothing_is_written_for_others(client, home, view):
    case = ConsultationFactory(number="115-0001")
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    args = [] if view in ("hand_over", "beside") else [case.pk]
    response = client.post(
        reverse(f"consultations_log:{view}", args=args), headers={"X-Requested-With": "XMLHttpRequest"}
    )
    case.refresh_from_db()
    assert (response.status_code, case.state, case.held_by) == (403, "answered", None)


def test_officers_begin_at_a_blank_entry_which_is_not_kept(client, officer):
    client.force_login(officer)
    assert client.get("/start/")["Location"] == NEW
    page = client.get(NEW).content.decode()
    assert " autofocus" in page.split('id="id_question"')[1].split(">")[0]
    assert not Consultation.objects.exists()
    assert NEW in client.get("/").content.decode()


# --- saved as it is typed ---


def test_the_first_words_make_an_entry_and_the_next_ones_are_saved_into_it(desk, officer):
    first = autosave(desk, question="押標金").json()
    case = Consultation.objects.get()
    assert (first["pk"], first["version"], first["errors"]) == (case.pk, 1, {})
    second = autosave(desk, first["urls"]["save"], question="押標金可以退嗎？", version=first["version"]).json()
    case.refresh_from_db()
    assert (second["version"], case.question, case.state, case.held_by) == (2, "押標金可以退嗎？", "draft", officer)
    assert Consultation.objects.count() == 1


def test_what_is_blank_makes_no_entry(desk):
    assert autosave(desk, minutes="3").json() == {"blank": True}
    assert not Consultation.objects.exists()


def test_what_was_understood_is_saved_and_what_was_not_is_told_at_its_field(desk, act, rules):
    agency = AgencyFactory(name="臺中市政府環境保護局")
    pattern = ErrorPatternFactory(name="限制性招標未敘明理由")
    answer = autosave(
        desk, question="可以限制嗎？", agency="台中市政府環境保護局", subject="沒有這科", error_pattern=pattern.code,
        articles_named="採購法 22、999；細則 55；abc", minutes="七", promised_for="115/13/1", answer="可以。",
    ).json()  # fmt: skip
    assert sorted(answer["errors"]) == ["articles_named", "minutes", "promised_for", "subject"]
    assert answer["errors"]["articles_named"] == [
        "採購法沒有第 999 條，最後一條是第 114 條。", "無法辨識「abc」，請輸入如：採購法 22、48；細則 55。",
    ]  # fmt: skip
    case = Consultation.objects.get()
    assert (case.question, case.answer, case.agency, case.error_pattern) == ("可以限制嗎？", "可以。", agency, pattern)
    assert case.articles_named == "採購法 22、999；細則 55；abc"
    assert sorted(article.number for article in case.articles.all()) == ["22", "55"]


def test_an_agency_is_found_by_its_former_name_and_by_a_part_that_only_one_bears(desk):
    agency = AgencyFactory(name="臺中市豐原區公所")
    AgencyFormerName.objects.create(agency=agency, name="臺中縣豐原市公所")
    AgencyFactory(name="臺中市后里區公所")
    first = autosave(desk, question="問", agency="台中縣豐原市公所").json()
    assert (first["errors"], first["meant"]["agency"]) == ({}, agency.name)
    second = autosave(desk, first["urls"]["save"], question="問", agency="豐原區", version=1).json()
    assert second["meant"]["agency"] == agency.name
    third = autosave(desk, first["urls"]["save"], question="問", agency="區公所", version=2).json()
    assert list(third["errors"]) == ["agency"]
    assert Consultation.objects.get().agency == agency


def test_a_caller_whom_the_records_know_at_the_agency_is_linked(desk):
    person = PersonFactory(name="洽甲範")
    twice = AgencyFactory()
    for _ in range(2):
        PersonFactory(name="洽乙範", agency=twice)
    for name, agency, linked in (
        ("洽甲範", person.agency, person), ("洽甲範", twice, None), ("洽乙範", twice, None),
    ):  # fmt: skip
        pk = autosave(desk, question="問", agency=agency.name, caller_name=name).json()["pk"]
        case = Consultation.objects.get(pk=pk)
        assert (case.caller, case.caller_name) == (linked, name)
    offered = desk.get("/cms/hotline/log/callers/", {"agency": person.agency.name}).json()
    assert offered == {"callers": [{"name": "洽甲範", "title": "科員"}]}
    assert desk.get("/cms/hotline/log/callers/", {"agency": twice.name}).json() == {"callers": []}


def test_a_save_of_which_the_screen_never_heard_is_not_taken_for_somebody_elses(desk):
    """The connection broke before the answer came: the same screen sends the same words again."""
    entry = str(uuid.uuid4())
    first = autosave(desk, question="押", entry=entry).json()
    again = autosave(desk, question="押標金", entry=entry).json()
    assert (first["pk"], Consultation.objects.count()) == (again["pk"], 1)
    url = first["urls"]["save"]
    autosave(desk, url, question="押標金可", version=again["version"], entry=entry)
    late = autosave(desk, url, question="押標金可以", version=again["version"], entry=entry)
    assert (late.status_code, Consultation.objects.get().question) == (200, "押標金可以")
    other_tab = autosave(desk, url, question="別的分頁", version=again["version"], entry=str(uuid.uuid4()))
    assert (other_tab.status_code, other_tab.json()["reason"]) == (409, "stale")
    assert Consultation.objects.get().question == "押標金可以"


# --- the end of an entry ---


def test_answered_leads_to_a_blank_entry_that_names_the_case_and_offers_to_publish(desk, officer):
    response = desk.post(
        NEW, {"action": "answer", "question": "可以嗎？", "answer": "可以。", "channel": "visit", "seconds": "250"}
    )
    case = Consultation.objects.get()
    assert (response.status_code, response["Location"]) == (302, NEW)
    assert (case.state, case.channel, case.minutes, case.officer.person) == ("answered", "visit", 5, officer.person)
    page = desk.get(NEW).content.decode()
    assert f"{case.number} 已儲存" in page
    assert reverse("consultations_publishing:start", args=[case.pk]) in page
    assert reverse("consultations_log:view", args=[case.pk]) in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"question": "", "answer": "可以。"}, "question"),
        ({"question": "可以嗎？", "answer": ""}, "answer"),
        ({"question": "可以嗎？", "answer": "可以。", "articles_named": "採購法 999"}, "articles_named"),
        ({"question": "可以嗎？", "answer": "可以。", "agency": "沒有這個機關"}, "agency"),
    ],
)
def test_an_entry_with_something_wrong_does_not_end_and_nothing_typed_is_lost(desk, act, fields, field):
    data = {"action": "answer", "channel": "phone", **fields}
    response = desk.post(NEW, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    for typed in fields.values():
        assert typed in page
    case = Consultation.objects.get()
    assert (case.state, case.answer) == ("draft", fields["answer"])
    told = desk.post(at(case), {**data, "version": case.lock_version}, headers=JSON)
    assert (told.status_code, list(told.json()["errors"])) == (422, [field])


def test_kept_open_it_has_a_number_and_stands_above_the_next_entry(desk):
    data = {"question": "要查函釋", "channel": "phone", "caller_contact": "分機 12", "action": "keep"}
    assert list(desk.post(NEW, data).context["form"].errors) == ["promised_for"]
    case = Consultation.objects.get()
    day = timezone.localdate() + timedelta(days=3)
    desk.post(at(case), {**data, "version": case.lock_version, "promised_for": day.isoformat()})
    case.refresh_from_db()
    assert (case.state, case.promised_for, case.held_by) == ("open", day, None)
    waiting = desk.get(NEW).context["waiting"]
    assert (waiting.cases, waiting.count, waiting.overdue) == ([case], 1, 0)
    Consultation.objects.update(promised_for=timezone.localdate() - timedelta(days=1))
    assert desk.get(NEW).context["waiting"].overdue == 1


def test_without_javascript_the_buttons_save(desk):
    response = desk.post(NEW, {"action": "save", "question": "可以嗎？", "channel": "phone"})
    case = Consultation.objects.get()
    assert response["Location"] == at(case)
    page = desk.get(at(case)).content.decode()
    assert "可以嗎？</textarea>" in page
    # Enter in a field presses the first button of the form
    assert page.split('id="entry"')[1].split("<button", 1)[1].split(">")[0].count('value="save"') == 1
    desk.post(at(case), {"action": "discard"})
    assert not Consultation.objects.exists()


# --- two officers ---


def test_the_second_sees_at_once_who_writes_and_may_take_over(client, officer, other):
    case = log.begin_case(by=officer, question="甲的問題")
    client.force_login(other)
    response = client.get(at(case))
    page = response.content.decode()
    assert (response.context["holder"], response.context["is_mine"]) == (officer, False)
    assert "詢甲範自" in page
    assert '<fieldset class="hotline-fields" data-fields disabled>' in page
    refused = autosave(client, at(case), question="乙", version=case.lock_version)
    assert (refused.status_code, refused.json()["reason"], refused.json()["by"]) == (409, "held", "詢甲範")
    assert client.post(f"{at(case)}take-over/")["Location"] == at(case)
    assert "data-fields disabled" not in client.get(at(case)).content.decode()
    # and the first, at the next sign of life
    client.force_login(officer)
    told = client.post(f"{at(case)}hold/").json()
    assert (told["held"], told["by"], told["theirs"]["question"]) == (False, "詢乙範", "甲的問題")
    case.refresh_from_db()
    assert case.held_by == other


def test_reading_along_does_not_take_the_case(client, officer, other):
    case = log.begin_case(by=officer, question="甲的問題")
    client.force_login(other)
    assert client.post(f"{at(case)}hold/", {"look": "1"}).json()["held"] is False
    log.release(consultation=case, by=officer)
    assert client.post(f"{at(case)}hold/", {"look": "1"}).json()["held"] is True
    case.refresh_from_db()
    assert case.held_by is None


def test_after_a_conflict_one_may_save_over_theirs_having_seen_them(client, officer, other):
    case = log.begin_case(by=officer, question="問", answer="甲的答覆")
    log.release(consultation=case, by=officer)
    client.force_login(other)
    data = {"action": "save", "question": "問", "answer": "乙的答覆", "channel": "phone", "version": "0"}
    response = client.post(at(case), data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "甲的答覆" in page
    assert "乙的答覆</textarea>" in page
    version = response.context["form"]["version"].value()
    client.post(at(case), {**data, "version": version, "action": "take_over"})
    case.refresh_from_db()
    assert case.answer == "乙的答覆"


def test_a_screen_that_is_left_lets_go(desk, officer):
    pk = autosave(desk, question="問").json()["pk"]
    assert desk.post(f"/cms/hotline/cases/{pk}/release/").status_code == 204
    assert Consultation.objects.get().held_by is None
    autosave(desk, f"/cms/hotline/cases/{pk}/", question="", version=1)
    desk.post(f"/cms/hotline/cases/{pk}/release/")
    assert not Consultation.objects.exists()
    gone = autosave(desk, f"/cms/hotline/cases/{pk}/", question="還在打字", version=2)
    assert (gone.status_code, gone.json()["reason"]) == (410, "gone")


# --- what helps ---


def test_the_articles_named_in_the_words_can_be_added_to_the_field(desk, act):
    page = desk.post(
        "/cms/hotline/log/beside/", {"question": "依採購法第 22 條及第 48 條", "articles_named": "採購法 48"}
    ).content.decode()
    assert "政府採購法第 22 條的條文。" in page
    assert 'data-add-article="採購法 22"' in page
    assert 'data-add-article="採購法 48"' not in page
    assert desk.get("/cms/hotline/log/beside/").status_code == 405


def test_earlier_questions_of_the_thread_stand_above(desk):
    first = ConsultationFactory(question="第一次問", answer="第一次答", asked_at=timezone.now() - timedelta(days=2))
    ConsultationFactory(question="別人的問題")
    now = ConsultationFactory(open=True, question="再問", asks_on=first)
    response = desk.get(at(now))
    assert response.context["earlier"] == [first]
    assert "第一次答" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_screen_asks_no_more_for_more_cases(desk, officer, count, django_assert_max_num_queries):
    mine = officer.person.hotline_officer
    for _ in range(count):
        ConsultationFactory(open=True, officer=mine)
        SubjectFactory()
        ErrorPatternFactory()
    desk.get(NEW)
    with django_assert_max_num_queries(20) as asked:
        desk.get(NEW)
    assert len(asked) == 19
