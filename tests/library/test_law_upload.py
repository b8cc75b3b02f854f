"""Laws uploaded in the back office: seen first, then all or nothing; and the real Act, before and after a change."""

import copy
import datetime
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from common.models import AuditEntry
from library.lawfiles import LARGEST_FILE
from library.models import ArticleVersion, CitationReview, Law, LawImport, LawVersion
from library.services import import_laws, sync_citations
from tests.factories.accounts import UserFactory
from tests.factories.library import SubjectFactory
from tests.factories.website import content_page
from tests.library.test_import_laws import SAMPLE


def upload(name, **changes):
    data = {**copy.deepcopy(SAMPLE), **changes}
    return SimpleUploadedFile(name, json.dumps(data, ensure_ascii=False).encode(), "application/json")


def amended(name="new.json", day="20260307", text="為建立新的政府採購制度。"):
    content = copy.deepcopy(SAMPLE["法規內容"])
    content[1]["條文內容"] = text
    return upload(name, 最新異動日期=day, 法規內容=content)


@pytest.fixture
def administrator(client, db):
    user = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(user)
    return user


def send(client, *files):
    return client.post("/cms/law-import/", {"laws": files})


def test_laws_are_seen_first_and_then_imported_once(client, administrator, home):
    client.post(send(client, upload("law.json"))["Location"])
    content_page(home, "頁", ("text", "<p>採購法第 1 條</p>"))
    preview = send(client, amended(), upload("same.json"), amended("old.json", "20160106", "舊制度。"))["Location"]
    assert LawVersion.objects.count() == 1
    newer, same, older = client.get(preview).context["previews"]
    assert [(p.insertion.verdict, p.insertion.changed, p.reviews) for p in (newer, same, older)] == [
        ("newer", 1, 1), ("same", 0, 0), ("older", 1, 0),
    ]  # fmt: skip
    assert (
        '<ins><span class="visually-hidden w-sr-only" lang="zh-hant">［新增：</span>新的'
        in client.get(preview).content.decode()
    )
    client.post(preview)
    client.post(preview)
    kept = LawImport.objects.first()
    assert [(law["verdict"], law["reviews"]) for law in kept.outcome] == [("newer", 1), ("same", 0), ("older", 0)]
    assert (LawVersion.objects.count(), CitationReview.objects.count()) == (3, 1)
    assert AuditEntry.objects.filter(action="law_import.applied", actor_id=administrator.pk).count() == 2
    assert client.get(preview).context["previews"] == []


def test_a_file_of_another_structure_is_explained_and_nothing_is_kept(client, administrator):
    response = send(
        client, upload("good.json"), upload("bad.json", 最新異動日期="20191345"), SimpleUploadedFile("none.json", b"")
    )
    assert response.status_code == 422
    assert [str(problem).split(":")[:2] for problem in response.context["problems"]] == [
        ["bad.json", " 最新異動日期"], ["none.json", " 檔案是空的"],
    ]  # fmt: skip
    assert not LawImport.objects.exists()


def test_a_file_that_is_too_large_is_refused_by_name(client, administrator):
    response = send(client, SimpleUploadedFile("huge.json", b" " * (LARGEST_FILE + 1)))
    assert [problem.file for problem in response.context["problems"]] == ["huge.json"]
    assert not LawImport.objects.exists()


def test_a_name_taken_meanwhile_refuses_all_of_them(client, administrator):
    other = upload("b.json", 法規名稱="新法", 法規網址="https://x/?pcode=B0000001")
    preview = send(client, upload("a.json"), other)["Location"]
    Law.objects.create(pcode="C0000001", name="新法")
    response = client.post(preview, follow=True)
    assert "C0000001" in response.content.decode()
    assert Law.objects.count() == 1
    assert LawImport.objects.get().applied_at is None


def test_files_are_put_aside(client, administrator):
    preview = send(client, upload("a.json"))["Location"]
    client.post(preview, {"deed": "discard"})
    assert not LawImport.objects.exists()
    assert client.post(preview).status_code == 404
    assert AuditEntry.objects.filter(action="law_import.discarded").count() == 1


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR, Role.HOTLINE_OFFICER])
def test_others_import_no_laws(client, db, role):
    client.force_login(UserFactory(roles=[role]))
    assert client.get("/cms/law-import/").status_code in {302, 403}
    assert send(client, upload("a.json")).status_code in {302, 403}
    assert not LawImport.objects.exists()


def test_the_real_act_and_a_copy_with_one_article_changed(client, home, shared_data, tmp_path):
    source = shared_data / "laws" / "A0030057.json"
    import_laws([source])
    lessons = [content_page(home, f"決標{n}", ("text", "<p>採購法第 48 條第 1 項</p>")) for n in (1, 2)]
    content_page(home, "底價", ("text", "<p>採購法第 46 條</p>"))
    subject = SubjectFactory()
    sync_citations(subject, "採購法第 48 條")  # has no page of its own: listed for review, not on the article's page

    def links():
        [group] = client.get("/laws/A0030057/48/").context["citing"]
        return [(link.title, link.waits) for link in group.links]

    assert links() == [("決標1", False), ("決標2", False)]
    assert "本頁待檢視" not in client.get(lessons[0].url).content.decode()

    data = json.loads(source.read_text(encoding="utf-8-sig"))
    data["最新異動日期"] = "20260307"
    [entry] = [entry for entry in data["法規內容"] if entry.get("條號") == "第 48 條"]
    entry["條文內容"] = entry["條文內容"].replace("三家以上合格廠商", "二家以上合格廠商")
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    for expected in ((0, 1, 3), (0, 0, 0)):
        [result] = import_laws([path])
        assert (result.added, result.changed, result.reviews) == expected

    assert {review.citing for review in CitationReview.objects.all()} == {*lessons, subject}
    assert links() == [("決標1", True), ("決標2", True)]
    page = client.get("/laws/A0030057/48/").content.decode()
    assert "有<del>" in page
    comparison = client.get("/laws/A0030057/compare/").context["comparison"]
    assert [compared.article.number for compared in comparison.articles] == ["48"]
    assert comparison.unchanged == 121  # of 123, one deleted long ago
    assert ArticleVersion.objects.filter(law_version__amended_on=datetime.date(2026, 3, 7)).count() == 1
