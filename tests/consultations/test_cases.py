"""The list of cases, one answered case, hand-over, the history; and what other places show of the log."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from consultations.models import Consultation
from consultations.services import log
from tests.factories.accounts import UserFactory
from tests.factories.consultations import ConsultationFactory, ErrorPatternFactory, HotlineOfficerFactory
from tests.factories.library import SubjectFactory

LIST = "/cms/hotline/cases/"
TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def shown(client, **query):
    return [case.number for case in client.get(LIST, query).context["page_obj"]]


def test_the_list_is_narrowed_by_each_filter(desk, officer, act):
    late = timezone.localdate() - timedelta(days=1)
    subject, pattern = SubjectFactory(), ErrorPatternFactory()
    article = act.articles.get(number="22")
    december = datetime(2025, 12, 31, 23, 0, tzinfo=TAIPEI)
    one = ConsultationFactory(number="115-0001", officer=officer.person.hotline_officer, subject=subject)
    two = ConsultationFactory(number="115-0002", open=True, promised_for=late, channel="visit", officer=None)
    three = ConsultationFactory(number="114-0003", has_helped=False, error_pattern=pattern, asked_at=december)
    ConsultationFactory(draft=True, question="還沒寫完")
    three.articles.add(article)
    assert shown(desk) == [two.number, one.number, three.number]
    for query, found in (
        ({"state": "open"}, two), ({"mine": "on"}, one), ({"channel": "visit"}, two), ({"subject": subject.pk}, one),
        ({"pattern": pattern.pk}, three), ({"officer": three.officer_id}, three), ({"year": "114"}, three),
        ({"year": "114", "month": "12"}, three), ({"overdue": "on"}, two), ({"unhelpful": "on"}, three),
        ({"nobodys": "on"}, two), ({"article": article.pk}, three),
    ):  # fmt: skip
        assert shown(desk, **query) == [found.number], query
    assert shown(desk, year="114", month="11") == []
    assert shown(desk, state="draft") == [None]
    assert len(shown(desk, year="百年", subject="x")) == 3


def test_words_are_searched_by_post_and_stand_in_no_address(desk, act):
    one = ConsultationFactory(number="115-0001", question="押標金可以用現金繳納嗎？")
    two = ConsultationFactory(number="115-0002", question="保固金多少？", answer="與押標金不同。", channel="visit")
    ConsultationFactory(question="驗收何時辦理？", answer="接獲通知後三十日內。")
    two.articles.add(act.articles.get(number="22"))
    response = desk.post(f"{LIST}?p=2", {"q": "押標金"})
    assert response["Location"] == f"{LIST}?found=1"
    assert sorted(shown(desk, found="1")) == [one.number, two.number]
    assert shown(desk, found="1", channel="visit", article=act.articles.get(number="22").pk) == [two.number]
    desk.post(LIST, {"q": "115-2"})
    assert shown(desk, found="1") == [two.number]
    # the search is left by leaving its address, or with no words
    assert len(shown(desk)) == 3
    assert desk.post(f"{LIST}?found=1&state=open", {"q": ""})["Location"] == f"{LIST}?state=open"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_no_more_for_more_cases(desk, count, django_assert_num_queries):
    for _ in range(count):
        ConsultationFactory(subject=SubjectFactory(), error_pattern=ErrorPatternFactory())
        ConsultationFactory(open=True)
    desk.get(LIST)
    with django_assert_num_queries(17):
        desk.get(LIST)


def test_an_answered_case_is_read_on_its_page_and_reopened_from_there(desk):
    case = ConsultationFactory(number="115-0009", question="可以嗎？", answer="可以。")
    assert desk.get(f"{LIST}{case.pk}/")["Location"] == f"{LIST}{case.pk}/answered/"
    page = desk.get(f"{LIST}{case.pk}/answered/").content.decode()
    assert reverse("consultations_publishing:start", args=[case.pk]) in page
    assert f"{LIST}{case.pk}/history/" in page
    assert desk.post(f"{LIST}{case.pk}/reopen/")["Location"] == f"{LIST}{case.pk}/"
    case.refresh_from_db()
    assert case.state == "open"
    assert desk.get(f"{LIST}{case.pk}/answered/")["Location"] == f"{LIST}{case.pk}/"


def test_chosen_open_cases_are_handed_over_from_the_list(desk, officer):
    to = HotlineOfficerFactory(person__name="接丙範")
    cases = [ConsultationFactory(open=True, officer=officer.person.hotline_officer) for _ in range(3)]
    chosen = [case.pk for case in cases[:2]]
    url = f"{LIST}hand-over/"
    response = desk.post(url, {"case": chosen, "to": to.pk, "note": "休假", "next": f"{LIST}?state=open"})
    assert response["Location"] == f"{LIST}?state=open"
    assert set(Consultation.objects.filter(officer=to).values_list("pk", flat=True)) == set(chosen)
    assert "接丙範" in desk.get(LIST).content.decode()
    # nobody is chosen, or somebody else's site: back to the list with a word, and nothing is changed
    assert desk.post(url, {"case": [cases[2].pk], "next": "https://example.org/"})["Location"] == LIST
    assert Consultation.objects.filter(officer=to).count() == 2


def test_the_history_says_who_changed_what_and_compares(client, officer, other):
    case = log.begin_case(by=officer, question="押標金可以退嗎？")
    case = log.register_case(consultation=case, by=officer)
    case = log.take_over(consultation=case, by=other)
    case = log.save_case(
        consultation=case, version=case.lock_version, by=other, question="履約保證金可以退嗎？", answer="可以。"
    )
    log.answer_case(consultation=case, by=other)
    client.force_login(other)
    page = client.get(f"{LIST}{case.pk}/history/").content.decode()
    for words in ("答覆完成", "已接手", "已編號", "詢甲範", "詢乙範"):
        assert words in page
    assert client.get(f"{LIST}{case.pk}/history/results/").status_code == 200
    revisions = list(case.revisions.order_by("pk").values_list("pk", flat=True))
    url = f"{LIST}{case.pk}/compare/{revisions[1]}/{revisions[2]}/"
    assert url in page
    compared = client.get(url).content.decode()
    assert '<span class="deletion">押標</span><span class="addition">履約保證</span>金可以退嗎？' in compared


# --- other places ---


def test_an_article_shows_officers_the_cases_that_name_it(client, officer, act, django_assert_max_num_queries):
    article = act.articles.get(number="22")
    for _ in range(7):
        case = ConsultationFactory()
        case.articles.add(article)
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    assert case.number not in client.get(article.get_absolute_url()).content.decode()
    client.force_login(officer)
    page = client.get(article.get_absolute_url()).content.decode()
    assert case.number in page
    assert page.count("/cms/hotline/cases/") == 6
    assert "引用本條的案件共 7 件" in page
    assert f"{LIST}?article={article.pk}" in page


def test_the_desk_shows_what_nobody_has_and_what_is_late(client, home):
    late = timezone.localdate() - timedelta(days=1)
    ConsultationFactory(open=True, promised_for=timezone.localdate())
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert "諮詢專線案件" not in client.get("/desk/").content.decode()
    nobodys = ConsultationFactory(open=True, officer=None)
    overdue = ConsultationFactory(open=True, promised_for=late)
    page = client.get("/desk/").content.decode()
    assert "1 件待答覆案件無人承辦" in page
    assert "1 件逾約定回覆日期" in page
    assert page.index(nobodys.number) < page.index(overdue.number)


def test_the_menu_leads_officers_to_the_log(client, officer):
    client.force_login(officer)
    page = client.get("/cms/").content.decode()
    assert '"/cms/hotline/log/"' in page
    assert '"/cms/hotline/cases/"' in page
