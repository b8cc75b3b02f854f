"""The back office of documents and amounts: what is refused stands at its field, what was typed is kept."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from library.enums import DocumentKind
from library.models import DocumentVersion, LibraryDocument, Threshold
from library.services import ensure_thresholds
from tests.factories.accounts import UserFactory
from tests.library.test_documents import media, odt  # noqa: F401  a fixture

POINTS = {
    "points-TOTAL_FORMS": "3",
    "points-INITIAL_FORMS": "0",
    "points-0-step": "驗收",
    "points-0-control": "承辦採購單位之人員不得為主驗人。",
    "points-0-basis": "採購法第 71 條第 3 項",
    "points-0-ORDER": "2",
    "points-1-step": "詢價",
    "points-1-control": "價格應有合理依據。",
    "points-1-ORDER": "1",
}


@pytest.fixture
def administrator(client, home):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    return client


@pytest.fixture
def document(db):
    return LibraryDocument.objects.create(slug="small", title="小額採購流程", kind=DocumentKind.PROCEDURE)


def form(**changed):
    day = timezone.localdate().isoformat()
    return {"label": "115.1", "effective_from": day, "changes": "首次發布", "law_as_of": "", **POINTS, **changed}


def test_a_new_document_leads_to_its_first_version(administrator):
    typed = {"title": "驗收紀錄", "title_en": "Record of acceptance", "slug": "", "kind": "form", "order": "0"}
    answer = administrator.post("/cms/library-documents/new/", typed)
    document = LibraryDocument.objects.get()
    assert (document.slug, answer.url) == ("record-of-acceptance", f"/cms/library-documents/{document.pk}/publish/")


def test_a_version_is_published_with_its_points_in_the_order_typed(administrator, document):
    upload = SimpleUploadedFile("流程.odt", odt().read())
    answer = administrator.post(f"/cms/library-documents/{document.pk}/publish/", form(odt=upload))
    assert answer.url == f"/cms/library-documents/{document.pk}/versions/"
    version = document.versions.get()
    assert list(version.control_points.values_list("step", flat=True)) == ["詢價", "驗收"]
    assert version.published_by is not None
    assert administrator.get(answer.url).context["current"] == version
    again = administrator.get(f"/cms/library-documents/{document.pk}/publish/").context["points"]
    assert [row.initial.get("step") for row in again][:2] == ["詢價", "驗收"]


@pytest.mark.parametrize(
    ("field", "name", "content"),
    [
        ("pdf", "流程.pdf", b"GIF89a"),
        ("odt", "流程.docx", b"PK"),
        ("pdf", "空.pdf", b""),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_at_its_field(administrator, document, field, name, content):
    posted = form(**{field: SimpleUploadedFile(name, content)})
    page = administrator.post(f"/cms/library-documents/{document.pk}/publish/", posted)
    assert (page.status_code, set(page.context["form"].errors)) == (422, {field})
    words = page.content.decode()
    assert ("首次發布" in words, "承辦採購單位之人員不得為主驗人。" in words, name in words) == (True, True, True)
    assert not DocumentVersion.objects.exists()


def test_half_a_control_point_is_marked_at_its_field(administrator, document):
    page = administrator.post(f"/cms/library-documents/{document.pk}/publish/", form(**{"points-2-basis": "第 1 條"}))
    assert set(page.context["points"].errors[2]) == {"step", "control"}


def test_withdrawing_and_putting_back(administrator, document):
    administrator.post(f"/cms/library-documents/{document.pk}/publish/", form())
    for deed, withdrawn in (("withdraw", True), ("restore", False)):
        administrator.post(f"/cms/library-documents/{document.pk}/versions/", {"deed": deed})
        document.refresh_from_db()
        assert (document.withdrawn_on is not None) is withdrawn


@pytest.mark.parametrize("screen", ["", "new/", "{pk}/versions/", "{pk}/publish/"])
def test_officers_may_not_publish(client, home, document, screen):
    client.force_login(UserFactory(roles=[Role.HOTLINE_OFFICER]))
    answer = client.post(f"/cms/library-documents/{screen.format(pk=document.pk)}", form())
    assert answer.status_code in (302, 403, 405)
    assert not DocumentVersion.objects.exists()


def test_amounts_of_the_past_are_looked_at_and_new_ones_added(administrator):
    ensure_thresholds()
    past = Threshold.objects.filter(kind="publication").first()
    for screen in ("edit", "delete"):
        assert administrator.get(f"/cms/thresholds/{screen}/{past.pk}/").status_code == 302
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    typed = {"kind": "publication", "procurement_kind": "", "amount": "２００萬", "effective_from": tomorrow}
    page = administrator.post("/cms/thresholds/new/", typed | {"source": ""})
    assert set(page.context["form"].errors) == {"source"}
    administrator.post("/cms/thresholds/new/", typed | {"source": "測試令"})
    added = Threshold.objects.get(effective_from=tomorrow)
    assert added.amount == 2_000_000
    listed = administrator.get("/cms/thresholds/").content.decode()
    assert f"/cms/thresholds/edit/{added.pk}/" in listed
    assert f"/cms/thresholds/edit/{past.pk}/" not in listed
    page = administrator.post("/cms/thresholds/new/", typed | {"source": "x", "amount": "9,000"})
    assert page.context["form"].non_field_errors()
    administrator.post(f"/cms/thresholds/delete/{added.pk}/")
    assert not Threshold.objects.filter(pk=added.pk).exists()
