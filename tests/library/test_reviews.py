"""What cites a changed article waits for review, says so to its readers, and is closed by a person."""

import datetime

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.enums import Role
from common.errors import DomainError
from common.models import AuditEntry
from library.lawfiles import ArticleText, LawText
from library.models import CitationReview
from library.reviews import key_of, open_reviews_among, open_reviews_of
from library.services import close_review, import_law_texts, sync_citations
from library.signals import article_changed
from tests.factories.accounts import UserFactory
from tests.factories.library import ArticleVersionFactory, LawVersionFactory, SubjectFactory
from tests.factories.website import content_page, stream
from website.services import ensure_translations

DAY = datetime.date(2026, 3, 7)
ADDRESS = "https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode=A0030057"


@pytest.fixture
def changed(act):
    """Article 48 as changed on 2026-03-07."""
    version = LawVersionFactory(law=act, amended_on=datetime.date(2026, 3, 7))
    return ArticleVersionFactory(article=act.articles.get(number="48"), law_version=version, text="新。")


def review_of(obj, version, **fields):
    kind, number = key_of(obj)
    return CitationReview.objects.create(
        article=version.article, version=version, content_type_id=kind, object_id=number, **fields
    )


def notice(obj):
    with override("en"):
        return Template("{% load library_tags %}{% review_notice obj %}").render(Context({"obj": obj})).strip()


def test_readers_are_told_while_a_review_is_open(home, changed):
    page = content_page(home, "決標", ("text", "<p>採購法第 48 條</p>"))
    assert notice(page) == ""
    review = review_of(page, changed)
    assert "Article 48</a> was changed on" in notice(page)
    assert "7 March 2026" in notice(page)
    review.closed_at, review.note = review.opened_at, "仍然正確"
    review.save()
    assert notice(page) == ""


def test_a_translation_waits_with_its_original(home, changed):
    page = content_page(home, "決標", ("text", "<p>採購法第 48 條</p>"))
    ensure_translations(page=page)
    review = review_of(page, changed)
    translation = page.get_translations().get()
    assert translation.pk != page.pk
    assert open_reviews_of(translation.specific) == [review]


def test_reviews_of_many_need_no_more_queries_than_of_one(home, changed, django_assert_num_queries):
    pages = [content_page(home, f"頁{n}", ("text", "<p>採購法第 48 條</p>")) for n in range(3)]
    reviews = [review_of(page, changed) for page in pages]
    subject = SubjectFactory()
    sync_citations(subject, "採購法第 48 條")
    for objects in (pages[:1], pages):
        with django_assert_num_queries(2):
            found = open_reviews_among([*objects, subject])
        assert found == {key_of(page): [review] for page, review in zip(objects, reviews, strict=False)}


@pytest.fixture
def amended(act):
    """Article 48 as it was, and a way to change its words by an import."""
    version = LawVersionFactory(law=act, amended_on=datetime.date(2019, 5, 22), source=ADDRESS)
    for article in act.articles.all():
        ArticleVersionFactory(article=article, law_version=version, text=f"第{article.number}條的文字。")

    def amend(day, **words):
        current = {article.number: article.current_text for article in act.articles.all()}
        current |= {number.removeprefix("a"): text for number, text in words.items()}
        articles = tuple(ArticleText(number=number, chapter="", text=text) for number, text in current.items())
        text = LawText("law.json", act.pcode, act.name, "", "", day, "", ADDRESS, articles)
        [result] = import_law_texts(texts=[text], by=None)
        return result

    return amend


def test_a_change_of_law_lists_each_thing_that_cites_the_article_once(home, act, amended):
    twice = content_page(home, "兩次", ("text", "<p>採購法第 48 條第 1 項、採購法第 48 條第 2 項</p>"))
    ensure_translations(page=twice)
    content_page(home, "另一條", ("text", "<p>採購法第 49 條</p>"))
    subject = SubjectFactory()
    sync_citations(subject, "採購法第 48 條")
    assert amended(DAY, a48="新的文字。").reviews == 2
    assert {review.citing for review in CitationReview.objects.all()} == {twice, subject}
    assert amended(DAY, a48="新的文字。").reviews == 0
    assert CitationReview.objects.count() == 2


def test_first_words_and_untouched_articles_ask_for_no_review(home, act, amended):
    content_page(home, "頁", ("text", "<p>採購法第 48 條與第 49 條</p>"))
    assert amended(DAY, a999="新增一條。").reviews == 0


def test_what_others_do_is_told_after_the_commit(act, amended, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, article, version, **kwargs):
        heard.append((article.number, version.text, version.law_version.amended_on))

    article_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            amended(DAY, a48="新的文字。", a50="（刪除）")
    finally:
        article_changed.disconnect(listen)
    assert sorted(heard) == [("48", "新的文字。", DAY), ("50", "（刪除）", DAY)]


def test_a_review_is_closed_with_a_note_and_once(home, act, amended):
    page = content_page(home, "頁", ("text", "<p>採購法第 48 條</p>"))
    amended(DAY, a48="新的文字。")
    [review] = open_reviews_of(page)
    by = UserFactory(roles=[Role.ADMINISTRATOR])
    with pytest.raises(DomainError) as caught:
        close_review(review=review, note="  ", by=by)
    assert caught.value.code == "no-note"
    closed = close_review(review=review, note="仍然正確", by=by)
    again = close_review(review=review, note="又一次", by=by)
    assert (closed.closed_by, again.note, again.closed_at) == (by, "仍然正確", closed.closed_at)
    assert open_reviews_of(page) == []
    assert AuditEntry.objects.filter(action="review.closed").count() == 1


def test_words_corrected_after_the_review_are_to_be_read_again(home, act, amended):
    page = content_page(home, "頁", ("text", "<p>採購法第 48 條</p>"))
    amended(DAY, a48="新的文字。")
    [review] = open_reviews_of(page)
    close_review(review=review, note="仍然正確", by=UserFactory())
    assert amended(DAY, a48="更正的文字。").reviews == 1
    [again] = open_reviews_of(page)
    assert (again.pk, again.note, again.closed_by) == (review.pk, "仍然正確", None)


def test_what_is_no_longer_to_be_read_waits_no_more(home, act, amended):
    gone = content_page(home, "刪除", ("text", "<p>採購法第 48 條</p>"))
    withdrawn = content_page(home, "下架", ("text", "<p>採購法第 48 條</p>"))
    rewritten = content_page(home, "改寫", ("text", "<p>採購法第 48 條</p>"))
    amended(DAY, a48="新的文字。")
    gone.delete()
    withdrawn.unpublish()
    rewritten.body = stream(("text", "<p>採購法第 49 條</p>"))
    rewritten.save_revision().publish()
    assert [review.citing for review in CitationReview.objects.all()] == [rewritten]
    assert AuditEntry.objects.filter(action="review.dropped").count() == 2


@pytest.fixture
def reviewer(client, db):
    user = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(user)
    return user


def test_the_list_of_the_back_office_leads_to_the_page_and_to_the_change(client, reviewer, home, act, amended):
    page = content_page(home, "決標", ("text", "<p>採購法第 48 條</p>"))
    amended(DAY, a48="第48條的新文字。")
    [row] = client.get("/cms/law-reviews/").context["rows"]
    assert (row["title"], row["edit_url"]) == ("決標", f"/cms/pages/{page.pk}/edit/")
    address = f"/cms/law-reviews/{row['review'].pk}/"
    shown = client.get(address).content.decode()
    assert "/laws/A0030057/compare/?to=2026-03-07#article-48" in shown
    assert f'href="{page.url}"' in shown
    assert '<ins><span class="visually-hidden w-sr-only" lang="zh-hant">［新增：</span>新' in shown
    assert client.post(address, {"note": ""}).context["form"].errors.keys() == {"note"}
    assert client.post(address, {"note": "已改寫"}).status_code == 302
    assert client.get("/cms/law-reviews/").context["rows"] == []
    [row] = client.get("/cms/law-reviews/?state=closed").context["rows"]
    assert (row["review"].note, row["review"].closed_by) == ("已改寫", reviewer)


def test_the_list_of_the_back_office_needs_no_more_queries_for_more_rows(client, reviewer, home, act, amended):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/cms/law-reviews/").status_code == 200
        return len(captured)

    subject = SubjectFactory()
    sync_citations(subject, "採購法第 48 條")
    content_page(home, "頁0", ("text", "<p>採購法第 48 條</p>"))
    amended(DAY, a48="新一。")
    queries()
    few = queries()
    for number in (1, 2):
        content_page(home, f"頁{number}", ("text", "<p>採購法第 48 條</p>"))
    amended(datetime.date(2026, 3, 8), a48="新二。")
    assert CitationReview.objects.count() == 6
    assert queries() == few


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR, Role.HOTLINE_OFFICER])
def test_others_close_no_reviews(client, home, act, amended, role):
    content_page(home, "決標", ("text", "<p>採購法第 48 條</p>"))
    amended(DAY, a48="新的文字。")
    client.force_login(UserFactory(roles=[role]))
    review = CitationReview.objects.get()
    for response in (client.get("/cms/law-reviews/"), client.post(f"/cms/law-reviews/{review.pk}/", {"note": "好"})):
        assert response.status_code in {302, 403}
    review.refresh_from_db()
    assert review.closed_at is None


def test_the_desk_says_how_many_wait(client, reviewer, home, act, amended):
    content_page(home, "決標", ("text", "<p>採購法第 48 條</p>"))
    assert "/cms/law-reviews/" not in client.get("/en/desk/").content.decode()
    amended(DAY, a48="新的文字。")
    assert "1 page or document cites an article that was changed" in client.get("/en/desk/").content.decode()
