"""The search page: what it finds, and what it must never give away."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from accounts.enums import Role
from courses.catalogue.models import CourseIndexPage, CoursePage
from courses.learning.models import LessonPage
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseFactory
from tests.factories.library import ArticleVersionFactory
from tests.factories.website import content_page, publish, stream
from website.enums import Visibility
from website.services import ensure_translations


@pytest.fixture
def course_page(home):
    index = publish(home, CourseIndexPage(title="課程"))
    return publish(index, CoursePage(title="基礎班", course=CourseFactory(), introduction="入門"))


def lesson(course_page, title, text="底價的秘密", visibility=Visibility.ENROLLED):
    body = stream(("text", f"<p>{text}</p>"))
    return publish(course_page, LessonPage(title=title, summary="學會", visibility=visibility, body=body))


def titles(response, key="pages"):
    [section] = [section for section in response.context["sections"] if section["key"] == key]
    return section["count"], [hit["title"] for hit in section["hits"]]


def find(client, query, **parameters):
    return client.get(reverse("website:search"), {"q": query, **parameters})


def test_a_visitor_finds_public_pages_with_the_word_marked(client, home):
    content_page(home, "驗收指南", ("text", "<p>驗收不符時，先<b>限期改善</b>。</p>"))
    response = find(client, "限期")
    assert titles(response) == (1, ["驗收指南"])
    assert "<mark>限期</mark>" in response.content.decode()


def test_lessons_for_the_enrolled_are_found_only_by_those_who_may_read_them(client, course_page):
    lesson(course_page, "訂底價")
    lesson(course_page, "公開的底價", visibility=Visibility.PUBLIC)
    response = find(client, "底價")
    assert titles(response) == (1, ["公開的<mark>底價</mark>"])
    assert "訂<mark>底價</mark>" not in response.content.decode()

    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    assert titles(find(client, "底價"))[0] == 1

    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert titles(find(client, "底價"))[0] == 2


def test_counts_and_pages_count_only_what_the_reader_may_see(client, course_page):
    for number in range(22):
        lesson(course_page, f"秘密底價{number}")
        content_page(course_page.get_parent().get_parent(), f"公開底價{number}")
    response = find(client, "底價", **{"in": "pages", "page": "2"})
    page = response.context["page_obj"]
    assert (page.paginator.count, page.paginator.num_pages, len(response.context["hits"])) == (22, 2, 2)
    assert all("公開" in hit["title"] for hit in response.context["hits"])


def test_a_draft_is_not_found(client, home):
    page = content_page(home, "草稿的底價")
    page.unpublish()
    assert find(client, "底價").context["total"] == 0


def test_pages_are_sought_in_the_language_of_the_interface(client, home):
    page = content_page(home, "驗收指南")
    ensure_translations(page=page)
    english = page.get_translation(Locale.objects.get(language_code="en"))
    assert english.alias_of.pk == page.pk
    response = client.get("/en/search/", {"q": "驗收"})
    assert titles(response) == (1, ["<mark>驗收</mark>指南"])
    [hit] = response.context["sections"][0]["hits"]
    assert (hit["url"], hit["language"]) == (english.url, "zh-hant")
    assert f'<a href="{english.url}" lang="zh-hant">' in response.content.decode()
    assert (
        '<a href="/en/驗收指南/" lang="zh-hant">' in response.content.decode()
        or 'lang="zh-hant"' in response.content.decode()
    )


def test_articles_are_found_beside_pages(client, home):
    version = ArticleVersionFactory(article__number="48", text="投標廠商未達三家者，不予開標。")
    version.article.save()  # as the import does, the index is written after the words
    response = find(client, "開標")
    assert titles(response, "articles") == (1, [f"{version.article.law.name}第 48 條"])


def test_the_number_of_queries_does_not_grow_with_the_results(client, course_page):
    client.force_login(UserFactory(roles=[Role.TRAINEE]))

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert find(client, "底價").status_code == 200
        return len(captured)

    lesson(course_page, "底價一", visibility=Visibility.SIGNED_IN)
    find(client, "底價")  # fills the caches of content types and sites
    one = queries()
    lesson(course_page, "底價二", visibility=Visibility.SIGNED_IN)
    lesson(course_page, "底價三", visibility=Visibility.SIGNED_IN)
    assert queries() == one


@pytest.mark.parametrize("query", ["", "   ", "「」", "'", '"', "<script>", "%", "a" * 5000, "NOT", "底價 AND (", "*"])
def test_no_query_breaks_the_page(client, home, query):
    response = find(client, query)
    assert (response.status_code, response.context["total"]) == (200, 0)
    assert "<script>" not in response.content.decode().replace("<script type", "").replace("<script src", "")


def test_an_unknown_kind_and_a_page_too_far_show_something_sensible(client, home):
    content_page(home, "底價")
    assert find(client, "底價", **{"in": "nonsense"}).context["total"] == 1
    assert len(find(client, "底價", **{"in": "pages", "page": "999"}).context["hits"]) == 1


def test_too_many_searches_ask_for_a_pause(client, home, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": "2/m"}
    cache.clear()
    assert [find(client, "底價").status_code for _ in range(3)] == [200, 200, 429]
