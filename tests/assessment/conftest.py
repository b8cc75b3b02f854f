"""The basic class 107-basic-1: finished long ago, three trainees, an administrator, files of scores."""

import csv
import datetime
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from accounts.enums import Role
from accounts.models import User
from common.spreadsheets import Sheet, write
from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CourseRunFactory
from tests.factories.enrolment import EnrolmentFactory

HEADINGS = (
    "期別", "學號", "姓名", "場次", "測驗日期", "法規", "實務", "其他", "缺考", "違規", "及格證書字號", "發證日期",
)  # fmt: skip
GOOD = ("107-basic-1", 1, "王小明", "首次", "107/4/1", 90, 80, 61, "", "", "", "")


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def run(db: None) -> CourseRun:
    return CourseRunFactory(basic=True, roc_year=107, term=1, starts_on=datetime.date(2018, 3, 5))


@pytest.fixture
def trainees(run: CourseRun) -> list[Enrolment]:
    return [
        EnrolmentFactory(run=run, number=number, person__name=name)
        for number, name in enumerate(("王小明", "李小華", "陳大文"), 1)
    ]


def row(**changes: Any) -> list[Any]:
    """Return a good row of 231 points with `changes` by heading."""
    return list((dict(zip(HEADINGS, GOOD, strict=True)) | changes).values())


def csv_file(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS, encoding: str = "utf-8") -> io.BytesIO:
    """Return a score file as somebody would save it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([headings, *rows])
    file = io.BytesIO(buffer.getvalue().encode(encoding))
    file.name = "scores.csv"
    return file


def sheet_file(kind: str, *rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> io.BytesIO:
    """Return a score file as .ods or .xlsx."""
    numbers = {"學號", "法規", "實務", "其他"}
    columns = [(heading, "number" if heading in numbers else "text") for heading in headings]
    file = io.BytesIO(b"".join(write(kind, Sheet("成績", columns, rows))))
    file.name = f"scores.{kind}"
    return file


@pytest.fixture
def preview(run: CourseRun, trainees: list[Enrolment], administrator: User) -> Callable[..., Any]:
    """Preview a file and return the import."""
    from courses.assessment.services import preview_scores

    def work(file: io.BytesIO) -> Any:
        return preview_scores(stream=file, name=file.name, by=administrator)

    return work
