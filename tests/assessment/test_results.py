"""The rule of passing (資格辦法 §15 II), every sitting kept, the bar of absence, the national certificate."""

import datetime

import pytest

from common.errors import DomainError
from common.models import AuditEntry
from courses.assessment.grading import ExamRule, grade
from courses.assessment.models import Certification, PaperScore, Result, Sitting
from courses.assessment.selectors import best_result, first_passed_on, has_passed, results_of, runs_without_results
from courses.assessment.services import ResultEntry, certify, move_sitting, record_result, record_results
from courses.assessment.signals import result_recorded
from qualifications.models import QualificationRecord
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db

FIRST = datetime.date(2018, 4, 1)
MAKE_UP = datetime.date(2018, 5, 6)
PASSING = {"法規": 90, "實務": 80, "其他": 61}
FAILING = {"法規": 82, "實務": 84, "其他": 62}


def record(enrolment, scores=None, *, sitting=0, held_on=FIRST, **facts):
    return record_result(enrolment=enrolment, sitting=sitting, held_on=held_on, scores=scores, by=None, **facts)


def test_231_of_330_points_pass_and_228_do_not(trainees):
    passed, failed = record(trainees[0], PASSING), record(trainees[1], FAILING)
    assert (passed.total, passed.passed) == (231, True)
    assert (failed.total, failed.passed) == (228, False)


def test_230_points_fail_by_one():
    rule = ExamRule({1: 115, 2: 120, 3: 95}, pass_percent=70, zero_paper_fails=True)
    assert rule.pass_total == 231
    assert grade(rule, {1: 90, 2: 80, 3: 60}).passed is False


def test_a_paper_at_zero_fails_where_the_curriculum_says_so(run, trainees):
    zero = {"法規": 115, "實務": 120, "其他": 0}
    assert record(trainees[0], zero).passed is False
    run.curriculum.zero_paper_fails = False
    run.curriculum.save()
    assert record(trainees[1], zero).passed is True


def test_a_violation_never_passes_and_absence_has_no_score(trainees):
    violation = record(trainees[0], {"法規": 115, "實務": 120, "其他": 95}, violation="攜帶手機")
    assert (violation.total, violation.passed) == (330, False)
    absent = record(trainees[1], absent=True)
    assert (absent.total, absent.passed, PaperScore.objects.filter(result=absent).count()) == (None, False, 0)


def test_every_sitting_is_kept(trainees):
    record(trainees[0], FAILING)
    record(trainees[0], absent=True, sitting=1, held_on=MAKE_UP)
    record(trainees[0], PASSING, sitting=2, held_on=MAKE_UP + datetime.timedelta(days=30))
    assert [(result.sitting.number, result.total, result.passed) for result in results_of(trainees[0])] == [
        (0, 228, False), (1, None, False), (2, 231, True),
    ]  # fmt: skip
    assert has_passed(trainees[0])
    assert not has_passed(trainees[0], as_of=MAKE_UP)
    assert first_passed_on(trainees[0]) == MAKE_UP + datetime.timedelta(days=30)
    assert best_result(trainees[0]).total == 231
    assert best_result(trainees[1]) is None


def test_recording_twice_changes_nothing_and_a_correction_is_audited(trainees):
    record(trainees[0], FAILING)
    entries = AuditEntry.objects.count()
    record(trainees[0], FAILING)
    assert (Result.objects.count(), AuditEntry.objects.count()) == (1, entries)
    corrected = record(trainees[0], FAILING | {"其他": 65})
    assert (corrected.total, corrected.passed, Result.objects.count()) == (231, True, 1)
    assert AuditEntry.objects.get(action="assessment.result_corrected").data["changes"] == [["其他", "62", "65"]]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"scores": PASSING | {"法規": 116}}, "out_of_range"),
        ({"scores": PASSING | {"法規": -1}}, "out_of_range"),
        ({"scores": PASSING | {"國文": 10}}, "no_such_paper"),
        ({"scores": {"法規": 90, "實務": 80}}, "missing"),
        ({"scores": PASSING, "absent": True}, "absent_with_score"),
        ({"scores": PASSING, "held_on": datetime.date(2018, 3, 4)}, "held_before_run"),
        ({"scores": PASSING, "held_on": datetime.date(2999, 1, 1)}, "held_in_future"),
    ],
)
def test_what_cannot_be_is_refused(trainees, facts, code):
    with pytest.raises(DomainError) as refused:
        record(trainees[0], **facts)
    assert refused.value.code == code
    assert (Result.objects.count(), Sitting.objects.count()) == (0, 0)


def test_a_sitting_is_held_on_one_day_and_a_make_up_not_before_the_first(trainees):
    record(trainees[0], FAILING)
    for facts, code in (
        ({"held_on": MAKE_UP}, "held_differs"),
        ({"sitting": 1, "held_on": FIRST - datetime.timedelta(days=1)}, "before_first_sitting"),
    ):
        with pytest.raises(DomainError) as refused:
            record(trainees[1], PASSING, **facts)
        assert refused.value.code == code


def test_kinds_without_an_exam_and_curricula_without_papers_have_no_results():
    advanced = CourseRunFactory(curriculum__course__kind="advanced")  # its table ships empty
    for run, code in ((CourseRunFactory(), "no_exam"), (advanced, "no_papers")):
        with pytest.raises(DomainError) as refused:
            record(EnrolmentFactory(run=run), PASSING)
        assert refused.value.code == code


def test_more_than_a_tenth_of_the_hours_missed_bars_from_the_exam(run, trainees):
    sessions = [SessionFactory(run=run, number=n, minutes=198) for n in (1, 2, 3)]
    for session, missed in zip(sessions, (198, 198, 1), strict=True):
        AttendanceRecordFactory(session=session, enrolment=trainees[0], missed=missed)
    for session, missed in zip(sessions, (198, 198, 0), strict=True):
        AttendanceRecordFactory(session=session, enrolment=trainees[1], missed=missed)
    with pytest.raises(DomainError) as refused:
        record(trainees[0], PASSING)
    assert refused.value.code == "barred"
    assert "397" in str(refused.value)
    assert "資格辦法第 15 條" in str(refused.value)
    assert record(trainees[1], PASSING).passed


def test_many_results_are_all_or_none(trainees):
    entries = [
        ResultEntry(trainees[0], 0, FIRST, PASSING),
        ResultEntry(trainees[1], 0, FIRST, PASSING | {"其他": 96}),
    ]
    with pytest.raises(DomainError, match="#2"):
        record_results(entries=entries, by=None)
    assert (Result.objects.count(), Sitting.objects.count()) == (0, 0)


def test_recording_many_takes_as_many_queries_as_recording_one(run, trainees, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for entries in (trainees[:1], [trainees[1], trainees[2], EnrolmentFactory(run=run, number=9)]):
        with CaptureQueriesContext(connection) as captured:
            record_results(entries=[ResultEntry(e, 0, FIRST, PASSING) for e in entries], by=None)
        counts.append(len(captured))
    assert counts[1] <= counts[0]


def test_listeners_hear_of_it_after_the_commit(trainees, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, enrolment_ids, **kwargs):
        heard.append(enrolment_ids)

    result_recorded.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            record(trainees[0], PASSING)
            assert heard == []
    finally:
        result_recorded.disconnect(listen)
    assert heard == [[trainees[0].pk]]


def test_a_certificate_rests_on_a_pass(trainees, run):
    facts = {"number": "工程訓字第1號", "issued_on": datetime.date(2018, 6, 1), "source": "test", "by": None}
    with pytest.raises(DomainError) as refused:
        certify(enrolment=trainees[0], **facts)
    assert refused.value.code == "never_passed"
    record(trainees[0], PASSING)
    with pytest.raises(DomainError) as refused:
        certify(enrolment=trainees[0], **facts | {"issued_on": FIRST - datetime.timedelta(days=1)})
    assert refused.value.code == "before_pass"
    certification = certify(enrolment=trainees[0], **facts)
    assert certify(enrolment=trainees[0], **facts) == certification
    assert (certification.record.level, QualificationRecord.objects.count()) == ("basic", 1)
    with pytest.raises(DomainError) as refused:
        certify(enrolment=trainees[0], **facts | {"number": "工程訓字第2號"})
    assert refused.value.code == "certified_otherwise"
    assert (Certification.objects.count(), QualificationRecord.objects.count()) == (1, 1)


def test_a_pass_that_a_certificate_rests_on_is_not_corrected_away(trainees):
    record(trainees[0], PASSING)
    certify(enrolment=trainees[0], number="A1", issued_on=datetime.date(2018, 6, 1), source="test", by=None)
    with pytest.raises(DomainError) as refused:
        record(trainees[0], FAILING)
    assert refused.value.code == "pass_is_certified"
    assert results_of(trainees[0])[0].passed


def test_the_day_of_a_sitting_can_be_corrected(trainees, administrator):
    record(trainees[0], PASSING)
    moved = move_sitting(sitting=Sitting.objects.get(), held_on=MAKE_UP, by=administrator)
    assert moved.held_on == MAKE_UP
    assert AuditEntry.objects.get(action="assessment.sitting_moved").data == {
        "before": FIRST.isoformat(), "after": MAKE_UP.isoformat(),
    }  # fmt: skip
    with pytest.raises(DomainError):
        move_sitting(sitting=moved, held_on=datetime.date(2018, 1, 1), by=administrator)


def test_finished_runs_without_results_are_found(run, trainees):
    CourseRunFactory(basic=True, starts_on=datetime.date(2018, 3, 5))  # nobody in it
    EnrolmentFactory(run=CourseRunFactory(starts_on=datetime.date(2018, 3, 5)))  # a lecture
    assert list(runs_without_results()) == [run]
    record(trainees[0], PASSING)
    assert list(runs_without_results()) == []
