"""The site's skeleton, its languages, its gate, its menu and its map."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page, Site

from accounts.enums import Role
from courses.catalogue.models import CourseIndexPage, CoursePage
from courses.learning.models import LessonPage
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseFactory
from tests.factories.website import content_page, publish
from website.models import HomePage
from website.services import ensure_site, ensure_translations


def test_the_site_stands_in_two_languages_and_laying_it_again_changes_nothing(home):
    def state():
        return list(Page.objects.order_by("path").values_list("title", "slug", "locale__language_code", "depth"))

    before = state()
    assert [(slug, language) for _, slug, language, depth in before if depth == 2] == [
        ("home-zh-hant", "zh-hant"),
        ("home-en", "en"),
    ]
    assert ensure_site().pk == home.pk
    assert state() == before
    assert Site.objects.get().root_page_id == home.pk


def test_home_stands_at_the_root_of_each_language(client, home):
    chinese, english = client.get("/"), client.get("/en/")
    assert (chinese.context["page"].headline, english.context["page"].headline) == ("陽光採購", "Sunshine")
    assert english.context["page"].title == "Sunshine Procurement Academy"
    assert '<html lang="zh-Hant">' in chinese.content.decode()
    assert '<html lang="en">' in english.content.decode()


def test_what_editors_changed_stays_when_the_site_is_ensured_again(home):
    HomePage.objects.filter(pk=home.pk).update(headline="編輯改過")
    assert ensure_site(headline="另一句").headline == "編輯改過"


def test_a_page_without_translation_shows_its_own_words_and_says_their_language(client, home):
    page = content_page(home, "隱私權")
    ensure_translations(page=page)
    alias = page.get_translation(Locale.objects.get(language_code="en")).specific
    assert (alias.content_language, page.content_language) == ("zh-hant", "zh-hant")
    assert alias.url == f"/en{page.url}"
    assert client.get(alias.url).status_code == 200


@pytest.mark.parametrize(
    ("path", "other"),
    [("/search/?q=%E5%BA%95&page=2", "/en/search/?q=%E5%BA%95&page=2"), ("/en/laws/", "/laws/"), ("/", "/en/")],
)
def test_the_language_switch_stays_on_the_page(client, home, path, other):
    switched = [link for link in client.get(path).context["languages"] if not link.is_current]
    assert [link.url for link in switched] == [other]


def test_the_language_switch_leads_to_the_translation_of_a_page(client, home):
    page = content_page(home, "使用指南", slug="guide")
    english = page.copy_for_translation(Locale.objects.get(language_code="en"))
    english.slug = "the-guide"
    english.save_revision().publish()
    links = client.get("/guide/").context["languages"]
    assert [(link.code, link.url, link.is_current) for link in links] == [
        ("zh-hant", "/guide/", True),
        ("en", "/en/the-guide/", False),
    ]


def test_a_page_without_translation_leads_home_in_the_other_language(client, home):
    content_page(home, "使用指南", slug="guide")
    assert [link.url for link in client.get("/guide/").context["languages"]] == ["/guide/", "/en/"]


# --- the gate -----------------------------------------------------------------------------------


@pytest.fixture
def lesson(home):
    index = publish(home, CourseIndexPage(title="課程", slug="courses"))
    course = publish(index, CoursePage(title="基礎班", slug="basic", course=CourseFactory(), introduction="入門"))
    return publish(course, LessonPage(title="祕密的單元", slug="lesson", summary="學會"))


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, lesson):
    response = client.get("/courses/basic/lesson/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/courses/basic/lesson/")


def test_somebody_who_is_not_entitled_is_refused(client, lesson):
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    assert client.get("/courses/basic/lesson/").status_code == 403


def test_a_draft_is_not_there_even_for_an_administrator(client, lesson):
    lesson.unpublish()
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert client.get("/courses/basic/lesson/").status_code == 404


def test_an_editors_preview_passes_the_gate(client, lesson):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    lesson.title = "修改中的單元"
    lesson.save_revision()
    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk]))
    assert response.status_code == 200
    assert "修改中的單元" in response.content.decode()


# --- menu and map -------------------------------------------------------------------------------


def test_the_menu_shows_what_the_reader_may_open(client, home):
    def labels(user):
        client.logout()
        if user:
            client.force_login(user)
        return {str(entry.label) for entry in client.get("/en/").context["entries"]}

    everybody = labels(None)
    assert {"Home", "Procurement zone"} <= everybody
    assert not {"Desk", "Today’s classes", "Back office"} & everybody
    assert {"Desk", "Today’s classes", "Back office"} <= labels(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert {"Today’s classes", "Back office"} <= labels(UserFactory(roles=[Role.INSTRUCTOR]))


def test_the_menu_marks_where_the_reader_is(client, home):
    def current(path):
        return [entry.url for entry in client.get(path).context["entries"] if entry.is_current]

    assert current("/runs/") == ["/runs/"]
    assert current("/laws/") == ["/zone/"]  # what an entry covers counts as its own


def test_the_map_shows_the_tree_but_not_what_the_reader_may_not_open(client, lesson):
    page = client.get("/sitemap/").content.decode()
    assert 'href="/courses/basic/"' in page
    assert "祕密的單元" not in page
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert 'href="/courses/basic/lesson/"' in client.get("/sitemap/").content.decode()


def test_the_map_costs_no_query_more_for_more_pages(client, home):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/sitemap/").status_code == 200
        return len(captured)

    content_page(home, "一")
    queries()
    one = queries()
    content_page(home, "二")
    content_page(home, "三")
    assert queries() == one


def test_robots_are_told_what_is_not_for_them(client, home):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Disallow: /cms/" in response.content.decode()


def test_the_back_office_leads_to_no_other_site(client, home):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    page = client.get("/cms/").content.decode()
    assert "wagtail.org" not in page
    assert "/static/css/apps/back_office.css" in page
