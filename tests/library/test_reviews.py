"""What cites a changed article waits for review, says so to its readers, and is closed by a person."""

import datetime

import pytest
from django.template import Context, Template
from django.utils.translation import override

from library.models import CitationReview
from library.reviews import key_of, open_reviews_among, open_reviews_of
from library.services import sync_citations
from tests.factories.library import ArticleVersionFactory, LawVersionFactory, SubjectFactory
from tests.factories.website import content_page
from website.services import ensure_translations


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
