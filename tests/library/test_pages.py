"""The pages of the laws: for everybody."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from library.models import ArticleVersion, LawAlias, LawVersion, Subject
from library.selectors import find_article
from library.services import STATUTORY_SUBJECTS, ensure_subjects, import_laws, record_summary
from tests.factories.accounts import UserFactory
from tests.factories.library import ArticleFactory, ArticleVersionFactory, LawFactory
from tests.factories.website import content_page
from website.models import HomePage

DAY = datetime.date(2019, 5, 22)


@pytest.fixture
def article(home):
    return ArticleVersionFactory(
        article__law__name="政府採購法",
        article__law__name_en="Government Procurement Act",
        article__law__pcode="A0030057",
        article__number="48",
        article__chapter="第三章　決標",
        text="應即開標決標：\n一、變更。\n第二項。",
    ).article


def test_an_article_shows_its_paragraphs_its_kind_and_its_law(client, article):
    response = client.get("/laws/A0030057/48/")
    page = response.content.decode()
    assert "<title>政府採購法第 48 條" in page
    assert [(p.number, p.text) for p in response.context["paragraphs"]] == [(1, "應即開標決標："), (2, "第二項。")]
    assert 'id="p2"' in page
    assert response.context["is_summary"] is False
    assert "https://law.moj.gov.tw/LawClass/LawSingle.aspx?pcode=A0030057&amp;flno=48" in page


def test_the_english_page_names_the_law_in_english_and_marks_the_words_as_chinese(client, article):
    page = client.get("/en/laws/A0030057/48/").content.decode()
    assert "Government Procurement Act, Article 48" in page
    assert '<div class="article-text" lang="zh-hant">' in page


def test_a_summary_says_that_it_is_not_the_law(client, home):
    record_summary(pcode="A0030057", law_name="政府採購法", amended_on=DAY, number="48", text="摘要", by=None)
    page = client.get("/en/laws/A0030057/48/").content.decode()
    assert "This is a summary in our own words, not the law." in page
    assert '<span class="tag good">' not in page


def test_earlier_words_are_kept_on_the_page(client, article):
    later = LawVersion.objects.create(law=article.law, amended_on=datetime.date(2026, 3, 7))
    ArticleVersion.objects.create(article=article, law_version=later, text="新的條文。", source="official")
    response = client.get("/laws/A0030057/48/")
    assert response.context["current"].text == "新的條文。"
    assert [wording.version.text for wording in response.context["wordings"]] == [
        "新的條文。", "應即開標決標：\n一、變更。\n第二項。",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/laws/A0030057/999/", "/laws/X9/48/", "/laws/X9/", "/laws/A0030057/48/9/"])
def test_what_is_not_in_the_library_is_not_found(client, article, path):
    assert client.get(path).status_code == 404


def test_a_law_shows_its_chapters_and_first_lines(client, article):
    ArticleFactory(law=article.law, number="48-1", order=48001, chapter="第三章　決標")
    [(chapter, rows)] = client.get("/laws/A0030057/").context["chapters"]
    assert chapter == "第三章　決標"
    assert [(row["article"].number, row["first_line"]) for row in rows] == [("48", "應即開標決標："), ("48-1", "")]


@pytest.mark.parametrize("path", ["/laws/", "/laws/A0030057/", "/laws/A0030057/48/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, article, path):
    def add(number):
        version = article.versions.get().law_version
        ArticleVersionFactory(article__law=article.law, article__number=str(number), law_version=version)
        ArticleVersionFactory(article__law=LawFactory())
        LawAlias.objects.create(law=article.law, name=f"別名{number}")
        content_page(home, f"頁{number}", ("text", f"<p>政府採購法第 48 條與第 {number} 條</p>"))

    home = HomePage.objects.get(locale__language_code="zh-hant")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    add(60)
    queries()
    one = queries()
    add(61)
    add(62)
    assert queries() == one


@pytest.mark.parametrize("law", ["A0030057", "a0030057", "政府採購法", "採購法"])
def test_an_article_is_found_by_any_name_of_its_law(article, law):
    LawAlias.objects.create(law=article.law, name="採購法")
    assert find_article(law, "48") == find_article(law, "４８") == article
    assert find_article(law, "49") is None
    assert find_article(law, "甲") is None


def test_articles_are_found_by_law_number_words_and_short_name(client, home, shared_data):
    import_laws([shared_data / "laws" / "A0030057.json"])

    def found(query):
        [section] = [
            section
            for section in client.get("/search/", {"q": query}).context["sections"]
            if section["key"] == "articles"
        ]
        return {hit["url"] for hit in section["hits"]}

    assert found("採購法第48條") >= {"/laws/A0030057/48/"}
    assert found("採購資訊中心") == {"/laws/A0030057/11/"}
    LawAlias.objects.create(name="大採購典", law_id=find_article("採購法", "1").law_id)
    assert "/laws/A0030057/48/" in found("大採購典 48")


def test_the_statutory_subjects_are_there_once_and_edited_names_stay(db):
    ensure_subjects()
    Subject.objects.filter(code="07").update(name="財物及勞務採購實務")
    assert [subject.code for subject in ensure_subjects()] == [f"{n:02}" for n in range(1, 15)]
    assert Subject.objects.count() == len(STATUTORY_SUBJECTS) == 14
    assert Subject.objects.get(code="07").name == "財物及勞務採購實務"


# --- the back office ----------------------------------------------------------------------------


@pytest.fixture
def administrator(client, home):
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    return client


@pytest.mark.parametrize("model", ["subject", "law", "lawalias", "article"])
def test_the_library_has_its_lists_in_the_back_office(administrator, article, model):
    assert administrator.get(f"/cms/snippets/library/{model}/").status_code == 200


def test_laws_and_articles_are_imported_never_typed(administrator, article):
    for model in ("law", "article"):
        assert administrator.get(f"/cms/snippets/library/{model}/add/").status_code == 302
    assert administrator.get(f"/cms/snippets/library/article/edit/{article.pk}/").status_code == 302
    assert administrator.get("/cms/snippets/library/lawalias/add/").status_code == 200


def test_an_editor_finds_the_article_to_quote(administrator, home, shared_data):
    import_laws([shared_data / "laws" / "A0030057.json"])
    page = administrator.get("/cms/snippets/choose/library/article/results/", {"q": "採購法 採購資訊中心"})
    assert "政府採購法第 11 條" in page.content.decode()
    assert "政府採購法第 12 條" not in page.content.decode()
