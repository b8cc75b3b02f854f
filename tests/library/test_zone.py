"""The procurement zone: what stands in front and what does not, tasks, announcements, the feed."""

import datetime
import xml.etree.ElementTree as ET

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from library.models import AnnouncementPage, LawVersion
from library.services import Point, publish_version
from library.zone import law_changes, whats_new
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseFactory
from tests.factories.learning import course_pages, lesson
from tests.factories.library import ArticleFactory, ArticleVersionFactory, LawFactory, SubjectFactory
from tests.factories.zone import (
    DocumentVersionFactory,
    LibraryDocumentFactory,
    ProcurementTaskFactory,
    announcement,
    announcement_index,
)

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def index(db):
    return announcement_index()


@pytest.fixture
def today():
    return timezone.localdate()


def titles(things):
    return [thing.title for thing in things]


# --- what is new ---------------------------------------------------------------------------------


def test_the_front_shows_what_is_new_newest_first(client, index, today):
    announcement(index, "昨天的公告", announced_on=today - DAY)
    announcement(index, "今天的公告", announced_on=today)
    DocumentVersionFactory(document__title="手冊", label="115.1", effective_from=today - 2 * DAY)
    response = client.get("/zone/")
    assert titles(response.context["news"]) == ["今天的公告", "昨天的公告", "手冊 115.1"]
    assert [thing.day for thing in response.context["news"]] == [today, today - DAY, today - 2 * DAY]


def test_an_announcement_past_its_last_day_leaves_the_front_and_stays_in_the_list(client, index, today):
    announcement(index, "過期的公告", announced_on=today - 9 * DAY, until=today - DAY)
    announcement(index, "最後一天的公告", announced_on=today - 9 * DAY, until=today)
    assert titles(client.get("/zone/").context["news"]) == ["最後一天的公告"]
    page = client.get("/zone/announcements/")
    assert {item.title for item in page.context["page_obj"]} == {"過期的公告", "最後一天的公告"}
    assert page.content.decode().count('<span class="tag off">已過期</span>') == 1


def test_what_is_not_published_or_still_to_come_is_not_new(client, index, today):
    announcement(index, "撤下的公告", announced_on=today).unpublish()
    announcement(index, "明天的公告", announced_on=today + DAY)
    draft = AnnouncementPage(title="草稿", summary="摘要", live=False)
    index.add_child(instance=draft)
    document = DocumentVersionFactory(document__title="手冊", label="115.1", effective_from=today - DAY).document
    DocumentVersionFactory(document=document, label="116.1", effective_from=today + DAY)
    DocumentVersionFactory(document__withdrawn_on=today - DAY, effective_from=today - 2 * DAY)
    assert titles(client.get("/zone/").context["news"]) == ["手冊 115.1"]
    assert titles(whats_new(limit=8, today=today + DAY)) == ["明天的公告", "手冊 116.1"]
    assert client.get("/zone/announcements/").context["page_obj"].paginator.count == 0


def test_important_announcements_keep_their_place_in_the_zone_but_not_on_the_home_page(client, index, today):
    announcement(index, "重要的公告", announced_on=today - 30 * DAY, is_important=True)
    for number in range(9):
        announcement(index, f"公告{number}", announced_on=today - number * DAY)
    page = client.get("/zone/")
    assert titles(page.context["news"]) == [*(f"公告{number}" for number in range(7)), "重要的公告"]
    assert page.content.decode().count('<span class="tag sun">重要</span>') == 1
    assert titles(whats_new(limit=3)) == ["公告0", "公告1", "公告2"]


def test_the_other_language_shows_the_same_in_its_words(client, index, today):
    announcement(index, "公告", slug="notice", announced_on=today)
    document = LibraryDocumentFactory(slug="manual", title="手冊", title_en="Manual")
    DocumentVersionFactory(document=document, label="115.1", effective_from=today)
    news = client.get("/en/zone/").context["news"]
    assert [(thing.title, thing.language, thing.url) for thing in news] == [
        ("公告", "zh-hant", "/en/zone/announcements/notice/"),
        ("Manual 115.1", "en", "/en/documents/manual/"),
    ]


# --- law -----------------------------------------------------------------------------------------


def test_a_change_of_law_counts_the_articles_it_changed_only_where_earlier_words_are_known(client, index):
    law = LawFactory()
    first = LawVersion.objects.create(law=law, amended_on=datetime.date(2019, 5, 22))
    second = LawVersion.objects.create(law=law, amended_on=datetime.date(2026, 2, 1))
    for article in ArticleFactory.create_batch(3, law=law):
        ArticleVersionFactory(article=article, law_version=first)
    ArticleVersionFactory(article=article, law_version=second, text="新的")
    ArticleVersionFactory(article__law=LawFactory(), law_version__amended_on=datetime.date(2021, 7, 14))
    assert [(change.version.amended_on.year, change.changed) for change in law_changes(limit=4)] == [
        (2026, 1),
        (2021, None),
        (2019, None),
    ]
    assert f'href="/laws/{law.pcode}/compare/' in client.get("/zone/").content.decode()


# --- tasks ---------------------------------------------------------------------------------------


def test_a_task_leads_to_its_documents_in_force_and_the_articles_behind(client, index, today):
    article = ArticleFactory(law__name="政府採購法", number="71")
    task = ProcurementTaskFactory(name="驗收與付款")
    document = LibraryDocumentFactory(title="驗收程序", kind="procedure")
    document.tasks.add(task)
    for label, day in (("114.1", today - 99 * DAY), ("115.1", today - DAY), ("116.1", today + DAY)):
        publish_version(
            document=document, label=label, effective_from=day, changes="更新", by=None,
            control_points=[Point("主驗", "由首長指派", "政府採購法第 71 條")],
        )  # fmt: skip
    DocumentVersionFactory(effective_from=today - DAY)  # of another task
    response = client.get(f"/tasks/{task.slug}/")
    assert [str(version) for version in response.context["versions"]] == ["驗收程序 115.1"]
    assert response.context["articles"] == [article]


def test_a_task_shows_the_lessons_of_its_subjects_with_a_lock_where_they_are_not_open(client, index):
    subject = SubjectFactory()
    _courses, page = course_pages(CourseFactory())
    lesson(page, "限學員的單元", subject=subject)
    lesson(page, "公開的單元", subject=subject, visibility="public")
    lesson(page, "別科的單元", subject=SubjectFactory(), visibility="public")
    task = ProcurementTaskFactory()
    task.subjects.add(subject)
    shown = client.get(f"/tasks/{task.slug}/").content.decode()
    assert "公開的單元</a>" in shown
    assert "限學員的單元" in shown
    assert "限學員的單元</a>" not in shown
    assert "別科的單元" not in shown
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert "限學員的單元</a>" in client.get(f"/tasks/{task.slug}/").content.decode()


def test_tasks_stand_in_the_zone_and_in_the_site_map(client, index):
    ProcurementTaskFactory(slug="second", order=2)
    ProcurementTaskFactory(slug="first", order=1)
    assert [task.slug for task in client.get("/zone/").context["tasks"]] == ["first", "second"]
    assert 'href="/tasks/first/"' in client.get("/sitemap/").content.decode()
    assert client.get("/tasks/").url == "/zone/#tasks"
    assert client.get("/tasks/unknown/").status_code == 404


# --- addresses, feed, back office ----------------------------------------------------------------


def test_the_permanent_address_leads_to_the_zone_wherever_it_stands(client, index):
    zone = index.get_parent().specific
    zone.slug = "procurement"
    zone.save_revision().publish()
    assert client.get("/zone/").url == "/procurement/"
    zone.unpublish()
    assert client.get("/zone/").url == "/laws/"


def test_the_feed_tells_of_announcements_in_the_language_of_its_address(client, index, today):
    announcement(index, "門檻", slug="amounts", announced_on=today, is_important=True)
    announcement(index, "過期", announced_on=today - 2 * DAY, until=today - DAY)
    announcement(index, "明天", announced_on=today + DAY)
    response = client.get("/announcements.atom")
    feed = ET.fromstring(response.content)
    assert response["Content-Type"].startswith("application/atom+xml")
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["【重要】 門檻", "過期"]
    [first, _second] = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]
    assert first.endswith("/zone/announcements/amounts/")
    english = ET.fromstring(client.get("/en/announcements.atom").content)
    assert [entry.findtext(f"{ATOM}title") for entry in english.iter(f"{ATOM}entry")] == ["[Important] 門檻", "過期"]


def test_an_announcement_cannot_end_before_it_begins(index, today):
    page = AnnouncementPage(title="公告", slug="x", summary="摘要", announced_on=today, until=today - DAY)
    with pytest.raises(ValidationError) as refused:
        index.add_child(instance=page)
    assert set(refused.value.message_dict) == {"until"}


def test_editors_keep_tasks_and_announcements_in_the_back_office(client, index):
    task = ProcurementTaskFactory()
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert client.get("/cms/snippets/library/procurementtask/").status_code == 200
    assert client.get(f"/cms/snippets/library/procurementtask/edit/{task.pk}/").status_code == 200
    assert client.get(f"/cms/pages/add/library/announcementpage/{index.pk}/").status_code == 200


@pytest.mark.parametrize("path", ["/zone/", "/zone/announcements/", "/tasks/first/", "/", "/announcements.atom"])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, index, today, path):
    subject = SubjectFactory()
    _courses, courses_page = course_pages(CourseFactory())
    first = ProcurementTaskFactory(slug="first")
    first.subjects.add(subject)

    def add(number):
        announcement(index, f"公告{number}", announced_on=today - DAY, is_important=True)
        document = LibraryDocumentFactory()
        document.tasks.add(first)
        publish_version(
            document=document, label="115.1", effective_from=today - DAY, changes="更新", by=None,
            control_points=[Point("步驟", "重點", f"政府採購法第 {number} 條")],
        )  # fmt: skip
        ArticleVersionFactory(article__law=LawFactory())
        ProcurementTaskFactory().subjects.add(subject)
        lesson(courses_page, f"單元{number}", subject=subject, visibility="public")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    act = LawFactory(name="政府採購法")
    for number in (1, 2, 3):
        ArticleFactory(law=act, number=str(number))
    add(1)
    queries()
    one = queries()
    add(2)
    add(3)
    assert queries() == one
