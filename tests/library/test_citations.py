"""Who cites an article: kept by what is published, shown only to those who may read it."""

from django.urls import reverse

from accounts.enums import Role
from courses.catalogue.models import CourseIndexPage, CoursePage
from courses.learning.models import LessonPage
from library.models import Citation
from library.services import sync_citations
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseFactory
from tests.factories.library import SubjectFactory
from tests.factories.website import content_page, publish, stream
from website.enums import Visibility
from website.services import ensure_translations


def cited_by(page):
    rows = Citation.objects.filter(object_id=page.pk).order_by("article__order", "paragraph")
    return [(row.article.number, row.paragraph) for row in rows]


def test_a_published_page_cites_what_its_words_name_and_what_it_quotes(home, act):
    page = content_page(
        home,
        "決標",
        ("text", "<p>依採購法第 48 條第 1 項，<b>採購法</b>第 49 條。</p><p>採購法</p><p>第 50 條</p>"),
        ("key_point", {"title": "採購法第 33 條", "text": "<p>採購法第 34 條第 2 項</p>"}),
        introduction="採購法第 101 條",
    )
    assert cited_by(page) == [("33", 0), ("34", 2), ("48", 1), ("49", 0), ("101", 0)]


def test_a_quotation_block_cites_its_article(home, act):
    index = publish(home, CourseIndexPage(title="課程"))
    course = publish(index, CoursePage(title="基礎班", course=CourseFactory(), introduction="入門"))
    quotation = {"article": act.articles.get(number="15").pk, "comment": "<p>參看採購法第 11 條之 1</p>"}
    page = publish(course, LessonPage(title="迴避", summary="學會", body=stream(("law_quotation", quotation))))
    assert cited_by(page) == [("11-1", 0), ("15", 0)]


def test_citations_follow_the_live_words_not_the_draft(home, act):
    page = content_page(home, "決標", ("text", "<p>採購法第 48 條</p>"))
    page.body = stream(("text", "<p>採購法第 49 條</p>"))
    revision = page.save_revision()
    assert cited_by(page) == [("48", 0)]
    revision.publish()
    assert cited_by(page) == [("49", 0)]


def test_a_withdrawn_or_deleted_page_cites_nothing(home, act):
    first = content_page(home, "一", ("text", "<p>採購法第 48 條</p>"))
    second = content_page(home, "二", ("text", "<p>採購法第 48 條</p>"))
    first.unpublish()
    assert Citation.objects.count() == 1
    second.delete()
    assert Citation.objects.count() == 0


def test_anything_may_cite_and_doing_so_twice_is_once(act):
    subject = SubjectFactory()
    for _ in range(2):
        sync_citations(subject, "採購法第 48 條第 2 項、採購法第 48 條第 2 項")
    assert [(row.article.number, row.paragraph, row.citing) for row in Citation.objects.all()] == [("48", 2, subject)]


def test_an_articles_page_lists_the_pages_that_the_reader_may_read(client, home, act):
    index = publish(home, CourseIndexPage(title="課程"))
    course = publish(index, CoursePage(title="基礎班", course=CourseFactory(), introduction="入門"))
    body = stream(("text", "<p>採購法第 48 條</p>"))
    publish(course, LessonPage(title="只給學員", summary="學會", body=body))
    publish(course, LessonPage(title="公開", summary="學會", visibility=Visibility.PUBLIC, body=body))
    url = reverse("library:article", args=["A0030057", "48"])
    assert [link.title for group in client.get(url).context["citing"] for link in group.links] == ["公開"]
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert [link.title for group in client.get(url).context["citing"] for link in group.links] == ["公開", "只給學員"]


def test_back_links_stay_in_the_language_of_the_interface(client, home, act):
    page = content_page(home, "決標", ("text", "<p>採購法第 48 條</p>"))
    ensure_translations(page=page)
    [[chinese]] = [group.links for group in client.get("/laws/A0030057/48/").context["citing"]]
    [[english]] = [group.links for group in client.get("/en/laws/A0030057/48/").context["citing"]]
    assert (chinese.url, english.url) == (page.url, f"/en{page.url}")
