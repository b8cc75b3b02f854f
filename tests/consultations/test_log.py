"""The rules of the log: states, numbers, who writes, and what the history keeps."""

from datetime import date, datetime, timedelta
from unittest.mock import ANY
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from common.errors import DomainError
from common.models import AuditEntry
from consultations.enums import Channel, ConsultationState
from consultations.models import Consultation, ConsultationCounter, HandOver
from consultations.services.log import (
    HOLD,
    HeldError,
    StaleError,
    answer_case,
    discard_draft,
    discard_empty_drafts,
    hand_over,
    hold,
    open_draft,
    register_case,
    release,
    reopen_case,
    save_case,
    take_over,
)
from consultations.signals import consultation_answered
from tests.factories.consultations import ConsultationFactory, HotlineOfficerFactory

TAIPEI = ZoneInfo("Asia/Taipei")


def typed(by, question="押標金可以用支票繳嗎？", **fields):
    case = open_draft(by=by)
    return save_case(consultation=case, version=0, by=by, question=question, **fields)


def let_the_hold_lapse(case):
    past = timezone.now() - timedelta(seconds=1)
    Consultation.objects.filter(pk=case.pk).update(held_until=past)


def actions(case):
    from wagtail.log_actions import registry

    return list(registry.get_logs_for_instance(case).order_by("timestamp", "pk").values_list("action", flat=True))


# --- states and numbers ---


def test_an_entry_is_a_draft_until_it_is_answered_and_then_has_the_next_number_of_its_year(officer):
    case = typed(officer, asked_at=datetime(2025, 12, 31, 23, 30, tzinfo=TAIPEI), answer="可以，須為即期支票。")
    assert (case.state, case.number, case.officer.person) == (ConsultationState.DRAFT, None, officer.person)
    answered = answer_case(consultation=case, by=officer)
    # half past eleven at night in Taipei is still ROC 114
    assert (answered.state, answered.number) == (ConsultationState.ANSWERED, "114-0001")
    assert answered.answered_at is not None
    assert answered.held_by is None
    next_year = typed(officer, asked_at=datetime(2026, 1, 1, 0, 10, tzinfo=TAIPEI))
    assert register_case(consultation=next_year, by=officer).number == "115-0001"
    assert register_case(consultation=typed(officer, asked_at=case.asked_at), by=officer).number == "114-0002"


def test_a_case_keeps_its_number_and_a_second_click_changes_nothing(officer, django_capture_on_commit_callbacks):
    told = []

    def listen(sender, consultation, **kwargs):
        told.append(consultation.number)

    consultation_answered.connect(listen)
    case = register_case(consultation=typed(officer, answer="可以。"), by=officer)
    with django_capture_on_commit_callbacks(execute=True):
        first = answer_case(consultation=case, by=officer)
        second = answer_case(consultation=case, by=officer)
    consultation_answered.disconnect(listen)
    assert first.number == second.number == case.number
    assert told == [case.number]
    assert ConsultationCounter.objects.get().last == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"question": " ", "answer": "可以。"}, "no_question"),
        ({"answer": " "}, "no_answer"),
        ({"answer": "可以。", "articles_named": "採購法 999"}, "unknown_article"),
    ],
)
def test_a_case_without_question_or_answer_or_with_an_unknown_article_is_not_answered(officer, act, fields, code):
    case = typed(officer, **{"question": "可以嗎？", **fields})
    with pytest.raises(DomainError) as refusal:
        answer_case(consultation=case, by=officer)
    assert refusal.value.code == code
    case.refresh_from_db()
    assert (case.state, case.number) == (ConsultationState.DRAFT, None)
    assert not ConsultationCounter.objects.filter(last__gt=0).exists()


def test_how_to_reach_the_caller_is_kept_only_for_a_promised_day(officer):
    case = typed(officer, caller_contact="分機 123", answer="可以。")
    with pytest.raises(DomainError) as refusal:
        register_case(consultation=case, by=officer)
    assert refusal.value.code == "no_date"
    assert answer_case(consultation=case, by=officer).caller_contact == ""
    promised = typed(officer, caller_contact="分機 123", promised_for=date(2026, 12, 1), answer="可以。")
    register_case(consultation=promised, by=officer)
    assert answer_case(consultation=promised, by=officer).caller_contact == "分機 123"


def test_a_reopened_case_keeps_answer_and_number_and_can_be_answered_anew(officer, other):
    case = ConsultationFactory(number="115-0007", has_helped=False, helped_note="沒有說第二次開標")
    with pytest.raises(DomainError) as refusal:
        save_case(consultation=case, version=case.lock_version, by=other, answer="改")
    assert refusal.value.code == "answered"
    case = reopen_case(consultation=case, by=other)
    assert (case.state, case.number, case.answered_at, case.has_helped) == ("open", "115-0007", None, None)
    case = save_case(consultation=case, version=case.lock_version, by=other, answer="第二次開標不受三家限制。")
    case = answer_case(consultation=case, by=other)
    assert (case.number, case.officer.person) == ("115-0007", other.person)
    assert actions(case) == ["consultations.reopen", "wagtail.edit", "consultations.answer"]


def test_the_question_of_a_case_with_a_number_cannot_be_emptied(officer):
    case = register_case(consultation=typed(officer), by=officer)
    with pytest.raises(DomainError) as refusal:
        save_case(consultation=case, version=case.lock_version, by=officer, question="  ")
    assert refusal.value.code == "no_question"


# --- articles ---


def test_an_unknown_article_is_kept_as_text_and_the_others_are_linked(officer, act, rules):
    case = typed(officer, articles_named="採購法 22、999；細則 55")
    assert case.articles_named == "採購法 22、999；細則 55"
    assert [str(article) for article in case.articles.all()] == ["政府採購法第 22 條", "政府採購法施行細則第 55 條"]
    case = save_case(consultation=case, version=1, by=officer, articles_named="採購法 48")
    assert [article.number for article in case.articles.all()] == ["48"]


# --- two officers ---


def test_while_one_writes_the_other_is_refused_and_told_who(officer, other):
    case = typed(officer)
    assert hold(consultation=case, by=other) is False
    with pytest.raises(HeldError) as refusal:
        save_case(consultation=case, version=case.lock_version, by=other, question="我的")
    assert refusal.value.consultation.held_by == officer
    assert "詢甲範" in str(refusal.value)
    assert hold(consultation=case, by=officer) is True


def test_a_hold_lapses_after_a_minute_without_a_sign(officer, other):
    case = typed(officer)
    assert timedelta(seconds=55) < case.held_until - timezone.now() <= HOLD
    let_the_hold_lapse(case)
    assert hold(consultation=case, by=other) is True
    assert hold(consultation=case, by=officer) is False


def test_taking_over_is_audited_and_the_first_learns_of_it_at_the_next_sign(officer, other):
    case = typed(officer)
    taken = take_over(consultation=case, by=other)
    assert (taken.held_by, taken.held_since is not None) == (other, True)
    assert hold(consultation=case, by=officer) is False
    with pytest.raises(HeldError):
        save_case(consultation=case, version=case.lock_version, by=officer, answer="…")
    entry = AuditEntry.objects.get(action="consultation.taken_over")
    assert (entry.actor_id, entry.data) == (other.pk, {"number": None, "held_by": officer.pk})
    # taking what nobody else holds is no event
    take_over(consultation=case, by=other)
    assert AuditEntry.objects.filter(action="consultation.taken_over").count() == 1


def test_a_save_over_words_that_the_writer_has_not_seen_is_refused(officer, other):
    case = typed(officer)
    release(consultation=case, by=officer)
    theirs = save_case(consultation=case, version=1, by=other, answer="乙的答覆")
    release(consultation=case, by=other)
    with pytest.raises(StaleError) as refusal:
        save_case(consultation=case, version=1, by=officer, answer="甲的答覆")
    assert refusal.value.consultation.answer == "乙的答覆"
    case.refresh_from_db()
    assert (case.answer, case.lock_version) == ("乙的答覆", theirs.lock_version)


# --- history ---


def test_one_sitting_is_one_revision_and_another_writer_or_state_makes_a_new_one(officer, other):
    case = typed(officer, question="押")
    for version, question in enumerate(("押標", "押標金", "押標金可以退嗎？"), start=1):
        case = save_case(consultation=case, version=version, by=officer, question=question)
    assert [revision.content["question"] for revision in case.revisions.all()] == ["押標金可以退嗎？"]
    case = register_case(consultation=case, by=officer)
    case = save_case(consultation=case, version=case.lock_version, by=officer, answer="原則")
    case = save_case(consultation=case, version=case.lock_version, by=officer, answer="原則可以")
    case = take_over(consultation=case, by=other)
    case = save_case(consultation=case, version=case.lock_version, by=other, answer="可以，依第 31 條")
    case = answer_case(consultation=case, by=other)
    kept = [(r.user, r.content["state"], r.content["answer"]) for r in case.revisions.order_by("created_at", "pk")]
    assert kept == [
        (officer, "draft", ""),
        (officer, "open", ""),
        (officer, "open", "原則可以"),
        (other, "open", "可以，依第 31 條"),
        (other, "answered", "可以，依第 31 條"),
    ]
    assert actions(case) == [
        "wagtail.create", "consultations.register", "wagtail.edit", "consultations.take_over", "wagtail.edit",
        "consultations.answer",
    ]  # fmt: skip


def test_after_a_lapsed_hold_a_new_sitting_begins(officer):
    case = typed(officer)
    let_the_hold_lapse(case)
    case = save_case(consultation=case, version=1, by=officer, answer="可以")
    assert case.revisions.count() == 2


def test_the_audit_names_deeds_and_numbers_and_never_the_words(officer, other):
    case = register_case(consultation=typed(officer, question="林祕密的押標金"), by=officer)
    hand_over(consultations=[case], to=other.person.hotline_officer, by=officer)
    case = save_case(consultation=case, version=case.lock_version + 1, by=other, answer="祕密")
    reopen_case(consultation=answer_case(consultation=case, by=other), by=other)
    discard_draft(consultation=typed(officer, question="祕密"), by=officer)
    entries = AuditEntry.objects.filter(action__startswith="consultation.").order_by("pk")
    assert [entry.action.partition(".")[2] for entry in entries] == [
        "registered", "handed_over", "answered", "reopened", "discarded",
    ]  # fmt: skip
    assert "祕密" not in " ".join(f"{entry.object_label} {entry.data}" for entry in entries)
    assert entries[0].data == {"number": case.number}


# --- drafts ---


def test_an_empty_entry_is_not_kept(officer):
    emptied = save_case(consultation=open_draft(by=officer, channel=Channel.VISIT), version=0, by=officer, minutes=3)
    release(consultation=emptied, by=officer)
    assert not Consultation.objects.exists()
    kept = typed(officer)
    release(consultation=kept, by=officer)
    assert Consultation.objects.get().held_by is None


def test_the_sweep_discards_what_is_empty_and_held_by_nobody(officer):
    kept, written, empty = open_draft(by=officer), typed(officer), open_draft(by=officer)
    let_the_hold_lapse(written)
    let_the_hold_lapse(empty)
    assert discard_empty_drafts() == 1
    assert set(Consultation.objects.values_list("pk", flat=True)) == {kept.pk, written.pk}
    assert discard_empty_drafts() == 0


def test_a_case_with_a_number_is_never_discarded(officer):
    case = register_case(consultation=typed(officer), by=officer)
    with pytest.raises(DomainError) as refusal:
        discard_draft(consultation=case, by=officer)
    assert refusal.value.code == "numbered"


# --- hand-over ---


def test_open_cases_are_handed_over_together_or_not_at_all(officer, other):
    mine = officer.person.hotline_officer
    cases = [ConsultationFactory(open=True, officer=mine) for _ in range(2)]
    answered = ConsultationFactory(officer=mine)
    to = other.person.hotline_officer
    with pytest.raises(DomainError) as refusal:
        hand_over(consultations=[*cases, answered], to=to, by=officer)
    assert (refusal.value.code, HandOver.objects.count()) == ("not_open", 0)
    given = hand_over(consultations=cases, to=to, by=officer, note="下週休假")
    assert [(row.from_officer, row.to_officer, row.note) for row in given] == [(mine, to, "下週休假")] * 2
    assert set(Consultation.objects.waiting().values_list("officer", flat=True)) == {to.pk}
    assert hand_over(consultations=cases, to=to, by=officer) == []
    with pytest.raises(DomainError) as refusal:
        hand_over(consultations=cases, to=HotlineOfficerFactory(is_active=False), by=officer)
    assert refusal.value.code == "not_active"
    assert AuditEntry.objects.filter(action="consultation.handed_over").first().data == {"number": ANY, "to": to.pk}
