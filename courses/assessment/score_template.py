"""The score file of a run to fill in: who may sit, with everything that is recorded already."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from common.spreadsheets import Sheet
from courses.attendance.selectors import ledgers_of
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment

from .models import Certification, Result, Sitting
from .score_sheet import ABSENT, CERTIFICATE, HELD_ON, ISSUED_ON, NAME, NUMBER, RUN, SITTING, VIOLATION

BEFORE = (RUN, NUMBER, NAME, SITTING, HELD_ON)
AFTER = (ABSENT, VIOLATION, CERTIFICATE, ISSUED_ON)


def template_sheet(run: CourseRun, *, sitting: int = 0) -> Sheet:
    """Return the score file of one sitting of `run` (0 the first exam, n make-up n). Constant queries.

    In it stand those with a result of this sitting, and those who may take it: enrolled, not barred by absence
    (資格辦法 §15 I), and for a make-up not passed yet (§15 III). Imported as it is, it changes nothing.
    """
    papers = list(run.curriculum.papers.all())
    results: dict[int, dict[int, Result]] = defaultdict(dict)
    for result in Result.objects.filter(sitting__run=run).select_related("sitting").prefetch_related("scores"):
        results[result.enrolment_id][result.sitting.number] = result
    records = {
        item.enrolment_id: item.record
        for item in Certification.objects.filter(enrolment__run=run).select_related("record")
    }
    held_on = Sitting.objects.filter(run=run, number=sitting).values_list("held_on", flat=True).first()
    enrolled = Enrolment.objects.filter(run=run, state=EnrolmentState.CONFIRMED).select_related("person")
    enrolments = list(enrolled.order_by("number"))
    ledgers = ledgers_of([(enrolment.pk, run.pk) for enrolment in enrolments])
    name = f"補考{sitting}" if sitting else "首次"
    rows = []
    for enrolment in enrolments:
        own = results[enrolment.pk]
        known, record = own.get(sitting), records.get(enrolment.pk)
        has_passed = bool(sitting) and any(result.passed for result in own.values())
        if known is None and (ledgers[enrolment.pk].is_barred or has_passed):
            continue
        points = {score.paper_id: score.points for score in known.scores.all()} if known else {}
        rows.append(
            [
                run.code, enrolment.number, enrolment.person.name, name, held_on,
                *[points.get(paper.pk) for paper in papers],
                "是" if known and known.absent else None,
                known.violation if known else None,
                record.number if record else None,
                record.issued_on if record else None,
            ]
        )  # fmt: skip
    kinds: dict[str, Any] = {NUMBER.key: "number", HELD_ON.key: "date", ISSUED_ON.key: "date"}
    return Sheet(
        title=run.code,
        columns=[
            *[(spec.heading, kinds.get(spec.key, "text")) for spec in BEFORE],
            *[(paper.name, "number") for paper in papers],
            *[(spec.heading, kinds.get(spec.key, "text")) for spec in AFTER],
        ],
        rows=rows,
    )
