"""Materials of a run: posted by who teaches it, downloaded by who is enrolled in it."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from common.file_types import FILE_TYPES, MEGABYTE, check_file
from common.models import AuditEntry
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.learning.models import Material
from courses.learning.services import post_material, withdraw_material
from tests.factories.catalogue import CourseRunFactory
from tests.factories.enrolment import EnrolmentFactory
from tests.factories.learning import MaterialFactory, teach
from website.enums import Visibility

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 handout"


def upload(name: str = "講義.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def run(db: None) -> CourseRun:
    return CourseRunFactory(basic=True)


class TestWhatMayBePosted:
    """The name decides the type; size and content must fit it."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.pdf", PDF),
            ("a.odt", archive(mimetype=b"application/vnd.oasis.opendocument.text")),
            ("a.xlsx", archive(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})),
            ("a.txt", "採購".encode("cp950")),
            ("a.vtt", "WEBVTT 字幕".encode()),
            ("a.mp4", b"\x00\x00\x00\x20ftypisom"),
            ("A.PNG", b"\x89PNG\r\n\x1a\n...."),
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ],
    )
    def test_a_file_that_is_what_its_name_says_is_taken(self, name: str, content: bytes) -> None:
        assert check_file(upload(name, content)) is FILE_TYPES[name.lower().rpartition(".")[2]]

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("a.exe", b"MZ", "file_type"),
            ("a", b"x", "file_type"),
            ("a.pdf", b"", "file_empty"),
            ("a.pdf", b"MZ\x90\x00 a program", "file_content"),
            ("a.odt", archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "file_content"),
            ("a.docx", PDF, "file_content"),
            ("a.txt", b"\x00\x01", "file_content"),
        ],
    )
    def test_anything_else_is_refused_in_words(self, name: str, content: bytes, code: str) -> None:
        with pytest.raises(DomainError) as refusal:
            check_file(upload(name, content))
        assert refusal.value.code == code

    def test_a_file_beyond_its_limit_is_refused_unread(self) -> None:
        file = upload("a.txt")
        file.size = 10 * MEGABYTE + 1
        with pytest.raises(DomainError) as refusal:
            check_file(file)
        assert refusal.value.code == "file_size"


def test_posting_twice_leaves_one_material_and_one_file(run: CourseRun, administrator: User) -> None:
    first = post_material(run=run, title="第一章", file=upload(), by=administrator)
    again = post_material(run=run, title="第一章", file=upload(), by=administrator)
    assert again == first
    assert Material.objects.count() == 1
    folder = first.file.name.rpartition("/")[0]
    stored = [name for name in first.file.storage.listdir(folder)[1] if name.startswith("講義")]
    assert first.file.name.rpartition("/")[2] in stored
    assert not any(first.file.storage.size(f"{folder}/{name}") == 0 for name in stored)
    assert AuditEntry.objects.filter(action="material.posted").count() == 1


def test_another_file_of_the_same_title_is_another_material(run: CourseRun, administrator: User) -> None:
    post_material(run=run, title="第一章", file=upload(), by=administrator)
    post_material(run=run, title="第一章", file=upload(content=b"%PDF-1.7 changed"), by=administrator)
    assert Material.objects.count() == 2


class TestWhoDownloads:
    """One for the enrolled is for those of this very run, and for who teaches it."""

    @pytest.fixture
    def material(self, run: CourseRun) -> Material:
        return MaterialFactory(run=run)

    def status(self, client: Client, user: User | None, material: Material) -> int:
        client.logout()
        if user:
            client.force_login(user)
        return client.get(material.get_absolute_url()).status_code

    def test_by_the_run(
        self, client: Client, material: Material, run: CourseRun, trainee: User, instructor: User, administrator: User
    ) -> None:
        assert self.status(client, None, material) == 302
        EnrolmentFactory(run=CourseRunFactory(curriculum=run.curriculum), person=trainee.person)
        assert self.status(client, trainee, material) == 403  # another run of the same course
        EnrolmentFactory(run=run, person=trainee.person)
        assert self.status(client, trainee, material) == 200
        assert self.status(client, instructor, material) == 403
        teach(instructor, run)
        assert self.status(client, instructor, material) == 200
        assert self.status(client, administrator, material) == 200

    def test_not_after_withdrawing_from_the_run(
        self, client: Client, material: Material, run: CourseRun, trainee: User
    ) -> None:
        EnrolmentFactory(run=run, person=trainee.person, state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
        assert self.status(client, trainee, material) == 403

    def test_a_public_one_by_anybody_until_it_is_withdrawn(
        self, client: Client, run: CourseRun, trainee: User, administrator: User
    ) -> None:
        material = MaterialFactory(run=run, visibility=Visibility.PUBLIC)
        assert self.status(client, None, material) == 200
        withdraw_material(material=material, by=administrator)
        EnrolmentFactory(run=run, person=trainee.person)
        assert self.status(client, None, material) == 302
        assert self.status(client, trainee, material) == 403
        assert self.status(client, administrator, material) == 200

    @pytest.mark.parametrize("name", ["page.html", "picture.svg"])
    def test_what_a_browser_would_run_is_only_downloaded(
        self, client: Client, run: CourseRun, administrator: User, name: str
    ) -> None:
        content = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        material = post_material(run=run, title="圖", file=upload(name, content), by=administrator)
        client.force_login(administrator)
        response = client.get(material.get_absolute_url())
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Type"] == "application/octet-stream"

    def test_a_pdf_is_shown_and_answers_ranges(self, client: Client, material: Material, administrator: User) -> None:
        client.force_login(administrator)
        response = client.get(material.get_absolute_url(), HTTP_RANGE="bytes=0-3")
        assert response.status_code == 206
        assert b"".join(response) == b"%PDF"
        assert response["Content-Disposition"].startswith("inline")


class TestThePageOfARunsMaterials:
    def test_an_instructor_posts_and_withdraws(self, client: Client, run: CourseRun, instructor: User) -> None:
        teach(instructor, run)
        client.force_login(instructor)
        url = reverse("learning:materials", args=[run.code])
        form = {"title": "第一章", "visibility": "enrolled", "subject": ""}
        assert client.post(url, {**form, "file": upload()}).status_code == 302
        material = Material.objects.get()
        assert (material.run, material.posted_by, material.visibility) == (run, instructor, "enrolled")
        client.post(reverse("learning:withdraw_material", args=[material.pk]))
        first = Material.objects.get().withdrawn_at
        client.post(reverse("learning:withdraw_material", args=[material.pk]))
        assert first is not None
        assert Material.objects.get().withdrawn_at == first

    def test_a_wrong_file_is_named_and_nothing_is_kept(self, client: Client, run: CourseRun, instructor: User) -> None:
        teach(instructor, run)
        client.force_login(instructor)
        form = {"title": "第一章", "visibility": "enrolled", "file": upload("x.pdf", b"MZ")}
        response = client.post(reverse("learning:materials", args=[run.code]), form)
        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["file"]
        assert not Material.objects.exists()

    def test_it_is_closed_to_others(self, client: Client, run: CourseRun, trainee: User, instructor: User) -> None:
        EnrolmentFactory(run=run, person=trainee.person)
        material = MaterialFactory(run=run)
        for user in (trainee, instructor):
            client.force_login(user)
            assert client.get(reverse("learning:materials", args=[run.code])).status_code == 403
            assert client.post(reverse("learning:withdraw_material", args=[material.pk])).status_code == 403
        assert client.get(reverse("learning:materials", args=["no-such-run"])).status_code == 404
        assert Material.objects.get().withdrawn_at is None


class TestTheBackOffice:
    def test_it_lists_only_the_runs_one_teaches(self, client: Client, run: CourseRun, instructor: User) -> None:
        teach(instructor, run)
        own = MaterialFactory(run=run)
        MaterialFactory()
        client.force_login(instructor)
        response = client.get(reverse("materials:index"))
        assert [material.pk for material in response.context["object_list"]] == [own.pk]

    def test_it_posts_only_to_the_runs_one_teaches(self, client: Client, run: CourseRun, instructor: User) -> None:
        teach(instructor, run)
        foreign = CourseRunFactory()
        client.force_login(instructor)
        form = {"title": "第一章", "visibility": "enrolled", "subject": ""}
        client.post(reverse("materials:add"), {**form, "run": foreign.pk, "file": upload()})
        assert not Material.objects.exists()
        client.post(reverse("materials:add"), {**form, "run": run.pk, "file": upload()})
        assert Material.objects.get().run == run

    def test_it_withdraws_and_never_deletes(self, client: Client, run: CourseRun, instructor: User) -> None:
        teach(instructor, run)
        own, foreign = MaterialFactory(run=run), MaterialFactory()
        client.force_login(instructor)
        assert client.get(reverse("materials:delete", args=[own.pk])).status_code == 200
        client.post(reverse("materials:delete", args=[own.pk]))
        client.post(reverse("materials:delete", args=[foreign.pk]))
        assert Material.objects.get(pk=own.pk).withdrawn_at is not None
        assert Material.objects.get(pk=foreign.pk).withdrawn_at is None

    def test_its_list_costs_the_same_however_long(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("materials:index"))
            return len(captured)

        MaterialFactory()
        queries()
        one = queries()
        MaterialFactory.create_batch(2)
        assert queries() == one
