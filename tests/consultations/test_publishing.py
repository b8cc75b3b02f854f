"""From a case to a question for everybody: cleared passage by passage, reviewed, and live on no other way."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Revision, Workflow
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from accounts.enums import Role
from common.errors import DomainError
from common.models import AuditEntry
from consultations.models import QuestionIndexPage, QuestionPage
from consultations.services.places import ensure_question_permissions, ensure_question_workflow
from consultations.services.publishing import draft_page
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.consultations import ConsultationFactory
from tests.factories.questions import case_with, question_index, question_page
from website.models import PassageFlag, PassageReviewTask
from website.privacy.clearing import count_open, flags_of, public_words
from website.privacy.enums import FlagState
from website.privacy.services import clear_flag, refresh_flags, reopen_flag, replace_passage, submit_for_review

pytestmark = pytest.mark.django_db

QUESTION = "環保局王小明科長（04-2217-7399）問：115D26 案只有兩家投標，可以開標嗎？第二次呢？"
ANSWER = "王小明科長您好：\n依採購法第 48 條，第一次開標須有三家以上合格廠商投標。\n請洽 04-2217-7399。"


@pytest.fixture
def administrator(home):
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def case(act):
    AgencyFactory(name="臺中市政府環境保護局")
    case = case_with(QUESTION, ANSWER)
    case.articles.add(act.articles.get(number="48"))
    return case


@pytest.fixture
def flagged(case, officer):
    question_index()
    return draft_page(consultation=case, by=officer)


def newest(page):
    return QuestionPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def decide_all(flagged, by):
    for flag in flags_of(flagged):
        replace_passage(flag=flag, replacement="某處", by=by)


def code_of(refused):
    return refused.value.code


# --- the copy ---------------------------------------------------------------------------------------


def test_a_draft_is_a_copy_without_the_caller_and_each_passage_is_flagged(flagged, case, officer):
    assert not flagged.live
    assert (flagged.title, flagged.owner, flagged.consultation) == (QUESTION.partition("？")[0] + "？", officer, case)
    assert flagged.answer.count("<p>") == 3
    assert [block.value.number for block in flagged.basis] == ["48"]
    assert {(flag.kind, flag.text, flag.state) for flag in flags_of(flagged)} == {
        ("agency", "環保局", "open"),
        ("name", "王小明科長", "open"),
        ("phone", "04-2217-7399", "open"),
        ("case_number", "115D26", "open"),
    }
    assert draft_page(consultation=case, by=officer).pk == flagged.pk
    assert QuestionPage.objects.filter(consultation=case, alias_of=None).count() == 1


def test_only_answered_cases_are_published(officer):
    question_index()
    with pytest.raises(DomainError) as refused:
        draft_page(consultation=ConsultationFactory(open=True), by=officer)
    assert code_of(refused) == "not_answered"
    QuestionIndexPage.objects.all().delete()
    with pytest.raises(DomainError) as refused:
        draft_page(consultation=ConsultationFactory(), by=officer)
    assert code_of(refused) == "no_index"


# --- decisions --------------------------------------------------------------------------------------


def test_a_passage_is_replaced_everywhere_and_stays_in_no_words(flagged, officer):
    flag = PassageFlag.objects.get(page=flagged, kind="phone")
    replace_passage(flag=flag, replacement="（電話略）", by=officer)
    assert "2217" not in public_words(newest(flagged))
    assert "2217" not in public_words(QuestionPage.objects.get(pk=flagged.pk))
    assert newest(flagged).answer.endswith("<p>請洽 （電話略）。</p>")
    flag.refresh_from_db()
    assert (flag.state, flag.decided_by) == ("replaced", officer)
    assert count_open(flagged) == 3


def test_a_passage_that_tags_divide_and_a_link_are_replaced_too(flagged, officer):
    draft = newest(flagged)
    links = '<a href="mailto:wang@mail.tw">寫信</a>或<a href="/laws/">看法規</a>'
    draft.answer = f"<p>電話 04-<b>2217</b>-7399、A&amp;B，{links}。</p>"
    draft.save_revision(user=officer)
    flags = {flag.text: flag for flag in flags_of(flagged) if flag.state == "open"}
    assert {"04-2217-7399", "wang@mail.tw"} <= set(flags)
    replace_passage(flag=flags["04-2217-7399"], replacement="<略>", by=officer)
    replace_passage(flag=flags["wang@mail.tw"], replacement="（電子郵件略）", by=officer)
    assert newest(flagged).answer == '<p>電話 &lt;略&gt;<b></b>、A&amp;B，寫信或<a href="/laws/">看法規</a>。</p>'


def test_a_replacement_that_gives_somebody_away_is_refused(flagged, officer):
    flag = PassageFlag.objects.get(page=flagged, kind="phone")
    for replacement, code in (("", "no_replacement"), ("0912-345-678", "still_names"), ("陳先生", "still_names")):
        with pytest.raises(DomainError) as refused:
            replace_passage(flag=flag, replacement=replacement, by=officer)
        assert code_of(refused) == code


def test_what_is_harmless_stays_so_and_what_is_gone_disappears(flagged, officer):
    clear_flag(flag=PassageFlag.objects.get(page=flagged, kind="agency"), by=officer)
    draft = newest(flagged)
    draft.question = draft.question.replace("115D26 案", "本案")
    draft.title = draft.title.replace("115D26 案", "本案")
    draft.save_revision(user=officer)
    assert {flag.kind: flag.state for flag in flags_of(flagged)} == {
        "agency": "harmless",
        "name": "open",
        "phone": "open",
    }
    reopen_flag(flag=PassageFlag.objects.get(page=flagged, kind="agency"), by=officer)
    assert PassageFlag.objects.get(page=flagged, kind="agency").state == "open"


def test_a_replaced_passage_that_comes_back_waits_again(flagged, officer):
    decide_all(flagged, officer)
    assert count_open(flagged) == 0
    draft = newest(flagged)
    draft.answer += "<p>還是打 04-2217-7399 吧</p>"
    draft.save_revision(user=officer)
    assert PassageFlag.objects.get(page=flagged, kind="phone").state == FlagState.OPEN
    assert count_open(flagged) == 1


def test_decisions_are_recorded_without_the_passage(flagged, officer):
    replace_passage(flag=PassageFlag.objects.get(page=flagged, kind="phone"), replacement="（電話略）", by=officer)
    clear_flag(flag=PassageFlag.objects.get(page=flagged, kind="agency"), by=officer)
    entries = AuditEntry.objects.filter(action__startswith="question")
    assert sorted(entry.action for entry in entries) == [
        "question.drafted", "question_flag.cleared", "question_flag.replaced",
    ]  # fmt: skip
    written = " ".join(f"{entry.object_label} {entry.data}" for entry in entries)
    assert all(words not in written for words in ("2217", "王小明", "環保局", "115D26"))


# --- review -----------------------------------------------------------------------------------------


def test_review_begins_only_when_everything_is_decided(flagged, officer, administrator):
    with pytest.raises(DomainError) as refused:
        submit_for_review(page=flagged, by=officer)
    assert code_of(refused) == "still_flagged"
    assert flagged.current_workflow_state is None
    decide_all(flagged, officer)
    state = submit_for_review(page=flagged, by=officer)
    assert submit_for_review(page=flagged, by=officer) == state
    assert isinstance(flagged.current_workflow_task, PassageReviewTask)
    flag = flags_of(flagged)[0]
    with pytest.raises(DomainError) as refused:  # the words are with the reviewers now
        clear_flag(flag=flag, by=officer)
    assert code_of(refused) == "locked"
    task_state = flagged.current_workflow_task_state
    task_state.task.specific.on_action(task_state, administrator, "approve")
    live = QuestionPage.objects.get(pk=flagged.pk)
    assert live.live
    assert "王小明" not in live.question
    assert QuestionPage.objects.get(alias_of=flagged).live


def test_places_are_laid_once_and_officers_write_nowhere_else(home):
    index = question_index()
    for _turn in range(2):
        ensure_question_workflow()
        ensure_question_permissions()
    assert PassageReviewTask.objects.count() == 1
    assert Workflow.objects.filter(workflow_tasks__task=PassageReviewTask.objects.get().task_ptr).count() == 1
    assert type(index.get_workflow().tasks.get().specific) is PassageReviewTask
    granted = GroupPagePermission.objects.filter(group__name=Role.HOTLINE_OFFICER.value)
    assert [(row.page_id, row.permission.codename) for row in granted] == [(index.pk, "add_page")]


# --- a published answer with a phone number: refused on each way --------------------------------------


def form_of(flagged, **changes):
    return nested_form_data(
        {
            "title": flagged.title, "slug": flagged.slug, "question": flagged.question,
            "answer": rich_text(flagged.answer), "basis": streamfield([]), "subject": "", "error_pattern": "",
            "effective_from": "2026-01-01",
            "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "",
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
            **changes,
        }
    )  # fmt: skip


WITH_PHONE = rich_text("<p>請洽 0912-345-678。</p>")


@pytest.fixture
def clean(officer):
    """A draft in which nothing is flagged."""
    case = case_with("兩家投標可以開標嗎？", "第一次不行。")
    question_index()
    return draft_page(consultation=case, by=officer)


def assert_refused(flagged, response):
    assert not QuestionPage.objects.get(pk=flagged.pk).live
    assert not QuestionPage.objects.filter(alias_of=flagged, live=True).exists()
    assert response.status_code == 302
    assert count_open(flagged) == 1


def messages_of(client, response, flagged):
    shown = client.get(response["Location"])
    assert shown.status_code == 200
    return shown.content.decode()


def test_the_publish_button_leads_to_the_decision(client, administrator, clean):
    client.force_login(administrator)
    url = reverse("wagtailadmin_pages:edit", args=[clean.pk])
    response = client.post(url, form_of(clean, answer=WITH_PHONE, **{"action-publish": "1"}))
    assert_refused(clean, response)
    assert response["Location"] == reverse("consultations_publishing:clear", args=[clean.pk])
    assert "未發布：還有 1 處" in messages_of(client, response, clean)
    assert "0912-345-678" in newest(clean).answer  # what was typed is kept


def test_scheduling_is_refused_as_well(client, administrator, clean):
    client.force_login(administrator)
    later = (timezone.localtime() + datetime.timedelta(days=2)).strftime("%Y-%m-%d %H:%M")
    url = reverse("wagtailadmin_pages:edit", args=[clean.pk])
    response = client.post(url, form_of(clean, answer=WITH_PHONE, go_live_at=later, **{"action-publish": "1"}))
    assert_refused(clean, response)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_a_schedule_that_has_come_stays_a_draft_and_stops_no_other(clean, officer):
    other = question_page("另一題？")
    other.unpublish()
    past = timezone.now() - datetime.timedelta(hours=1)
    clean.answer = "<p>請洽 0912-345-678。</p>"
    bad, good = clean.save_revision(), other.save_revision()
    Revision.objects.filter(pk=bad.pk).update(approved_go_live_at=past - datetime.timedelta(hours=1))
    Revision.objects.filter(pk=good.pk).update(approved_go_live_at=past)
    call_command("publish_scheduled")
    assert not QuestionPage.objects.get(pk=clean.pk).live
    assert QuestionPage.objects.get(pk=other.pk).live
    assert Revision.objects.get(pk=bad.pk).approved_go_live_at is None
    assert AuditEntry.objects.filter(action="question.held_back").count() == 1


def test_publishing_many_publishes_none(client, administrator, clean):
    clean.answer = "<p>請洽 0912-345-678。</p>"
    clean.save_revision()
    other = question_page("另一題？")
    other.unpublish()
    client.force_login(administrator)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    for chosen, more in (
        (f"id={clean.pk}&id={other.pk}", {}),
        (f"id={clean.get_parent().pk}", {"include_descendants": "on"}),
    ):
        response = client.post(f"{url}?{chosen}&next=/cms/pages/", more)
        assert_refused(clean, response)
        assert not QuestionPage.objects.get(pk=other.pk).live
        assert "沒有發布任何頁面" in messages_of(client, response, clean)


def test_a_reviewer_cannot_approve_with_a_phone_number_of_their_own(client, administrator, officer, clean):
    submit_for_review(page=clean, by=officer)
    client.force_login(administrator)
    url = reverse("wagtailadmin_pages:edit", args=[clean.pk])
    approve = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    response = client.post(
        url, form_of(clean, answer=WITH_PHONE, **approve), headers={"referer": "http://testserver" + url}
    )
    assert_refused(clean, response)
    assert "未發布：還有 1 處" in messages_of(client, response, clean)
    # nor in the dialogue of the list of tasks
    state = clean.current_workflow_task_state
    dialogue = reverse("wagtailadmin_pages:workflow_action", args=[clean.pk, "approve", state.pk])
    assert_refused(clean, client.post(dialogue, {"comment": ""}))
    with pytest.raises(DomainError):
        state.task.specific.on_action(state, administrator, "approve")


def test_wagtails_own_submit_button_sends_nothing_flagged(client, officer, clean):
    client.force_login(officer)
    url = reverse("wagtailadmin_pages:edit", args=[clean.pk])
    response = client.post(
        url, form_of(clean, answer=WITH_PHONE, **{"action-submit": "1"}), headers={"referer": "http://testserver" + url}
    )
    assert_refused(clean, response)
    assert clean.current_workflow_state is None
    shown = client.get(url).content.decode()
    assert "action-submit" not in shown
    assert "前往判斷" in shown


def test_code_that_publishes_is_refused(clean):
    clean.answer = "<p>請洽 0912-345-678。</p>"
    revision = clean.save_revision()
    with pytest.raises(DomainError) as refused:
        revision.publish()
    assert code_of(refused) == "still_flagged"
    clean.live = True
    with pytest.raises(DomainError):
        clean.save()
    clean.go_live_at = timezone.now() + datetime.timedelta(days=1)
    with pytest.raises(DomainError):
        clean.save_revision(clean=False).publish()
    with pytest.raises(DomainError):
        question_page("新題", answer="<p>請洽 0912-345-678。</p>")
    assert not QuestionPage.objects.filter(live=True).exists()


def test_a_new_page_with_a_phone_number_is_not_published_at_once(client, administrator):
    index = question_index()
    client.force_login(administrator)
    url = reverse("wagtailadmin_pages:add", args=["consultations", "questionpage", index.pk])
    assert "action-publish" not in client.get(url).content.decode()
    blank = QuestionPage(title="新題", slug="new", question="問", answer="")
    response = client.post(url, form_of(blank, answer=WITH_PHONE, **{"action-publish": "1"}))
    assert response.status_code == 302
    assert not QuestionPage.objects.filter(live=True).exists()


def test_a_live_page_may_move_but_not_change_to_words_that_name_somebody(home):
    flagged = question_page()
    PassageFlag.objects.all().delete()
    UserFactory(person__name="三家以上")  # somebody is called so from now on
    flagged.save()
    flagged.question += "請洽三家以上"
    with pytest.raises(DomainError):
        flagged.save()
    refresh_flags(page=QuestionPage.objects.get(pk=flagged.pk))
    assert [flag.text for flag in flags_of(flagged)] == ["三家以上"]


# --- officers in Wagtail's editor ---------------------------------------------------------------------


def test_officers_write_and_edit_their_own_but_publish_nothing(client, officer, other, clean):
    client.force_login(officer)
    url = reverse("wagtailadmin_pages:edit", args=[clean.pk])
    assert client.get(url).status_code == 200
    client.post(url, form_of(clean, title="改過的題目", **{"action-publish": "1"}))
    saved = QuestionPage.objects.get(pk=clean.pk)
    assert (saved.live, newest(clean).title) == (False, "改過的題目")
    assert not officer.has_perm("wagtailcore.publish_page")
    client.force_login(other)
    assert client.get(url).status_code == 302
    home_edit = reverse("wagtailadmin_pages:edit", args=[clean.get_parent().pk])
    assert client.get(home_edit).status_code == 302


def test_an_officer_who_teaches_as_well_still_writes_questions(client, home):
    both = UserFactory(roles=[Role.INSTRUCTOR, Role.HOTLINE_OFFICER])
    index = question_index()
    client.force_login(both)
    url = reverse("wagtailadmin_pages:add", args=["consultations", "questionpage", index.pk])
    blank = QuestionPage(title="新題", slug="new", question="問", answer="")
    client.post(url, form_of(blank, answer=rich_text("<p>答</p>")))
    flagged = QuestionPage.objects.get(slug="new", alias_of=None)
    assert flagged.owner == both
    assert client.get(reverse("wagtailadmin_pages:edit", args=[flagged.pk])).status_code == 200
