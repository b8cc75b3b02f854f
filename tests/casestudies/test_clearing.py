"""A case study says nothing of anybody before a person has decided about it: on every way to publish."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from accounts.enums import Role
from casestudies.models import CaseStudyIndexPage, CaseStudyPage
from common.errors import DomainError
from common.models import AuditEntry
from library.models import ZonePage
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.website import publish
from website.models import PassageFlag, PassageReviewTask
from website.privacy.clearing import count_open, flags_of, public_words
from website.privacy.reviewing import ensure_review
from website.privacy.services import clear_flag, clear_flags, replace_passage, submit_for_review
from website.services import ensure_site

pytestmark = pytest.mark.django_db

PHONE = "0912-345-678"
MARCH = datetime.date(2026, 3, 2)
WITH_PHONE = f"<p>請洽 {PHONE}。</p>"


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hant"):
        yield


@pytest.fixture
def index(db):
    index = publish(publish(ensure_site(), ZonePage(title="專區", slug="zone")), CaseStudyIndexPage(title="案例"))
    ensure_review(index_model=CaseStudyIndexPage, name="案例審核")
    return index


@pytest.fixture
def editor(index):
    return UserFactory(roles=[Role.ADMINISTRATOR])


def draft(index, editor, **words) -> CaseStudyPage:
    """A draft that gives nobody away but by `words`."""
    words = {"title": "流標三次的校舍工程", "slug": "case-1", "summary": "預算偏低，無人投標。", **words}
    page = index.add_child(instance=CaseStudyPage(live=False, owner=editor, **words))
    page.save_revision(user=editor, clean=False)  # as Wagtail saves drafts
    return page


@pytest.fixture
def clean(index, editor):
    return draft(index, editor)


@pytest.fixture
def flagged(index, editor):
    """A passage of its own in each public field."""
    return draft(
        index, editor,
        title="案號 115D26 的教訓", seo_title="陳先生", search_description="請電 04-2217-7399", slug="1150423-A",
        summary="文心國中", facts="<p>西屯<b>區公所</b></p>", went_wrong="<p>地址：文心路二段588號</p>",
        helped="<p>A123456789</p>",
        timeline=[("event", {"on": MARCH, "precision": "day", "kind": "tender", "label": "林小明科長招標"})],
        questions=[("question", {"question": "大墩國小怎麼做？", "answer": "<p>問 0912-<b>345</b>-678</p>"})],
        sources=[("source", {"title": "臺中市政府環境保護局公告", "publisher": "", "on": None, "url": ""})],
    )  # fmt: skip


def newest(page):
    return CaseStudyPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def test_every_public_word_is_read_and_replaced(flagged, editor):
    assert {flag.text for flag in flags_of(flagged)} == {
        "115D26", "陳先生", "04-2217-7399", "1150423-A", "文心國中", "西屯區公所", "文心路二段588號", "A123456789",
        "林小明科長", "大墩國小", PHONE, "臺中市政府環境保護局",
    }  # fmt: skip
    for flag in flags_of(flagged):
        replace_passage(flag=flag, replacement="某處", by=editor)
    page = newest(flagged)
    assert count_open(flagged) == 0
    assert (page.slug, page.title, page.timeline[0].value["label"]) == (
        f"case-{page.pk}-1",
        "案號 某處 的教訓",
        "某處招標",
    )
    assert page.questions[0].value["question"] == "某處怎麼做？"
    assert page.questions[0].value["answer"].source == "<p>問 某處<b></b></p>"
    assert page.sources[0].value["title"] == "某處公告"
    assert "某處" not in public_words(page).replace("某處", "", 12)  # each of the twelve once


def test_a_draft_may_lack_words_but_no_field_gets_longer_than_it_can_be(index, editor):
    page = draft(index, editor, title="長" * 240 + "115D26", summary="")
    flag = flags_of(page)[0]
    with pytest.raises(DomainError) as refused:
        replace_passage(flag=flag, replacement="某" * 60, by=editor)
    assert refused.value.code == "too_long"
    replace_passage(flag=flag, replacement="某案", by=editor)
    assert newest(page).title == "長" * 240 + "某案"


# --- several at once ----------------------------------------------------------------------------------


@pytest.fixture
def many(index, editor):
    """A case in which one agency stands in three forms, beside a number and two people."""
    AgencyFactory(name="臺中市政府環境保護局")
    words = f"臺中市政府環境保護局的 115D26；環境保護局；環保局；陳先生與林先生；{PHONE}。"
    return draft(index, editor, summary=words)


def numbers_of(page, *kinds):
    return [flag.pk for flag in flags_of(page) if flag.kind in kinds]


def test_one_agency_in_several_forms_is_found_harmless_at_once(many, editor):
    assert clear_flags(page=many, numbers=numbers_of(many, "agency"), by=editor) == 3
    assert {flag.text for flag in flags_of(many) if flag.state == "harmless"} == {
        "臺中市政府環境保護局", "環境保護局", "環保局",
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="case_study_flag.cleared").count() == 3


@pytest.mark.parametrize("kinds", [("phone",), ("name",), ("agency", "case_number"), ("agency", "phone")])
def test_people_and_what_reaches_them_are_decided_one_by_one_and_kinds_are_not_mixed(many, editor, kinds):
    with pytest.raises(DomainError) as refused:
        clear_flags(page=many, numbers=numbers_of(many, *kinds), by=editor)
    assert refused.value.code == "one_by_one"
    assert {flag.state for flag in flags_of(many)} == {"open"}


def test_the_screen_decides_one_or_several_and_then_sends_to_review(client, editor, many):
    client.force_login(editor)
    url = reverse("privacy:clear", args=[many.pk])
    together = reverse("privacy:together", args=[many.pk])
    shown = client.get(url).content.decode()
    assert shown.count("data-tick-all") == 1  # the agency; one number and two people are no many
    assert "環保局" in shown
    assert "送出審核" not in shown
    assert client.post(together, {"flag": ["x"]})["Location"] == url
    assert client.post(together, {"flag": numbers_of(many, "phone")})["Location"] == url
    assert count_open(many) == 7
    client.post(together, {"flag": numbers_of(many, "agency")})
    for number in numbers_of(many, "name", "case_number"):
        client.post(reverse("privacy:decide", args=[number]), {"decision": "harmless"})
    number = numbers_of(many, "phone")[0]
    client.post(reverse("privacy:decide", args=[number]), {"decision": "replace", "replacement": "（電話略）"})
    assert "送出審核" in client.get(url).content.decode()
    client.post(reverse("privacy:submit", args=[many.pk]))
    assert isinstance(CaseStudyPage.objects.get(pk=many.pk).current_workflow_task, PassageReviewTask)


@pytest.mark.parametrize("role", [Role.COMMITTEE_MEMBER, Role.REPORT_VIEWER, Role.HOTLINE_OFFICER, Role.INSTRUCTOR])
def test_the_screen_is_for_those_who_may_edit_the_page(client, many, role):
    client.force_login(UserFactory(roles=[role]))
    number = numbers_of(many, "agency")[0]
    for url in (
        reverse("privacy:together", args=[many.pk]),
        reverse("privacy:submit", args=[many.pk]),
        reverse("privacy:decide", args=[number]),
    ):
        assert client.post(url, {"flag": number, "decision": "harmless"}).status_code in (302, 403)
    response = client.get(reverse("privacy:clear", args=[many.pk]))
    assert "環保局" not in response.content.decode()
    assert count_open(many) == 7


# --- refused on each way ------------------------------------------------------------------------------


def form_of(page, **changes):
    return nested_form_data(
        {
            "title": page.title, "slug": page.slug, "summary": page.summary, "kind": "",
            "facts": rich_text(page.facts), "went_wrong": rich_text(""), "helped": rich_text(""),
            "timeline": streamfield([]), "questions": streamfield([]), "basis": streamfield([]),
            "lessons": streamfield([]), "sources": streamfield([]), "law_as_of": "2026-01-01",
            "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "",
            "comments": inline_formset([]),
            **changes,
        }
    )  # fmt: skip


def assert_refused(page, response=None):
    assert not CaseStudyPage.objects.filter(live=True).exists()
    assert response is None or response.status_code == 302
    assert count_open(page) == 1
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_button_and_schedule(client, editor, clean):
    client.force_login(editor)
    url = reverse("wagtailadmin_pages:edit", args=[clean.pk])
    later = (timezone.localtime() + datetime.timedelta(days=2)).strftime("%Y-%m-%d %H:%M")
    for more in ({}, {"go_live_at": later}):
        form = form_of(clean, facts=rich_text(WITH_PHONE), **{"action-publish": "1"}, **more)
        response = client.post(url, form)
        assert_refused(clean, response)
        assert response["Location"] == reverse("privacy:clear", args=[clean.pk])
    assert PHONE in newest(clean).facts
    shown = client.get(url).content.decode()
    assert "action-publish" not in shown
    assert reverse("privacy:clear", args=[clean.pk]) in shown


def test_bulk(client, editor, clean):
    clean.facts = WITH_PHONE
    clean.save_revision()
    client.force_login(editor)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    assert_refused(clean, client.post(f"{url}?id={clean.pk}&next=/cms/pages/"))
    below = client.post(f"{url}?id={clean.get_parent().pk}&next=/cms/pages/", {"include_descendants": "on"})
    assert_refused(clean, below)


def test_submit_and_approve(client, editor, clean):
    client.force_login(editor)
    url = reverse("wagtailadmin_pages:edit", args=[clean.pk])
    came_from = {"referer": "http://testserver" + url}
    submit_for_review(page=clean, by=editor)
    for action in ({"action-workflow-action": "1", "workflow-action-name": "approve"}, {"action-submit": "1"}):
        assert_refused(
            clean, client.post(url, form_of(clean, facts=rich_text(WITH_PHONE), **action), headers=came_from)
        )
    state = clean.current_workflow_task_state
    dialogue = reverse("wagtailadmin_pages:workflow_action", args=[clean.pk, "approve", state.pk])
    assert_refused(clean, client.post(dialogue, {"comment": ""}))
    clear_flag(flag=PassageFlag.objects.get(page=clean.pk), by=editor)
    state.task.specific.on_action(state, editor, "approve")
    assert CaseStudyPage.objects.get(pk=clean.pk).live


def test_a_schedule_that_has_come(clean):
    clean.facts = WITH_PHONE
    past = timezone.now() - datetime.timedelta(hours=1)
    Revision.objects.filter(pk=clean.save_revision().pk).update(approved_go_live_at=past)
    call_command("publish_scheduled")
    assert_refused(clean)
    assert AuditEntry.objects.filter(action="case_study.held_back").count() == 1


def test_code(index, editor, clean):
    clean.questions = [("question", {"question": "問誰？", "answer": WITH_PHONE})]
    with pytest.raises(DomainError):
        clean.save_revision().publish()
    clean.live = True
    with pytest.raises(DomainError):
        clean.save()
    with pytest.raises(DomainError):
        CaseStudyPage.objects.get(pk=clean.pk).copy(update_attrs={"slug": "b", "facts": WITH_PHONE, "live": True})
    assert_refused(clean)


def test_a_new_page_with_a_phone_number_is_not_published_at_once(client, editor, index):
    client.force_login(editor)
    url = reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", index.pk])
    assert "action-publish" not in client.get(url).content.decode()
    blank = CaseStudyPage(title="新案例", slug="new", summary="摘要")
    response = client.post(url, form_of(blank, facts=rich_text(WITH_PHONE), **{"action-publish": "1"}))
    assert response.status_code == 302
    assert not CaseStudyPage.objects.filter(live=True).exists()
