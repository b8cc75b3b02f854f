"""Checked page types: their actions have words, their review is laid once, and nobody else's screens show them."""

import pytest
from django.urls import reverse
from django.utils.translation import override, pgettext
from wagtail.models import Workflow, WorkflowPage

from accounts.enums import Role
from consultations.models import QuestionIndexPage
from tests.factories.accounts import UserFactory
from tests.factories.questions import question_index, question_page
from tests.factories.website import publish
from website.models import ContentPage, PassageFlag, PassageReviewTask
from website.privacy.clearing import words_by_field
from website.privacy.registry import check_of, checked_types
from website.privacy.reviewing import ensure_review
from website.privacy.richwords import plain_words, replace_words

pytestmark = pytest.mark.django_db


def test_every_checked_type_has_its_fields_and_words_for_its_actions():
    checks = {check.page_type.__name__: check for check in checked_types()}
    assert set(checks) == {"QuestionPage", "CaseStudyPage"}
    with override("zh-hant"):
        for check in checks.values():
            assert all(check.page_type._meta.get_field(name) for name in check.fields)
            actions = vars(check.actions).values()
            assert {action for action in actions if pgettext("audit", action) == action} == set()


def test_pages_of_other_types_are_left_alone(client, home):
    page = publish(home, ContentPage(title="請電 0912-345-678", slug="plain"))
    assert (check_of(page), words_by_field(page), page.live) == (None, {}, True)
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert client.get(reverse("privacy:clear", args=[page.pk])).status_code == 404
    question = question_page()  # has screens of its own
    assert client.get(reverse("privacy:clear", args=[question.pk])).status_code == 404
    flag = PassageFlag.objects.create(page=question, kind="agency", text="三家")
    assert client.post(reverse("privacy:decide", args=[flag.pk]), {"decision": "harmless"}).status_code == 404


def test_a_review_is_laid_once_whatever_it_is_called_and_another_one_is_kept(home):
    index = question_index()
    workflow = index.get_workflow()
    Workflow.objects.filter(pk=workflow.pk).update(name="改過名")
    assert ensure_review(index_model=QuestionIndexPage, name="問答審核") == workflow
    WorkflowPage.objects.filter(page=index).delete()
    other = Workflow.objects.create(name="別的")
    WorkflowPage.objects.create(page=index, workflow=other)
    ensure_review(index_model=QuestionIndexPage, name="改過名")
    assert WorkflowPage.objects.get(page=index).workflow == other
    assert (PassageReviewTask.objects.count(), Workflow.objects.filter(name="改過名").count()) == (1, 1)
    QuestionIndexPage.objects.all().delete()
    assert ensure_review(index_model=QuestionIndexPage, name="問答審核") is None


def test_words_of_rich_text_stand_whole_and_are_replaced_across_tags():
    html = '<p>04-<b>2217</b>-7399</p><p><a href="mailto:a@b.tw">信</a></p>'
    assert plain_words(html).split() == ["04-2217-7399", "信", "a@b.tw"]
    assert replace_words(html, "04-2217-7399", "略") == '<p>略<b></b></p><p><a href="mailto:a@b.tw">信</a></p>'
