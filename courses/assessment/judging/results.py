"""The rules of a result: who, which sitting, which points; and the bar of absence."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from common.names import Likeness, compare_names
from courses.attendance.ledger import ARTICLE, Ledger
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState

from ..grading import ExamRule, grade
from ..problems import RowProblem
from ..score_sheet import ABSENT, CERTIFICATE, HELD_ON, NAME, NUMBER, RUN, ScoreRow
from .certificates import judge_certificate, refuse_certificates_twice
from .facts import Facts, gather_facts
from .verdict import Judged, groups_sharing, other_rows


def judge(rows: Sequence[ScoreRow], *, facts: Facts | None = None) -> list[Judged]:
    """Return a verdict for each row, in order. Writes nothing."""
    facts = facts or gather_facts(rows)
    judged = [_judge_alone(row, facts) for row in rows]
    _refuse_twice(judged)
    _refuse_two_days(judged, facts)
    passes = _days_passed(judged, facts)
    for item in judged:
        if item.enrolment is not None:
            judge_certificate(item, facts, passes.get(item.enrolment.pk))
    refuse_certificates_twice(judged)
    return judged


def _judge_alone(row: ScoreRow, facts: Facts) -> Judged:
    """Judge what needs no other row of the file."""
    item = Judged(row, problems=list(row.problems))
    run = facts.runs.get(row.run)
    if run is None:
        if row.run:
            item.refuse("unknown_run", RUN.heading, value=row.run)
        return item
    if not _run_is_examined(item, run) or row.number is None:
        return item
    enrolment = facts.enrolments.get((run.pk, row.number))
    if enrolment is None:
        item.refuse("unknown_number", NUMBER.heading, run=run.code, number=row.number)
        return item
    if enrolment.state != EnrolmentState.CONFIRMED:
        item.refuse("withdrawn", NUMBER.heading, run=run.code, number=row.number)
        return item
    if row.name:
        likeness = compare_names(row.name, enrolment.person.name)
        names = {"number": row.number, "known": enrolment.person.name, "given": row.name}
        if likeness is Likeness.DIFFERENT:
            item.refuse("name_differs", NAME.heading, **names)
            return item
        if likeness is Likeness.ALIKE:
            item.warnings.append(RowProblem("name_alike", NAME.heading, names))
    item.enrolment = enrolment
    if row.is_certificate_alone:
        return item
    _judge_points(item, run)
    _judge_day(item, run, facts)
    if row.sitting is not None:
        item.known = facts.results.get(enrolment.pk, {}).get(row.sitting)
    _note_changes(item, run)
    if item.changes and enrolment.pk in facts.issued:
        item.warnings.append(RowProblem("certificate_rests", "", {"serials": ", ".join(facts.issued[enrolment.pk])}))
    _judge_attendance(item, facts.ledgers[enrolment.pk])
    return item


def _run_is_examined(item: Judged, run: CourseRun) -> bool:
    if run.cancelled_at:
        item.refuse("cancelled_run", RUN.heading, run=run.code)
    elif not run.course.has_exam:
        item.refuse("no_exam", RUN.heading, run=run.code)
    elif not run.curriculum.papers.all():
        item.refuse("no_papers", RUN.heading, run=run.code)
    else:
        return True
    return False


def _judge_points(item: Judged, run: CourseRun) -> None:
    """Match points with papers, check their range, and grade."""
    row = item.given
    papers = {paper.name: paper for paper in run.curriculum.papers.all()}
    refused_columns = {problem.column for problem in row.problems}
    in_order = [*[name for name in papers if name in row.scores], *[name for name in row.scores if name not in papers]]
    for name in in_order:
        points, paper = row.scores[name], papers.get(name)
        if paper is None:
            item.refuse("no_such_paper", name, paper=name)
        elif row.absent:
            item.refuse("absent_with_score", name)
        elif not 0 <= points <= paper.full_marks:
            item.refuse("out_of_range", name, value=points, most=paper.full_marks)
        else:
            item.points[paper.pk] = points
    if not row.absent and not row.violation and ABSENT.heading not in refused_columns:
        for name, paper in papers.items():
            if name not in row.scores and name not in refused_columns:
                item.refuse("missing", name, expected=f"0–{paper.full_marks}")
    item.grade = grade(ExamRule.of(run.curriculum), item.points, absent=row.absent, violation=row.violation)


def _judge_day(item: Judged, run: CourseRun, facts: Facts) -> None:
    """Check the day of the sitting against today, the run and what is recorded."""
    row = item.given
    if row.held_on is None or row.sitting is None:
        return
    recorded = facts.sittings.get((run.pk, row.sitting))
    first = facts.sittings.get((run.pk, 0))
    if row.held_on > timezone.localdate():
        item.refuse("held_in_future", HELD_ON.heading)
    elif row.held_on < run.starts_on:
        item.refuse("held_before_run", HELD_ON.heading, day=run.starts_on.isoformat())
    elif recorded is not None and recorded != row.held_on:
        item.refuse("held_differs", HELD_ON.heading, known=recorded.isoformat())
    elif row.sitting > 0 and first is not None and row.held_on < first:
        item.refuse("before_first_sitting", HELD_ON.heading, day=first.isoformat())


def _note_changes(item: Judged, run: CourseRun) -> None:
    """Note what differs from the recorded result, as (column, before, after)."""
    known, row = item.known, item.given
    if known is None or item.problems:  # nothing comes of a refused row
        return
    for paper in run.curriculum.papers.all():
        before, after = known.points.get(paper.pk), item.points.get(paper.pk)
        if before != after:
            item.changes.append((paper.name, _shown(before), _shown(after)))
    if known.absent != row.absent:
        item.changes.append(("缺考", _shown(known.absent), _shown(row.absent)))
    if known.violation != row.violation:
        item.changes.append(("違規", known.violation or "–", row.violation or "–"))


def _shown(value: bool | int | None) -> str:
    if isinstance(value, bool):
        return "是" if value else "–"
    return "–" if value is None else str(value)


def _judge_attendance(item: Judged, ledger: Ledger) -> None:
    """Refuse the barred (資格辦法 §15 I); warn where attendance cannot tell yet."""
    if ledger.is_barred:
        if item.known is not None and not item.changes:
            item.warnings.append(RowProblem("barred_meanwhile", "", {"article": ARTICLE}))
            return
        item.refuse(
            "barred",
            missed=ledger.missed_minutes,
            allowed=int(ledger.allowed_minutes),
            required=ledger.required_minutes,
            article=ARTICLE,
        )
    elif ledger.required_minutes and not ledger.recorded_minutes:
        item.warnings.append(RowProblem("attendance_none"))
    elif ledger.unrecorded_sessions:
        item.warnings.append(RowProblem("attendance_incomplete", "", {"sessions": len(ledger.unrecorded_sessions)}))


def _refuse_twice(judged: Sequence[Judged]) -> None:
    """Refuse every row of a person that stands in the file twice for a sitting, or twice with a certificate alone."""

    def key(item: Judged) -> Any:
        row = item.given
        if row.is_certificate_alone and row.run and row.number is not None:
            return (row.run, row.number, CERTIFICATE.heading)
        return (row.run, row.number, row.sitting) if row.run and None not in (row.number, row.sitting) else None

    for group in groups_sharing(judged, key):
        for item in group:
            item.refuse("twice", NUMBER.heading, rows=other_rows(group, item))


def _refuse_two_days(judged: Sequence[Judged], facts: Facts) -> None:
    """Refuse rows that give a new sitting another day than the first good row of the file."""
    first: dict[tuple[str, int], Judged] = {}
    for item in judged:
        row = item.given
        if item.problems or row.sitting is None or row.held_on is None:
            continue
        leader = first.setdefault((row.run, row.sitting), item)
        if leader.given.held_on != row.held_on and leader.given.held_on is not None:
            item.refuse("held_two_days", HELD_ON.heading, other=leader.given.row, day=leader.given.held_on.isoformat())
    for item in judged:
        opener = first.get((item.given.run, 0))
        row = item.given
        if item.problems or not row.sitting or not row.held_on or opener is None or opener.given.held_on is None:
            continue
        if (facts.runs[row.run].pk, 0) not in facts.sittings and row.held_on < opener.given.held_on:
            item.refuse("before_first_sitting", HELD_ON.heading, day=opener.given.held_on.isoformat())


def _days_passed(judged: Sequence[Judged], facts: Facts) -> dict[int, datetime.date]:
    """Return the first day on which each enrolment passes once the good rows are applied."""
    passed: dict[int, dict[int, datetime.date]] = defaultdict(dict)
    for enrolment_id, results in facts.results.items():
        for number, known in results.items():
            if known.passed:
                passed[enrolment_id][number] = known.held_on
    for item in judged:
        row = item.given
        if item.problems or item.enrolment is None or item.grade is None or row.sitting is None or row.held_on is None:
            continue
        if item.grade.passed:
            earlier = [day for number, day in passed[item.enrolment.pk].items() if number < row.sitting]
            if earlier and item.known is None:
                item.warnings.append(RowProblem("passed_before", "", {"day": min(earlier).isoformat()}))
            passed[item.enrolment.pk][row.sitting] = row.held_on
        else:
            passed[item.enrolment.pk].pop(row.sitting, None)
    return {enrolment_id: min(days.values()) for enrolment_id, days in passed.items() if days}
