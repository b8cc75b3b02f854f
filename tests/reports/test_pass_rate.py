"""The pass rate: what counts, from which day on, and how it is added up."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from courses.assessment.models import Result, Sitting
from courses.catalogue.models import Course
from courses.enrolment.enums import EnrolmentState
from reports import registry
from reports.models import Target
from tests.factories.assessment import CertificationFactory, ResultFactory, SittingFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

pytestmark = pytest.mark.django_db


def pass_rate(**parameters):
    report = registry.get("pass-rate")
    form = report.form(parameters)
    assert form.is_valid(), form.errors
    return report.compute(form.cleaned_data)


def past_run(**facts):
    """A basic class that began on 2018-03-05 with one session at nine."""
    run = CourseRunFactory(basic=True, roc_year=107, starts_on=datetime.date(2018, 3, 5), **facts)
    SessionFactory(run=run)
    return run


def test_the_year_107_comes_out_as_the_city_published_it(year_107):
    result = pass_rate(year="107")
    assert [(row["run"], row["trained"], row["certified"], row["certified_rate"]) for row in result.rows] == [
        ("107-basic-1", 70, 64, 91.43),
        ("107-basic-2", 70, 63, 90.0),
        ("107-basic-3", 70, 60, 85.71),
        ("107-basic-4", 70, 57, 81.43),
        ("107-basic-5", 70, 62, 88.57),
        ("107-basic-6", 60, 51, 85.0),
    ]
    assert result.rows[0] == {
        "run": "107-basic-1", "roc_year": 107, "kind": "basic", "term": 1,
        "trained": 70, "examined": 69, "passed": 64, "certified": 64, "certified_rate": 91.43, "pass_rate": 92.75,
    }  # fmt: skip
    assert result.totals == {
        "trained": 410, "examined": 404, "passed": 357, "certified": 357, "certified_rate": 87.07, "pass_rate": 88.37,
    }  # fmt: skip


def test_the_total_is_the_ratio_of_sums_and_not_the_mean_of_rates(year_107):
    result = pass_rate(year="107")
    mean = sum(row["certified_rate"] for row in result.rows) / 6
    assert round(mean, 2) == 87.02
    assert result.totals["certified_rate"] == 87.07


def test_before_the_make_up_only_the_first_sitting_counts(year_107):
    make_up = Sitting.objects.get(run=year_107[0], number=1)
    eve = make_up.held_on - datetime.timedelta(days=1)
    before = pass_rate(run="107-basic-1", as_of=eve.isoformat()).totals
    assert (before["passed"], before["certified"], before["certified_rate"]) == (57, 57, 81.43)
    on_the_day = pass_rate(run="107-basic-1", as_of=make_up.held_on.isoformat()).totals
    assert (on_the_day["passed"], on_the_day["certified"]) == (64, 57)


def test_a_class_counts_from_the_day_of_its_first_session_on(year_107):
    assert pass_rate(as_of="107/3/4").rows == []
    assert pass_rate(as_of="107/3/4").totals == {
        "trained": 0, "examined": 0, "passed": 0, "certified": 0, "certified_rate": None, "pass_rate": None,
    }  # fmt: skip
    first_day = pass_rate(as_of="107/3/5")
    assert [row["run"] for row in first_day.rows] == ["107-basic-1"]
    assert (first_day.totals["trained"], first_day.totals["certified_rate"]) == (70, 0.0)
    assert first_day.totals["pass_rate"] is None


def test_who_withdrew_before_the_first_session_was_not_trained_and_who_left_later_was():
    run = past_run()
    start = run.sessions.get().starts_at
    EnrolmentFactory(run=run)
    for minutes in (-1, 0, 60):
        EnrolmentFactory(
            run=run, state=EnrolmentState.WITHDRAWN, withdrawn_at=start + datetime.timedelta(minutes=minutes)
        )
    assert pass_rate().totals["trained"] == 3


def test_who_came_late_and_left_again_was_trained_only_if_they_attended():
    run = past_run()
    start, hour = run.sessions.get().starts_at, datetime.timedelta(hours=1)
    times = {"confirmed_at": start + hour, "withdrawn_at": start + 2 * hour}
    left = EnrolmentFactory(run=run, state=EnrolmentState.WITHDRAWN, **times)
    assert pass_rate().totals["trained"] == 0
    record = AttendanceRecordFactory(session=run.sessions.get(), enrolment=left, missed=180)
    assert pass_rate().totals["trained"] == 0
    record.minutes_present = 1
    record.save()
    assert pass_rate().totals["trained"] == 1


def test_who_was_enrolled_after_the_end_and_withdrew_was_not_trained_whatever_was_recorded():
    run = past_run()
    after, hour = run.sessions.get().starts_at + datetime.timedelta(days=30), datetime.timedelta(hours=1)
    left = EnrolmentFactory(run=run, state=EnrolmentState.WITHDRAWN, confirmed_at=after, withdrawn_at=after + hour)
    AttendanceRecordFactory(session=run.sessions.get(), enrolment=left)
    assert pass_rate().totals["trained"] == 0


def test_an_enrolment_entered_in_error_is_in_no_figure():
    run = past_run()
    wrong = EnrolmentFactory(run=run, state=EnrolmentState.IN_ERROR, withdrawn_at=timezone.now())
    ResultFactory(enrolment=wrong)
    CertificationFactory(enrolment=wrong)
    assert {pass_rate().totals[key] for key in ("trained", "examined", "passed", "certified")} == {0}


def test_a_revoked_certificate_counts_until_the_day_of_its_revocation_and_a_lost_one_still_does():
    run = past_run()
    revoked, lost, cancelled = (CertificationFactory(enrolment=EnrolmentFactory(run=run)).record for _ in range(3))
    since = revoked.issued_on + datetime.timedelta(days=10)
    for record, state in ((revoked, "revoked"), (lost, "lost"), (cancelled, "cancelled")):
        record.state, record.state_since = state, since
        record.save()
    eve = pass_rate(as_of=(since - datetime.timedelta(days=1)).isoformat())
    assert (eve.totals["certified"], eve.notes) == (3, [])
    with override("en"):
        after = pass_rate(as_of=since.isoformat())
    assert after.totals["certified"] == 2
    assert after.notes == [
        "2 certificates that are counted were lost or cancelled later (Regulations Art. 10).",
        "1 certificate is not counted: it was revoked (Regulations Art. 17).",
    ]
    behind = registry.get("pass-rate").people({"as_of": since}, "certified").queryset
    assert {row.certification.record for row in behind} == {lost, cancelled}


def test_classes_not_finished_are_marked_and_the_finished_ones_stand_alone_beside_the_total():
    finished = past_run()
    CertificationFactory(enrolment=EnrolmentFactory(run=finished))
    today = timezone.localdate()
    running = CourseRunFactory(basic=True, starts_on=today, ends_on=today, curriculum=finished.curriculum)
    EnrolmentFactory(run=running)
    Target.objects.create(report="pass-rate", measure="certified_rate", roc_year=107, value=Decimal(83), source="x")
    with override("en"):
        result = pass_rate()
    assert {row["run"]: (row["not_finished"], row.get("target", "the report's")) for row in result.rows} == {
        finished.code: (0, "the report's"), running.code: (1, None),
    }  # fmt: skip
    with override("en"):
        marks = dict(zip([row["run"] for row in result.rows], map(str, result.marks), strict=True))
    assert marks == {finished.code: "", running.code: "Not finished yet"}
    assert (result.totals["certified_rate"], result.totals["not_finished"]) == (50.0, 1)
    [beside] = result.subtotals
    assert (beside.key, beside.values["trained"], beside.values["certified_rate"]) == ("finished_only", 1, 100.0)
    assert result.notes == [
        "1 of those trained is in a class that is not finished yet: the figure will change.",
        "Finished classes only: 100.00%; 1 trained, 1 of them certified.",
    ]
    assert "not_finished" not in pass_rate(year="107").totals


def test_people_under_an_agency_that_has_not_confirmed_them_are_said_in_the_report_by_agency():
    claimed = EnrolmentFactory(run=past_run(), is_agency_confirmed=False)
    EnrolmentFactory(run=claimed.run, agency=claimed.agency)
    with override("en"):
        result = pass_rate(by="agency")
    assert [(row["trained"], row["unconfirmed"]) for row in result.rows] == [(2, 1)]
    assert result.notes == ["1 person is counted under an agency that has not confirmed it yet."]
    assert pass_rate().notes == []


def test_a_run_without_sessions_counts_from_its_first_day():
    run = CourseRunFactory(basic=True, roc_year=107, starts_on=datetime.date(2018, 3, 5))
    EnrolmentFactory(run=run)
    for hour in (0, 25):
        moment = datetime.datetime(2018, 3, 4, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
        EnrolmentFactory(run=run, state=EnrolmentState.WITHDRAWN, withdrawn_at=moment + datetime.timedelta(hours=hour))
    assert pass_rate(as_of="2018-03-04").totals["trained"] == 0
    assert pass_rate(as_of="2018-03-05").totals["trained"] == 2


def test_absent_from_every_sitting_is_trained_but_not_examined():
    run = past_run()
    ResultFactory(enrolment=EnrolmentFactory(run=run), missed=True)
    ResultFactory(enrolment=EnrolmentFactory(run=run), failed=True)
    EnrolmentFactory(run=run)  # barred: never came to a sitting
    totals = pass_rate().totals
    assert (totals["trained"], totals["examined"], totals["passed"], totals["pass_rate"]) == (3, 1, 0, 0.0)


def test_two_sittings_of_one_person_count_once():
    enrolment = EnrolmentFactory(run=past_run())
    ResultFactory(enrolment=enrolment, failed=True)
    ResultFactory(enrolment=enrolment, sitting=SittingFactory(run=enrolment.run, number=1))
    CertificationFactory(enrolment=enrolment)
    totals = pass_rate().totals
    assert [totals[key] for key in ("trained", "examined", "passed", "certified")] == [1, 1, 1, 1]


def test_only_kinds_with_an_exam_and_no_cancelled_run():
    EnrolmentFactory(run=past_run())
    EnrolmentFactory(run=CourseRunFactory(starts_on=datetime.date(2018, 3, 5)))  # a lecture
    cancelled = past_run(cancelled_at=datetime.datetime(2018, 3, 1, tzinfo=datetime.UTC))
    EnrolmentFactory(run=cancelled)
    assert Course.objects.count() == 3
    assert pass_rate().totals["trained"] == 1


def test_one_row_for_each_year_kind_or_agency(year_107):
    by_year = pass_rate(by="year").rows
    assert [(row["roc_year"], row["trained"], row["certified_rate"]) for row in by_year] == [(107, 410, 87.07)]
    by_kind = pass_rate(by="kind").rows
    assert [(row["kind"], row["certified"]) for row in by_kind] == [("basic", 357)]
    by_agency = pass_rate(by="agency", year="107").rows
    assert [(row["agency"], row["trained"], row["certified"]) for row in by_agency] == [
        ("臺中市政府建設局", 205, 180),
        ("臺中市政府教育局", 205, 177),
    ]
    one = pass_rate(agency="台中市政府教育局").totals
    assert (one["trained"], one["certified"]) == (205, 177)


def test_the_counts_are_one_query_however_many_rows(year_107, django_assert_num_queries):
    report = registry.get("pass-rate")
    form = report.form({"year": "107"})
    assert form.is_valid()
    with django_assert_num_queries(1):
        assert len(report.compute(form.cleaned_data).rows) == 6
    form = report.form({"year": "107", "by": "year"})
    assert form.is_valid()
    with django_assert_num_queries(1):
        assert len(report.compute(form.cleaned_data).rows) == 1


def test_as_many_people_stand_behind_a_number_as_it_says(year_107):
    report = registry.get("pass-rate")
    parameters = {"run": "107-basic-6", "as_of": "107/12/31"}
    totals = pass_rate(**parameters).totals
    form = report.form(parameters)
    assert form.is_valid()
    for measure in ("trained", "examined", "passed", "certified"):
        assert report.people(form.cleaned_data, measure).queryset.count() == totals[measure]


def test_the_achievement_is_capped_at_one_hundred_and_held_against_the_kind_s_target(year_107):
    from reports.kpi import read_kpi

    report = registry.get("pass-rate")
    Target.objects.create(
        report="pass-rate", measure="certified_rate", scope="basic", roc_year=107, value=83, source="施政績效報告"
    )
    Target.objects.create(
        report="pass-rate", measure="certified_rate", scope="advanced", roc_year=107, value=99, source="x"
    )
    reading = read_kpi(report, pass_rate(year="107"))
    assert (reading.value, reading.achievement.raw, reading.achievement.shown) == (
        Decimal("87.07"), Decimal("104.90"), Decimal(100),
    )  # fmt: skip
    assert reading.achievement.is_met
    assert read_kpi(report, pass_rate(year="107", run="107-basic-4")).achievement is None
    assert read_kpi(report, pass_rate()).achievement is None


def test_below_its_target_the_achievement_says_so():
    from reports.kpi import achievement_of

    achievement = achievement_of(Decimal("81.43"), Target(value=Decimal(83)))
    assert (achievement.shown, achievement.is_met) == (Decimal("98.11"), False)


def test_a_result_is_never_counted_twice_by_make_ups_of_others():
    run = past_run()
    for _ in range(2):
        enrolment = EnrolmentFactory(run=run)
        for number in range(3):
            ResultFactory(enrolment=enrolment, sitting=SittingFactory(run=run, number=number), failed=True)
    assert Result.objects.count() == 6
    totals = pass_rate().totals
    assert (totals["trained"], totals["examined"]) == (2, 2)
