"""Completion (結訓): the policy is data, the verdict carries its evidence."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from certificates.wording import compose_facts
from courses.attendance.models import AttendanceRecord
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.learning.selectors import completion_of, completion_of_run
from tests.factories.assessment import ResultFactory, SittingFactory
from tests.factories.enrolment import EnrolmentFactory
from tests.factories.learning import finished_lecture, finished_run, record_attendance

pytestmark = pytest.mark.django_db


def verdict_in_words(verdict: object) -> dict[str, bool | None]:
    return {step.key: step.ok for step in verdict.steps}


class TestAbsenceAndExam:
    """Basic and advanced class: at most 1/10 of the hours missed, and the exam passed (資格辦法 §15)."""

    def test_all_attended_and_passed_is_complete(self) -> None:
        enrolment = EnrolmentFactory(run=finished_run())
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment, total=231)
        verdict = completion_of(enrolment)
        assert verdict.is_complete
        assert not verdict.is_blocked
        assert verdict_in_words(verdict) == {"recorded": True, "absence": True, "exam": True}

    @pytest.mark.parametrize(("missed", "complete"), [(396, True), (397, False)])
    def test_six_hours_and_36_minutes_may_be_missed_and_not_a_minute_more(self, missed: int, complete: bool) -> None:
        enrolment = EnrolmentFactory(run=finished_run())
        record_attendance(enrolment, missed=missed)
        ResultFactory(enrolment=enrolment)
        assert completion_of(enrolment).is_complete is complete

    def test_a_failed_exam_is_not_complete_and_a_passed_make_up_is(self) -> None:
        enrolment = EnrolmentFactory(run=finished_run())
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment, failed=True)
        verdict = completion_of(enrolment)
        assert verdict_in_words(verdict) == {"recorded": True, "absence": True, "exam": False}
        ResultFactory(enrolment=enrolment, sitting=SittingFactory(run=enrolment.run, number=1), total=240)
        assert completion_of(enrolment).is_complete

    def test_a_session_without_a_record_is_neither_presence_nor_absence_and_blocks(self) -> None:
        enrolment = EnrolmentFactory(run=finished_run())
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment)
        forgotten = AttendanceRecord.objects.filter(enrolment=enrolment).order_by("session__number")[3]
        number = forgotten.session.number
        forgotten.delete()
        verdict = completion_of(enrolment)
        assert (verdict.is_complete, verdict.is_blocked) == (False, True)
        assert verdict_in_words(verdict) == {"recorded": None, "absence": None, "exam": True}
        assert verdict.steps[0].facts["unrecorded_sessions"] == [number]

    def test_without_any_session_nobody_is_complete(self) -> None:
        run = finished_run()
        run.sessions.all().delete()
        enrolment = EnrolmentFactory(run=run)
        ResultFactory(enrolment=enrolment)
        assert not completion_of(enrolment).is_complete

    def test_a_run_laid_out_with_too_few_hours_is_never_complete(self) -> None:
        run = finished_run()
        run.sessions.order_by("-number")[0].delete()  # 60 of the 66 hours of its curriculum
        enrolment = EnrolmentFactory(run=run)
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment)
        verdict = completion_of(enrolment)
        assert (verdict.is_complete, verdict.is_blocked) == (False, False)
        assert verdict_in_words(verdict)["recorded"] is None

    def test_every_step_names_its_figures_and_its_article(self) -> None:
        enrolment = EnrolmentFactory(run=finished_run())
        record_attendance(enrolment, missed=90)
        ResultFactory(enrolment=enrolment, failed=True)
        with override("en"):
            recorded, absence, exam = completion_of(enrolment).steps
        assert recorded.article is None
        assert absence.detail == "Missed 1 h 30 min of 6 h 36 min allowed."
        assert (absence.article.pcode, absence.article.number) == ("A0030059", "15")
        assert exam.detail == "228 of 330 points so far, pass mark 231; make-up exams are not limited."
        assert exam.as_evidence()["facts"] == {
            "total": 228, "full": 330, "mark": 231, "sittings": 1, "passed_on": None,
        }  # fmt: skip


class TestAttendanceShare:
    """All other courses: a share of the minutes, 90 % unless the curriculum says otherwise."""

    @pytest.mark.parametrize(("missed", "complete"), [(60, True), (61, False)])
    def test_nine_hours_of_ten_complete_and_a_minute_less_does_not(self, missed: int, complete: bool) -> None:
        enrolment = EnrolmentFactory(run=finished_lecture(hours=10))
        record_attendance(enrolment, missed=missed)
        assert completion_of(enrolment).is_complete is complete

    def test_the_share_is_data(self) -> None:
        run = finished_lecture(hours=10)
        run.curriculum.attendance_percent = 50
        run.curriculum.save()
        enrolment = EnrolmentFactory(run=run)
        record_attendance(enrolment, missed=300)
        assert completion_of(enrolment).is_complete

    def test_excused_minutes_are_attended_wherever_the_rule_does_not_count_them_as_missed(self) -> None:
        run = finished_lecture(hours=10)
        enrolment = EnrolmentFactory(run=run)
        record_attendance(enrolment)
        excused = AttendanceRecord.objects.filter(enrolment=enrolment)[0]
        excused.minutes_excused, excused.minutes_present, excused.status = excused.minutes_present, 0, "excused"
        excused.save()
        assert not completion_of(enrolment).is_complete
        run.curriculum.excused_counts_as_missed = False
        run.curriculum.save()
        verdict = completion_of(enrolment)
        assert (verdict.is_complete, verdict.ledger.share_of_whole) == (True, 1)
        assert verdict.steps[1].facts["attended_minutes"] == 600
        facts = compose_facts(verdict, serial="", public_id="", issued_at=timezone.now())
        assert (facts["hours"], facts["hours_attended"]) == ("10", "10")

    def test_it_is_open_before_the_hours_are_held(self) -> None:
        run = finished_lecture(hours=10)
        run.sessions.update(
            starts_at=timezone.now() + datetime.timedelta(days=1),
            ends_at=timezone.now() + datetime.timedelta(days=1, hours=5),
        )
        verdict = completion_of(EnrolmentFactory(run=run))
        assert verdict_in_words(verdict) == {"recorded": None, "attendance": None}
        assert not verdict.is_blocked


def test_the_withdrawn_are_not_judged() -> None:
    run = finished_run()
    stays = EnrolmentFactory(run=run, number=1)
    EnrolmentFactory(run=run, number=2, state=EnrolmentState.WITHDRAWN, withdrawn_at=timezone.now())
    assert [verdict.enrolment.pk for verdict in completion_of_run(run)] == [stays.pk]


def test_a_run_is_judged_in_constant_queries() -> None:
    def queries(run: CourseRun) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            completion_of_run(run)
        return len(captured)

    run = finished_run()
    record_attendance(EnrolmentFactory(run=run, number=1))
    one = queries(run)
    for number in (2, 3):
        enrolment = EnrolmentFactory(run=run, number=number)
        record_attendance(enrolment)
        ResultFactory(enrolment=enrolment)
    assert queries(run) == one
