"""Files have no open address: who may see a page that uses a file may have it, nobody else."""

import re

import pytest

from accounts.enums import Role
from courses.catalogue.models import CourseIndexPage, CoursePage
from courses.learning.models import LessonPage
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseFactory
from tests.factories.website import content_page, document, image, publish, stream
from website.enums import Visibility


def document_block(found):
    return ("document", {"document": found.pk, "description": ""})


@pytest.fixture
def course_page(home):
    index = publish(home, CourseIndexPage(title="課程"))
    return publish(index, CoursePage(title="基礎班", course=CourseFactory(), introduction="入門"))


def test_a_file_of_a_public_page_is_open_to_everybody(client, home):
    found = document()
    content_page(home, "表單", document_block(found))
    response = client.get(found.url)
    assert (response.status_code, response.getvalue()) == (200, b"%PDF-1.7 content")


def test_a_link_in_running_text_counts_too(client, home):
    found = document()
    content_page(home, "表單", ("text", f'<p><a linktype="document" id="{found.pk}">表單</a></p>'))
    assert client.get(found.url).status_code == 200


def test_a_file_that_no_page_uses_is_closed(client, home):
    found = document()
    response = client.get(found.url)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/files/documents/")
    client.force_login(UserFactory())
    assert client.get(found.url).status_code == 403


def test_a_file_of_a_draft_or_of_a_withdrawn_page_is_closed(client, home):
    found = document()
    page = content_page(home, "表單", document_block(found))
    page.unpublish()
    client.force_login(UserFactory())
    assert client.get(found.url).status_code == 403


def test_a_file_of_a_lesson_for_the_enrolled_is_closed_to_others(client, course_page):
    found = document()
    publish(course_page, LessonPage(title="單元", summary="學會", body=stream(document_block(found))))
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    assert client.get(found.url).status_code == 403
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert client.get(found.url).status_code == 200


def test_a_file_is_open_as_soon_as_one_of_its_pages_is(client, course_page):
    found = document()
    publish(course_page, LessonPage(title="單元", summary="學會", body=stream(document_block(found))))
    publish(
        course_page,
        LessonPage(title="公開", summary="學會", visibility=Visibility.PUBLIC, body=stream(document_block(found))),
    )
    assert client.get(found.url).status_code == 200


def test_who_uploaded_a_file_and_editors_may_have_it_before_it_is_used(client, home):
    uploader = UserFactory(roles=[Role.TRAINEE])
    found = document(uploaded_by_user=uploader)
    for user in (uploader, UserFactory(roles=[Role.INSTRUCTOR]), UserFactory(roles=[Role.ADMINISTRATOR])):
        client.force_login(user)
        assert client.get(found.url).status_code == 200


def test_a_private_collection_closes_its_files_even_on_a_public_page(client, home):
    from wagtail.models import Collection, CollectionViewRestriction

    collection = Collection.get_first_root_node().add_child(name="內部")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    found = document(collection=collection)
    content_page(home, "表單", document_block(found))
    assert client.get(found.url).status_code == 302
    client.force_login(UserFactory())
    assert client.get(found.url).status_code == 200


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail leaves its buffer open
def test_an_image_is_as_open_as_its_page_in_every_size(client, home):
    found = image()
    rendition = found.get_rendition("width-320")
    assert client.get(rendition.url).status_code == 302
    content_page(home, "圖", ("image", {"image": found.pk, "alternative": "圖", "caption": ""}))
    response = client.get(rendition.url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")


def test_a_file_has_no_other_address(client, home):
    found = document()
    content_page(home, "表單", document_block(found))
    for path in (
        f"/documents/{found.pk}/{found.filename}",
        f"/media/{found.file.name}",
        f"/no-open-media/{found.file.name}",
        f"/files/documents/{found.pk}/other.pdf",
        f"/files/documents/{found.pk + 1}/{found.filename}",
    ):
        assert client.get(path, follow=True).status_code == 404  # a slash may be added on the way


def test_an_uploaded_web_page_is_only_downloaded(client, home):
    found = document("form.html", b"<script>alert(1)</script>")
    content_page(home, "表單", document_block(found))
    response = client.get(found.url)
    assert response["Content-Disposition"] == f'attachment; filename="{found.filename}"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_files_cannot_be_posted_to(client, home):
    assert client.post(document().url).status_code == 405


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail leaves its buffer open
def test_the_back_office_shows_its_thumbnails(client, home):
    image()
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    [rendition] = re.findall(r'src="(/files/images/\d+/)"', client.get("/cms/images/").content.decode())
    assert client.get(rendition).status_code == 200
