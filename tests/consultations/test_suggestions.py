"""What an officer is shown while somebody asks: answered cases like it, and their published pages."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from consultations.enums import ConsultationState
from consultations.models import Consultation, QuestionTerm
from consultations.services.suggesting import drop_case, index_case, index_cases, reindex_cases, sweep_terms
from consultations.signals import consultation_answered
from consultations.suggestions import similar_cases

pytestmark = pytest.mark.django_db


def answered(question: str, answer: str = "請依規定辦理。", **facts: Any) -> Consultation:
    facts = {"number": f"115-{Consultation.objects.count() + 1:04}", "answered_at": timezone.now(), **facts}
    return Consultation.objects.create(state=ConsultationState.ANSWERED, question=question, answer=answer, **facts)


@pytest.fixture
def cases() -> list[Consultation]:
    cases = [
        answered("押標金可以用公司支票繳納嗎？", "不可以，公司支票不在押標金得繳納的種類內。"),
        answered("第一次招標只有兩家投標，可以開標嗎？", "第一次公告招標須有三家以上合格廠商投標才能開標。"),
        answered("廠商逾期完工，逾期違約金上限是多少？", "以契約價金總額百分之二十為上限。"),
        answered("驗收發現規格與契約不符，可以減價收受嗎？", "不妨礙安全及使用需求，經機關檢討不必拆換者得減價收受。"),
    ]
    index_cases(cases)
    return cases


def found(text: str, **options: Any) -> list[Consultation]:
    return [suggestion.consultation for suggestion in similar_cases(text, **options)]


def test_the_case_that_shares_the_most_telling_words_comes_first(cases: list[Consultation]) -> None:
    assert found("廠商拿公司票來當押標金")[0] == cases[0]
    assert found("只有兩家來投標開不開")[0] == cases[1]
    assert found("驗收規格不符要不要減價")[0] == cases[3]


def test_words_of_the_question_count_more_than_words_of_the_answer() -> None:
    in_answer = answered("這個情形怎麼辦理？", "請參考保固保證金的規定。")
    in_question = answered("保固保證金的規定在哪裡？", "請參考這個情形的辦理方式。")
    index_cases([in_answer, in_question])

    assert found("保固保證金") == [in_question, in_answer]


@pytest.mark.parametrize("text", ["", "   ", "？！，。、…—", "\x00\n", "zzz qqq"])
def test_what_holds_no_known_word_finds_nothing(cases: list[Consultation], text: str) -> None:
    assert similar_cases(text) == []


def test_a_very_long_text_is_asked_by_its_telling_words(cases: list[Consultation]) -> None:
    assert found("押標金可否用公司支票" + "請問承辦人員應該如何辦理才符合規定" * 250)[0] == cases[0]


def test_a_case_that_is_open_again_or_excluded_is_not_suggested(cases: list[Consultation]) -> None:
    Consultation.objects.filter(pk=cases[0].pk).update(state=ConsultationState.OPEN)

    assert cases[0] not in found("押標金用公司支票")
    assert found("兩家投標可以開標嗎")[0] == cases[1]
    assert cases[1] not in found("兩家投標可以開標嗎", exclude=cases[1].pk)


def test_the_same_answer_is_suggested_once_by_its_most_similar_case() -> None:
    answer = "公告金額十分之一以下的採購，得不經公告程序，逕洽廠商採購，免提供報價或企劃書。"
    close = answered("小額採購可以直接找一家廠商買嗎？", answer)
    others = [answered(f"小額採購第 {n} 種情形可以嗎？", answer.replace("免", "也免")) for n in range(30)]
    other = answered("小額採購要不要驗收？", "要驗收，但得採書面驗收。")
    index_cases([close, *others, other])

    assert found("小額採購可以直接找一家買嗎", limit=2)[0] == close
    assert found("小額採購要驗收嗎", limit=2)[0] == other


def test_new_words_replace_the_old_ones_and_dropping_leaves_none(cases: list[Consultation]) -> None:
    case = cases[0]
    case.question = "差額保證金怎麼算？"
    case.save()
    index_case(consultation=case)
    assert index_case(consultation=case) == QuestionTerm.objects.filter(consultation=case).count()
    assert not QuestionTerm.objects.filter(consultation=case, term="司票").exists()
    assert found("差額保證金")[0] == case

    drop_case(consultation=case)
    assert not QuestionTerm.objects.filter(consultation=case).exists()


def test_an_answered_case_is_indexed_by_its_signal_and_an_open_one_is_not() -> None:
    case = answered("統包工程的備標期要多久？")
    opened = Consultation.objects.create(state=ConsultationState.OPEN, number="115-0900", question="統包是什麼？")
    for sent in (case, opened):
        consultation_answered.send(Consultation, consultation=sent)

    assert found("統包") == [case]


def test_the_sweep_indexes_what_a_lost_signal_left_out_and_the_command_everything() -> None:
    case = answered("廠商可以用影本投標嗎？")
    long_ago = answered("機關可以拒絕往來戶投標嗎？")
    Consultation.objects.update(changed_at=timezone.now() - timedelta(days=30))
    index_case(consultation=long_ago)

    assert sweep_terms() == 1
    assert found("影本") == [case]
    assert sweep_terms() == 0

    QuestionTerm.objects.all().delete()
    call_command("reindex_cases", stdout=io.StringIO())
    assert found("拒絕往來戶") == [long_ago]
    assert reindex_cases() == 2


@pytest.mark.parametrize("limit", [1, 3])
def test_five_queries_however_many_are_found(
    cases: list[Consultation], limit: int, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        assert len(similar_cases("押標金 投標 驗收 廠商 契約", limit=limit)) == limit
