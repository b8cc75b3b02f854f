"""Score files: read in every shape people send, judged row by row, applied whole or not at all."""

import datetime
import io
import time

import pytest

from common.errors import DomainError
from common.spreadsheets import SpreadsheetError, read_table, write
from courses.assessment.enums import ImportState
from courses.assessment.models import Certification, Result, Sitting
from courses.assessment.problems import RowProblem
from courses.assessment.score_sheet import FIXED, read_score_file
from courses.assessment.score_template import template_sheet
from courses.assessment.selectors import results_of
from courses.assessment.services import apply_scores, discard_scores
from courses.enrolment.enums import EnrolmentState
from qualifications.models import QualificationRecord
from tests.factories.accounts import PersonFactory
from tests.factories.attendance import AttendanceRecordFactory
from tests.factories.catalogue import CourseRunFactory, SessionFactory
from tests.factories.enrolment import EnrolmentFactory

from .conftest import HEADINGS, csv_file, row, sheet_file

pytestmark = pytest.mark.django_db


def verdicts(score_import):
    """Return (row, outcome, problem codes with their columns) of every row."""
    return [
        (
            item["given"]["row"],
            item["outcome"],
            [(problem["column"], problem["code"]) for problem in item["problems"]],
        )
        for item in score_import.rows
    ]


def only_problem(score_import):
    """Return column, code and message of the one problem of the one row."""
    [item] = score_import.rows
    [problem] = item["problems"]
    return problem["column"], problem["code"], RowProblem.from_json(problem).message


THREE = (
    row(),
    row(學號=2, 姓名="李小華", 法規=82, 實務=84, 其他=62),
    row(學號=3, 姓名="陳大文", 法規="", 實務="", 其他="", 缺考="是"),
)


@pytest.mark.parametrize(
    "file",
    [
        csv_file(*THREE),
        csv_file(*THREE, encoding="utf-8-sig"),
        csv_file(*THREE, encoding="big5"),
        sheet_file("ods", *[[None if cell == "" else cell for cell in line] for line in THREE]),
        sheet_file("xlsx", *[[None if cell == "" else cell for cell in line] for line in THREE]),
    ],
    ids=["utf-8", "utf-8 with BOM", "big5", "ods", "xlsx"],
)
def test_the_same_results_come_from_every_kind_of_file(file, preview, administrator):
    file.seek(0)
    score_import = preview(file)
    assert score_import.counts == {"new": 3, "changed": 0, "unchanged": 0, "refused": 0, "warned": 3, "rows": 3}
    assert Result.objects.count() == 0
    apply_scores(score_import=score_import, by=administrator)
    assert list(Result.objects.order_by("enrolment__number").values_list("total", "passed", "absent")) == [
        (231, True, False), (228, False, False), (None, False, True),
    ]  # fmt: skip
    assert Sitting.objects.get().held_on == datetime.date(2018, 4, 1)


def test_the_second_run_changes_nothing(preview, administrator):
    apply_scores(score_import=preview(csv_file(*THREE)), by=administrator)
    before = list(Result.objects.values_list("pk", "total", "recorded_at"))
    second = preview(csv_file(*THREE))
    assert second.counts["unchanged"] == 3
    apply_scores(score_import=second, by=administrator)
    assert list(Result.objects.values_list("pk", "total", "recorded_at")) == before


def test_applying_twice_does_nothing_twice(preview, administrator):
    score_import = preview(csv_file(*THREE))
    first = apply_scores(score_import=score_import, by=administrator)
    again = apply_scores(score_import=score_import, by=administrator)
    assert (first.state, again.applied_at) == (ImportState.APPLIED, first.applied_at)
    assert Result.objects.count() == 3


def test_a_correction_shows_before_and_after(preview, administrator, trainees):
    apply_scores(score_import=preview(csv_file(row())), by=administrator)
    score_import = preview(csv_file(row(法規=95)))
    assert score_import.rows[0]["outcome"] == "changed"
    assert score_import.rows[0]["changes"] == [["法規", "90", "95"]]
    apply_scores(score_import=score_import, by=administrator)
    assert [result.total for result in results_of(trainees[0])] == [236]
    assert [score.points for score in results_of(trainees[0])[0].scores.all()] == [95, 80, 61]


def test_full_width_digits_and_roc_dates_are_taken(preview, administrator, trainees):
    line = row(期別="１０７-basic-1", 學號="１", 測驗日期="民國107年4月1日", 法規="９０", 實務="８０", 其他="６１")
    apply_scores(score_import=preview(csv_file(line)), by=administrator)
    assert results_of(trainees[0])[0].total == 231


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("首次", 0),
        ("first", 0),
        ("0", 0),
        ("補考1", 1),
        ("補考 2", 2),
        ("make-up 3", 3),
        ("第4次補考", 4),
        ("補考二", 2),
        ("１", 1),
    ],
)
def test_a_sitting_is_named_in_many_ways(preview, given, number):
    assert preview(csv_file(row(場次=given))).rows[0]["given"]["sitting"] == number


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"期別": "107-basic-9"}, "期別", "unknown_run"),
        ({"期別": ""}, "期別", "missing"),
        ({"學號": 99}, "學號", "unknown_number"),
        ({"學號": "甲"}, "學號", "not_whole"),
        ({"姓名": "王大明"}, "姓名", "name_differs"),
        ({"姓名": ""}, "姓名", "missing"),
        ({"場次": "期末"}, "場次", "not_a_sitting"),
        ({"測驗日期": "107/2/30"}, "測驗日期", "not_a_date"),
        ({"測驗日期": "107/3/4"}, "測驗日期", "held_before_run"),
        ({"測驗日期": "2999-01-01"}, "測驗日期", "held_in_future"),
        ({"法規": 116}, "法規", "out_of_range"),
        ({"實務": -1}, "實務", "out_of_range"),
        ({"其他": "六十"}, "其他", "not_whole"),
        ({"其他": "61.5"}, "其他", "not_whole"),
        ({"其他": ""}, "其他", "missing"),
        ({"缺考": "是"}, "法規", "absent_with_score"),
        ({"缺考": "也許"}, "缺考", "not_a_mark"),
        ({"及格證書字號": "A1"}, "及格證書字號", "certificate_half"),
        ({"發證日期": "107/6/1"}, "及格證書字號", "certificate_half"),
        ({"及格證書字號": "A1", "發證日期": "六月"}, "發證日期", "not_a_date"),
        ({"及格證書字號": "A1", "發證日期": "107/3/31"}, "發證日期", "certificate_before_pass"),
        ({"及格證書字號": "A1", "發證日期": "2999-1-1"}, "發證日期", "certificate_in_future"),
    ],
)
def test_a_bad_cell_is_refused_with_row_column_and_what_was_expected(preview, changes, column, code):
    score_import = preview(csv_file(row(**changes)))
    number, outcome, problems = verdicts(score_import)[0]
    assert (number, outcome, problems[0]) == (2, "refused", (column, code))
    message = RowProblem.from_json(score_import.rows[0]["problems"][0]).message
    assert message
    assert "%(" not in message


@pytest.mark.parametrize(("known", "given"), [("溫小峰", "温小峯"), ("蔡𥕢安", "蔡?安"), ("王小明", "王\ue000明")])
def test_a_name_with_another_form_or_a_lost_character_is_a_warning_with_the_known_name(preview, trainees, known, given):
    trainees[0].person.name = known
    trainees[0].person.save()
    told = preview(csv_file(row(姓名=given))).rows[0]
    assert (told["problems"], told["outcome"]) == ([], "new")
    warning = next(each for each in told["warnings"] if each["code"] == "name_alike")
    assert known in RowProblem.from_json(warning).message


def test_a_name_with_another_middle_dot_is_no_warning(preview, trainees):
    trainees[0].person.name = "巴奈‧測試"
    trainees[0].person.save()
    told = preview(csv_file(row(姓名="巴奈·測試"))).rows[0]
    assert told["problems"] == []
    assert "name_alike" not in [each["code"] for each in told["warnings"]]


def test_the_same_person_twice_is_refused_and_each_row_names_the_other(preview):
    score_import = preview(csv_file(row(), row(學號=2, 姓名="李小華"), row(法規=91)))
    assert verdicts(score_import) == [
        (2, "refused", [("學號", "twice")]), (3, "new", []), (4, "refused", [("學號", "twice")]),
    ]  # fmt: skip
    assert score_import.rows[0]["problems"][0]["params"] == {"rows": "4"}


def test_one_sitting_on_two_days_is_refused(preview):
    score_import = preview(csv_file(row(), row(學號=2, 姓名="李小華", 測驗日期="107/4/2")))
    assert verdicts(score_import)[1] == (3, "refused", [("測驗日期", "held_two_days")])


def test_withdrawn_trainees_and_kinds_without_exam_are_refused(preview, run):
    EnrolmentFactory(
        run=run, number=4, person__name="林退訓", state=EnrolmentState.WITHDRAWN,
        withdrawn_at=datetime.datetime(2018, 3, 1, tzinfo=datetime.UTC),
    )  # fmt: skip
    lecture = EnrolmentFactory(run=CourseRunFactory(code="107-lecture-1"), number=1, person__name="講座")
    score_import = preview(csv_file(row(學號=4, 姓名="林退訓"), row(期別=lecture.run.code, 學號=1, 姓名="講座")))
    assert verdicts(score_import) == [
        (2, "refused", [("學號", "withdrawn")]), (3, "refused", [("期別", "no_exam")]),
    ]  # fmt: skip


def test_a_name_agrees_whatever_its_spaces_and_its_tai(preview, run):
    EnrolmentFactory(run=run, number=5, person__name="臺 生")
    assert verdicts(preview(csv_file(row(學號=5, 姓名="台生")))) == [(2, "new", [])]


def test_the_barred_are_refused_with_the_article(preview, run, trainees):
    for number in (1, 2, 3):
        session = SessionFactory(run=run, number=number, minutes=198)
        AttendanceRecordFactory(session=session, enrolment=trainees[0], missed=198)
    column, code, message = only_problem(preview(csv_file(row())))
    assert (column, code) == ("", "barred")
    assert "594" in message
    assert "396" in message
    assert "資格辦法第 15 條" in message


def test_incomplete_attendance_warns_and_does_not_refuse(preview, run, trainees):
    called, _forgotten = SessionFactory(run=run, number=1), SessionFactory(run=run, number=2)
    AttendanceRecordFactory(session=called, enrolment=trainees[0])
    score_import = preview(csv_file(row(), row(學號=2, 姓名="李小華")))
    assert [[w["code"] for w in item["warnings"]] for item in score_import.rows] == [
        ["attendance_incomplete"], ["attendance_none"],
    ]  # fmt: skip
    assert score_import.counts["refused"] == 0


CERTIFIED = {"及格證書字號": "（107）工程訓字第 0001 號", "發證日期": "107/6/1"}


def test_a_national_certificate_is_recorded_with_the_pass(preview, administrator, trainees):
    apply_scores(score_import=preview(csv_file(row(**CERTIFIED))), by=administrator)
    certification = Certification.objects.get()
    assert (certification.enrolment, certification.record.issued_on) == (trainees[0], datetime.date(2018, 6, 1))
    assert certification.record.person == trainees[0].person
    again = preview(csv_file(row(**CERTIFIED)))
    assert again.counts["unchanged"] == 1
    apply_scores(score_import=again, by=administrator)
    assert QualificationRecord.objects.count() == 1


def test_a_certificate_may_come_later_than_the_result(preview, administrator):
    apply_scores(score_import=preview(csv_file(row())), by=administrator)
    later = preview(csv_file(row(**CERTIFIED)))
    assert (later.rows[0]["outcome"], later.rows[0]["changes"][0][0]) == ("changed", "及格證書字號")
    apply_scores(score_import=later, by=administrator)
    assert Certification.objects.count() == 1


def test_a_certificate_for_somebody_who_never_passed_is_refused(preview):
    failed = preview(csv_file(row(其他=60, **CERTIFIED)))
    assert verdicts(failed) == [(2, "refused", [("及格證書字號", "certificate_without_pass")])]


def test_a_certificate_may_rest_on_a_make_up_in_the_same_file(preview, administrator):
    file = csv_file(row(其他=60), row(場次="補考1", 測驗日期="107/5/6", **CERTIFIED))
    score_import = preview(file)
    assert [outcome for _, outcome, _ in verdicts(score_import)] == ["new", "new"]
    apply_scores(score_import=score_import, by=administrator)
    assert (Result.objects.count(), Certification.objects.count()) == (2, 1)


def test_a_certificate_of_somebody_else_is_refused(preview, trainees):
    QualificationRecord.objects.create(
        person=PersonFactory(), level="basic", number="A1", issued_on=datetime.date(2018, 6, 1)
    )
    own = {"及格證書字號": "A1", "發證日期": "107/6/1"}
    assert verdicts(preview(csv_file(row(**own))))[0][2] == [("及格證書字號", "certificate_of_another")]
    two = preview(
        csv_file(row(**own | {"及格證書字號": "B2"}), row(學號=2, 姓名="李小華", **own | {"及格證書字號": "B2"}))
    )
    assert [problems for _, _, problems in verdicts(two)] == [[("及格證書字號", "certificate_twice")]] * 2


def test_nothing_is_half_imported(preview, administrator):
    score_import = preview(csv_file(row(), row(學號=2, 姓名="李小華", 法規=116)))
    with pytest.raises(DomainError) as refused:
        apply_scores(score_import=score_import, by=administrator)
    assert refused.value.code == "refused_rows"
    assert (Result.objects.count(), Sitting.objects.count()) == (0, 0)
    score_import.refresh_from_db()
    assert score_import.state == ImportState.PREVIEWED


def test_only_the_accepted_rows_go_in_by_explicit_choice(preview, administrator, trainees):
    score_import = preview(csv_file(row(), row(學號=2, 姓名="李小華", 法規=116)))
    apply_scores(score_import=score_import, by=administrator, only_accepted=True)
    assert list(Result.objects.values_list("enrolment", flat=True)) == [trainees[0].pk]


def test_what_has_changed_since_the_preview_is_shown_again_instead_of_applied(preview, administrator, run, trainees):
    score_import = preview(csv_file(*THREE))
    for number in (1, 2, 3):
        session = SessionFactory(run=run, number=number, minutes=198)
        AttendanceRecordFactory(session=session, enrolment=trainees[0], missed=198)
    with pytest.raises(DomainError) as refused:
        apply_scores(score_import=score_import, by=administrator)
    assert refused.value.code == "changed_since_preview"
    assert Result.objects.count() == 0
    score_import.refresh_from_db()
    assert (score_import.counts["refused"], score_import.state) == (1, ImportState.PREVIEWED)


def test_a_discarded_file_cannot_be_applied(preview, administrator):
    score_import = discard_scores(score_import=preview(csv_file(row())), by=administrator)
    with pytest.raises(DomainError) as refused:
        apply_scores(score_import=score_import, by=administrator)
    assert refused.value.code == "discarded"
    assert Result.objects.count() == 0


# --- files that cannot be taken as a whole ---------------------------------------------------------


def refusal(file):
    with pytest.raises(SpreadsheetError) as refused:
        read_score_file(file, name=file.name)
    assert all(problem.file == file.name for problem in refused.value.problems)
    return refused.value


def named(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize("name", ["scores.csv", "scores.ods", "scores.xlsx"])
def test_an_empty_file_is_refused(name, run):
    assert refusal(named(b"", name)).problems


@pytest.mark.parametrize("name", ["scores.ods", "scores.xlsx", "scores.csv"])
def test_the_wrong_type_under_a_right_name_is_refused(name, run):
    assert refusal(named(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", name)).problems


def test_headings_without_rows_are_refused(run):
    assert refusal(csv_file()).problems


@pytest.mark.parametrize("heading", HEADINGS[:10])
def test_a_missing_column_is_named(heading, run):
    kept = [index for index, known in enumerate(HEADINGS) if known != heading]
    file = csv_file([row()[index] for index in kept], headings=[HEADINGS[index] for index in kept])
    assert heading in str(refusal(file))


def test_a_doubled_column_is_named(run):
    file = csv_file([*row(), 80], headings=[*HEADINGS, "法規"])
    assert "法規" in str(refusal(file))


def test_a_formula_without_its_value_is_refused_by_its_cell(preview):
    """Written by xlsxwriter without a cached value, as programs do that never opened the file."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, row())
        sheet.write_formula(1, 5, "=40+50", None, "")
    buffer.name = "scores.xlsx"
    buffer.seek(0)
    error = refusal(buffer)
    assert [(problem.row, problem.column) for problem in error.problems] == [(2, "F")]


def test_a_hundred_thousand_rows_are_refused_within_seconds(run):
    line = ",".join(map(str, row()))
    content = (",".join(HEADINGS) + "\n" + (line + "\n") * 100_000).encode()
    started = time.monotonic()
    error = refusal(named(content, "scores.csv"))
    assert time.monotonic() - started < 5
    assert "20,000" in str(error) or "20000" in str(error)


def test_judging_takes_the_same_queries_for_one_row_and_for_three(preview, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from courses.assessment.judging import judge

    counts = []
    for lines in (THREE[:1], THREE):
        rows, _notes = read_score_file(csv_file(*lines), name="scores.csv")
        with CaptureQueriesContext(connection) as captured:
            judge(rows)
        counts.append(len(captured))
    assert counts[0] == counts[1]


ALONE = ("期別", "學號", "姓名", "及格證書字號", "發證日期")


def _with_passes(preview, administrator):
    """Number 1 passes the first exam, number 2 make-up 1, number 3 none."""
    lines = (
        row(),
        row(學號=2, 姓名="李小華", 法規=10),
        row(學號=3, 姓名="陳大文", 法規=10),
        row(學號=2, 姓名="李小華", 場次="補考1", 測驗日期="107/5/1"),
    )
    apply_scores(score_import=preview(csv_file(*lines)), by=administrator)


class TestNationalCertificatesAlone:
    """They come weeks after the scores: number and day suffice, whichever sitting was passed."""

    @pytest.mark.parametrize("kind", ["csv", "ods", "xlsx"])
    def test_a_list_of_numbers_and_days(self, kind, preview, administrator):
        _with_passes(preview, administrator)
        lines = [
            ("107-basic-1", 1, "王小明", "工程訓字第1號", "107/6/1"),
            ("107-basic-1", 2, "李小華", "工程訓字第2號", "107/6/1"),
        ]
        file = csv_file(*lines, headings=ALONE) if kind == "csv" else sheet_file(kind, *lines, headings=ALONE)
        results = list(Result.objects.values("pk", "total", "recorded_at"))
        score_import = preview(file)
        assert score_import.counts["new"] == 2
        apply_scores(score_import=score_import, by=administrator)
        found = Certification.objects.order_by("enrolment__number").values_list("enrolment__number", "record__number")
        assert list(found) == [(1, "工程訓字第1號"), (2, "工程訓字第2號")]
        assert list(Result.objects.values("pk", "total", "recorded_at")) == results
        assert Sitting.objects.count() == 2
        file.seek(0)
        assert preview(file).counts["unchanged"] == 2

    def test_rows_of_the_score_file_with_the_exam_left_empty(self, preview, administrator):
        _with_passes(preview, administrator)
        blank = {"場次": "", "測驗日期": "", "法規": "", "實務": "", "其他": ""}
        certificate = {"及格證書字號": "工程訓字第1號", "發證日期": "107/6/1"}
        score_import = preview(
            csv_file(
                row(**blank, **certificate),
                row(學號=3, 姓名="陳大文", 場次="補考1", 測驗日期="107/5/1"),
            )
        )
        assert verdicts(score_import) == [(2, "new", []), (3, "new", [])]
        apply_scores(score_import=score_import, by=administrator)
        assert Certification.objects.get().enrolment.number == 1
        assert Result.objects.filter(enrolment__number=3).count() == 2

    def test_what_cannot_be_is_refused_with_column_and_reason(self, preview, administrator, trainees):
        _with_passes(preview, administrator)
        score_import = preview(
            csv_file(
                ("107-basic-1", 3, "陳大文", "甲1", "107/6/1"),
                ("107-basic-1", 1, "王小明", "甲2", ""),
                ("107-basic-1", 2, "李小華", "甲3", "107/4/30"),
                headings=ALONE,
            )
        )
        assert verdicts(score_import) == [
            (2, "refused", [("及格證書字號", "certificate_without_pass")]),
            (3, "refused", [("及格證書字號", "certificate_half")]),
            (4, "refused", [("發證日期", "certificate_before_pass")]),
        ]
        twice = preview(
            csv_file(
                ("107-basic-1", 1, "王小明", "甲1", "107/6/1"), ("107-basic-1", 1, "王小明", "甲2", "107/6/1"),
                headings=ALONE,
            )
        )  # fmt: skip
        assert [codes[0][1] for _row, _outcome, codes in verdicts(twice)] == ["twice", "twice"]

    def test_two_certificates_for_one_trainee_are_refused(self, preview):
        first = row(及格證書字號="甲1", 發證日期="107/6/1")
        second = row(場次="補考1", 測驗日期="107/5/1", 及格證書字號="甲2", 發證日期="107/6/1")
        assert [codes for _row, _outcome, codes in verdicts(preview(csv_file(first, second)))] == [
            [("及格證書字號", "two_certificates")]
        ] * 2

    def test_a_file_of_results_that_lacks_a_column_is_no_list_of_certificates(self, preview):
        headings = [heading for heading in HEADINGS if heading != "缺考"]
        line = [cell for heading, cell in zip(HEADINGS, row(), strict=True) if heading != "缺考"]
        with pytest.raises(SpreadsheetError) as refused:
            preview(csv_file(line, headings=headings))
        assert refused.value.code == "columns"
        assert "缺考" in str(refused.value.problems[0].message)


class TestAbsenceWrittenAmongThePoints:
    def test_in_all_of_them_it_is_an_absence(self, preview):
        score_import = preview(csv_file(row(法規="缺考", 實務="缺考", 其他="缺考")))
        assert verdicts(score_import) == [(2, "new", [])]
        assert score_import.rows[0]["given"]["absent"] is True

    def test_beside_points_it_is_refused_once_and_leads_to_its_column(self, preview):
        column, code, message = only_problem(preview(csv_file(row(法規="缺考", 實務="缺考"))))
        assert (column, code) == ("缺考", "absent_among_points")
        assert "缺考" in message


def test_another_day_is_another_sitting_and_the_refusal_says_so(preview, administrator):
    lines = (row(), row(學號=2, 姓名="李小華", 測驗日期="107/4/2"))
    score_import = preview(csv_file(*lines))
    assert "補考2" in RowProblem.from_json(score_import.rows[1]["problems"][0]).message
    apply_scores(score_import=preview(csv_file(lines[0])), by=administrator)
    assert "補考2" in only_problem(preview(csv_file(lines[1])))[2]


def _template(run, **which):
    file = io.BytesIO(b"".join(write("ods", template_sheet(run, **which))))
    file.name = "template.ods"
    return file


class TestTheTemplate:
    def test_it_names_everybody_and_is_read_again(self, run, trainees):
        file = _template(run)
        table = read_table(file, name="template.ods", columns=[*FIXED])
        assert [(item.text_of("run"), item.number_of("number"), item.text_of("name")) for item in table.rows] == [
            ("107-basic-1", 1, "王小明"), ("107-basic-1", 2, "李小華"), ("107-basic-1", 3, "陳大文"),
        ]  # fmt: skip
        file.seek(0)
        rows, _notes = read_score_file(file, name="template.ods")
        assert {problem.code for item in rows for problem in item.problems} == {"missing"}

    def test_it_comes_with_all_that_is_known_and_changes_nothing(self, run, preview, administrator):
        lines = (
            row(及格證書字號="工程訓字第1號", 發證日期="107/6/1"),
            row(學號=2, 姓名="李小華", 法規=10, 違規="攜帶手機"),
            row(學號=3, 姓名="陳大文", 法規="", 實務="", 其他="", 缺考="是"),
        )
        apply_scores(score_import=preview(csv_file(*lines)), by=administrator)
        assert preview(_template(run)).counts["unchanged"] == 3

    def test_the_barred_are_left_out(self, run, trainees):
        for number in (1, 2, 3):
            session = SessionFactory(run=run, number=number, minutes=198)
            AttendanceRecordFactory(session=session, enrolment=trainees[0], missed=198)
        assert [line[1] for line in template_sheet(run).rows] == [2, 3]

    def test_a_make_up_is_for_those_who_have_not_passed(self, run, preview, administrator):
        _with_passes(preview, administrator)
        assert [(line[1], line[3], line[4]) for line in template_sheet(run, sitting=1).rows] == [
            (2, "補考1", datetime.date(2018, 5, 1)),  # recorded: with its result
            (3, "補考1", datetime.date(2018, 5, 1)),
        ]
        assert [(line[1], line[4]) for line in template_sheet(run, sitting=2).rows] == [(3, None)]
