"""Versions of documents: published whole or not at all, in force by their day, told of once."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile, File
from django.db.models.signals import pre_save
from django.utils import timezone

from common.errors import DomainError
from library.documents import current_version_of, documents_found, documents_listed, versions_to_announce
from library.enums import DocumentKind, TextSource
from library.models import (
    ArticleVersion,
    Citation,
    CitationReview,
    DocumentFile,
    DocumentVersion,
    LawVersion,
    LibraryDocument,
)
from library.services import (
    Point,
    announce_version,
    publish_version,
    restore_document,
    save_document,
    subscribe,
    subscriptions,
    unsubscribe,
    withdraw_document,
)
from notifications.models import Message
from tests.factories.accounts import UserFactory

POINTS = [Point("擬定需求", "核算採購金額時，將後續擴充所需金額計入。", "採購法第 48 條第 1 項")]
MEGABYTE = 1024 * 1024


def odt(name: str = "範本.odt", text: str = "") -> ContentFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", text)
    return ContentFile(buffer.getvalue(), name=name)


def pdf(name: str = "範本.pdf") -> ContentFile:
    return ContentFile(b"%PDF-1.7\n%%EOF\n", name=name)


def docx(name: str = "範本.docx") -> ContentFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", "")
    return ContentFile(buffer.getvalue(), name=name)


def days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


@pytest.fixture
def document(db: None) -> LibraryDocument:
    return LibraryDocument.objects.create(slug="instructions", title="投標須知範本", kind=DocumentKind.TEMPLATE)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def publish(document: LibraryDocument, **changed) -> DocumentVersion:
    arguments = {
        "label": "115.1",
        "effective_from": days(-20),
        "changes": "配合採購法第 48 條修正。",
        "law_as_of": days(-30),
        "files": [odt(), pdf()],
        "control_points": POINTS,
        "by": None,
    }
    return publish_version(document=document, **(arguments | changed))


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# --- publishing -----------------------------------------------------------------------------------


def test_publishing_twice_gives_one_version_and_one_set_of_files(document, act, media):
    first = publish(document)
    assert publish(document) == first
    assert sorted(first.files.values_list("format", flat=True)) == ["odt", "pdf"]
    assert len(stored_files(media)) == 2
    citations = Citation.objects.filter(object_id=document.pk, content_type__model="librarydocument")
    assert set(citations.values_list("article__number", "paragraph")) == {("48", 0), ("48", 1)}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"files": [odt(text="other"), pdf()]}, "label_taken"),
        ({"changes": "別的理由"}, "label_taken"),
        ({"label": "115.2"}, "day_taken"),
        ({"label": "current"}, "label"),
        ({"label": "115.2", "effective_from": days(0), "changes": " "}, "no_changes"),
        ({"label": "115.2", "effective_from": days(0), "files": [], "control_points": []}, "empty_version"),
        ({"label": "115.2", "effective_from": days(0), "files": [odt(), odt()]}, "file_twice"),
        ({"label": "115.2", "effective_from": days(0), "control_points": [Point("步驟", " ")]}, "point"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_no_file_behind(document, media, changed, code):
    publish(document)
    with pytest.raises(DomainError) as refusal:
        publish(document, **changed)
    assert refusal.value.code == code
    assert (DocumentVersion.objects.count(), DocumentFile.objects.count(), len(stored_files(media))) == (1, 2, 2)


@pytest.mark.parametrize(
    ("kind", "files", "allowed"),
    [
        (DocumentKind.TEMPLATE, [pdf()], False),
        (DocumentKind.FORM, [docx(), pdf()], False),
        (DocumentKind.FORM, [odt(), docx()], True),
        (DocumentKind.MANUAL, [pdf()], True),
        (DocumentKind.MANUAL, [docx(), pdf()], False),
    ],
)
def test_what_is_filled_in_is_offered_in_odf_and_other_formats_only_beside_it(document, kind, files, allowed):
    document.kind = kind
    document.save()
    if allowed:
        assert publish(document, files=files).files.count() == len(files)
    else:
        with pytest.raises(DomainError) as refusal:
            publish(document, files=files)
        assert refusal.value.code == "not_odf"


class Huge(File):
    """A file of 200 MB that must not be read."""

    size = 200 * MEGABYTE

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), name="手冊.pdf")

    def read(self, *args: int) -> bytes:
        raise AssertionError("read")

    chunks = read


def test_a_file_of_200_mb_is_refused_unread_and_a_pdf_that_is_none_is_named(document, media):
    with pytest.raises(DomainError, match=r"手冊\.pdf.*200 MB.*100 MB") as refusal:
        publish(document, files=[odt(), Huge()])
    assert refusal.value.code == "file_size"
    with pytest.raises(DomainError, match=r"圖\.pdf.*\.pdf") as refusal:
        publish(document, files=[odt(), ContentFile(b"\x89PNG\r\n\x1a\n", name="圖.pdf")])
    assert refusal.value.code == "file_content"
    assert stored_files(media) == []


def test_a_version_that_follows_the_changed_law_closes_the_review(document, act):
    publish(document)
    article = act.articles.get(number="48")
    amended = LawVersion.objects.create(law=act, amended_on=days(-10))
    words = ArticleVersion.objects.create(
        article=article, law_version=amended, text="新文字", source=TextSource.OFFICIAL
    )
    review = CitationReview.objects.create(
        article=article, version=words, content_type=ContentType.objects.get_for_model(document), object_id=document.pk
    )
    by = UserFactory()
    publish(document, label="115.2", effective_from=days(-1), law_as_of=days(-11), by=by)
    review.refresh_from_db()
    assert review.closed_at is None
    publish(document, label="115.3", effective_from=days(0), law_as_of=days(-10), by=by)
    review.refresh_from_db()
    assert (review.closed_by, "115.3" in review.note) == (by, True)


def test_a_published_address_stays(document):
    publish(document)
    document.slug = "other"
    with pytest.raises(DomainError) as refusal:
        save_document(document=document, tasks=[], laws=[], by=None)
    assert refusal.value.code == "address_fixed"


# --- in force -------------------------------------------------------------------------------------


def test_the_newest_in_force_counts_and_a_coming_one_does_not(document):
    publish(document, label="114.1", effective_from=days(-400))
    current = publish(document)
    publish(document, label="116.1", effective_from=days(1))
    assert current_version_of(document) == current
    assert current_version_of(document, on=days(-21)).label == "114.1"
    assert current_version_of(document, on=days(1)).label == "116.1"
    assert current_version_of(document, on=days(-401)) is None


def test_the_stable_address_serves_the_version_in_force(document, client):
    publish(document, label="114.1", effective_from=days(-400), files=[odt(text="old")])
    publish(document, files=[odt(text="current")])
    publish(document, label="116.1", effective_from=days(1), files=[odt(text="coming")])

    def words(address: str) -> bytes:
        answer = client.get(address)
        with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
            return archive.read("content.xml")

    assert words("/documents/instructions/current.odt") == b"current"
    assert words("/documents/instructions/114.1/odt") == b"old"
    assert words("/documents/instructions/116.1/odt") == b"coming"
    assert client.get("/documents/instructions/current.pdf").status_code == 404


def test_an_older_version_says_so_and_leads_to_the_current_one(document, client):
    publish(document, label="114.1", effective_from=date(2025, 1, 1))
    publish(document, effective_from=date(2026, 1, 5))
    page = client.get("/documents/instructions/114.1/").content.decode()
    assert "這是舊版（114.1），自 115 年 1 月 5 日起已由新版取代。" in page
    assert 'href="/documents/instructions/"' in page
    assert client.get("/documents/instructions/115.1/").url == "/documents/instructions/"
    assert "115 年 1 月 5 日起由新版取代" in client.get("/documents/instructions/").content.decode()


def test_a_withdrawn_document_says_so_and_offers_nothing_as_current(document, act, client):
    publish(document)
    withdraw_document(document=document, by=None)
    page = client.get("/documents/instructions/").content.decode()
    assert "停止適用" in page
    assert "current.odt" not in page
    assert client.get("/documents/instructions/current.odt").status_code == 404
    assert not Citation.objects.exists()
    assert (list(documents_listed()), documents_found("投標須知")) == ([], [])
    with pytest.raises(DomainError) as refusal:
        publish(document, label="115.2", effective_from=days(0))
    assert refusal.value.code == "withdrawn"
    restore_document(document=document, by=None)
    assert documents_found("投標須知") == [document]


def test_the_search_finds_the_words_in_force(document):
    publish(document)
    assert documents_found("後續擴充") == [document]
    publish(document, label="115.2", effective_from=days(0), control_points=[])
    assert documents_found("後續擴充") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_alike_for_few_and_many(db, client, count, django_assert_num_queries):
    client.get("/documents/")
    for number in range(count):
        one = LibraryDocument.objects.create(slug=f"d{number}", title=f"文件{number}", kind=DocumentKind.MANUAL)
        publish(one)
    with django_assert_num_queries(9):
        page = client.get("/documents/")
    assert len(page.context["page_obj"].object_list) == count


def test_the_check_form_has_a_row_for_each_control_point(document, client):
    publish(document)
    answer = client.get("/documents/instructions/115.1/check-form.odt")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        words = archive.read("content.xml").decode()
    assert ("擬定需求" in words, "部分落實" in words) == (True, True)
    answer = client.get("/documents/instructions/115.1/check-form.pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get("/documents/instructions/115.1/check-form.docx").status_code == 404


# --- subscribers ----------------------------------------------------------------------------------


@pytest.fixture
def told_two_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(subscriptions, "TOLD_TOGETHER", 2)


def test_each_subscriber_is_told_once_though_the_worker_is_killed_between(document, told_two_at_a_time):
    users = [UserFactory() for _ in range(5)]
    for user in users[:4]:
        subscribe(user=user, document=document)
    for user in users[3:]:
        subscribe(user=user, document=None)  # the fourth is subscribed twice over
    version = publish(document, label="115.2", effective_from=days(0))

    class Killed(BaseException):
        pass

    def kill_at_the_fourth(**kwargs: object) -> None:
        if Message.objects.count() == 3:
            raise Killed

    pre_save.connect(kill_at_the_fourth, sender=Message)
    try:
        with pytest.raises(Killed):
            announce_version(version_id=version.pk)
    finally:
        pre_save.disconnect(kill_at_the_fourth, sender=Message)
    assert Message.objects.count() == 2
    assert announce_version(version_id=version.pk) == 3
    assert announce_version(version_id=version.pk) == 0
    assert sorted(Message.objects.values_list("to", flat=True)) == sorted(user.email for user in users)
    message = Message.objects.first()
    assert ("配合採購法第 48 條修正。" in message.text, "/subscriptions/" in message.text) == (True, True)


def announce_all() -> None:
    for version_id in versions_to_announce().values_list("pk", flat=True):
        announce_version(version_id=version_id)


def test_a_coming_version_is_told_of_on_its_day_and_a_superseded_one_never(document):
    user = UserFactory()
    subscribe(user=user, document=document)
    publish(document)
    publish(document, label="113.1", effective_from=days(-900))
    coming = publish(document, label="116.1", effective_from=days(1), control_points=[])
    announce_all()
    assert [message.subject for message in Message.objects.all()] == ["投標須知範本已更新為 115.1 版"]
    DocumentVersion.objects.filter(pk=coming.pk).update(effective_from=days(0))  # its day has come
    announce_all()
    assert Message.objects.count() == 2
    assert documents_found("後續擴充") == []
    unsubscribe(user=user, document=document)
    assert not user.document_subscriptions.exists()


def test_subscribing_needs_a_sign_in_and_a_post(document, client):
    publish(document)
    assert client.post("/subscriptions/subscribe/", {"document": "instructions"}).status_code == 403
    user = UserFactory()
    client.force_login(user)
    assert client.get("/subscriptions/subscribe/").status_code == 405
    for _ in range(2):
        assert client.post("/subscriptions/subscribe/", {"document": "instructions"}).url == "/documents/instructions/"
    assert user.document_subscriptions.get().document == document
    client.post("/subscriptions/unsubscribe/", {"document": "instructions"})
    assert not user.document_subscriptions.exists()
