"""The demonstration: the city's published figures, laid once, and never over somebody else's data."""

import io
import json
from collections import Counter

import pytest
from celery import current_app
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Person, User
from common.audit import audit
from common.errors import DomainError
from config.settings import base
from consultations.enums import ConsultationState
from consultations.models import Consultation, ConsultationCounter
from courses.catalogue.enums import RunState
from courses.catalogue.models import CourseRun
from courses.learning.models import LecturePage, LessonPage
from demo.models import DemoLayer
from demo.services import check_demonstration_alone, database_name, lay_demonstration, reset_demonstration
from library.enums import DocumentKind, FileFormat
from library.models import AnnouncementPage, DocumentVersion, LibraryDocument, ProcurementTask
from library.zone import articles_of
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.enrolment import EnrolmentFactory
from website.models import ContentPage, HomePage

pytestmark = pytest.mark.django_db


def _report(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("report", "pass-rate", *arguments, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def test_the_year_107_reproduces_the_published_figures(demonstration):
    report = _report("--year", "107")
    assert [(row["run"], row["trained"], row["certified"], row["certified_rate"]) for row in report["rows"]] == [
        ("107-basic-1", 70, 64, 91.43),
        ("107-basic-2", 70, 63, 90.0),
        ("107-basic-3", 70, 60, 85.71),
        ("107-basic-4", 70, 57, 81.43),
        ("107-basic-5", 70, 62, 88.57),
        ("107-basic-6", 60, 51, 85.0),
    ]
    totals = report["totals"]
    assert (totals["trained"], totals["certified"], totals["certified_rate"]) == (410, 357, 87.07)
    assert totals["passed"] <= totals["examined"] < totals["trained"]


def test_every_state_of_a_run_can_be_seen_today(demonstration):
    this_year = CourseRun.objects.exclude(roc_year=107)
    assert {run.state for run in this_year} == {
        RunState.OPEN,
        RunState.RUNNING,
        RunState.FINISHED,
        RunState.ANNOUNCED,
    }


def test_lessons_teach_and_name_their_articles(demonstration):
    pages = [*LessonPage.objects.filter(alias_of=None), *LecturePage.objects.filter(alias_of=None)]
    assert len(pages) == 4
    for page in pages:
        kinds = [block.block_type for block in page.body]
        assert kinds.count("self_check") == 5, page.title
        assert kinds.count("worked_case") == 1, page.title
        words = "".join(str(block.value) for block in page.body)
        assert sum("\u4e00" <= character <= "\u9fff" for character in words) >= 1500, page.title
        assert words.count(" 條") >= 10, page.title


def test_the_zone_says_that_its_documents_are_no_official_ones(demonstration):
    documents = LibraryDocument.objects.all()
    assert len(documents) == 9
    for document in documents:
        assert "示範" in document.title, document.title
        assert "示範" in document.summary, document.title
        assert "demonstration" in document.title_en, document.title
    for page in AnnouncementPage.objects.filter(locale__language_code="zh-hant"):
        assert page.summary.startswith("示範公告。"), page.title


def test_the_zone_has_documents_of_every_kind_in_versions_with_files_to_edit_and_to_read(demonstration):
    today = timezone.localdate()
    versions = DocumentVersion.objects.prefetch_related("files", "control_points").select_related("document")
    per_document = Counter(version.document.slug for version in versions)
    assert {document.kind for document in LibraryDocument.objects.all()} == set(DocumentKind.values)
    assert sum(number >= 2 for number in per_document.values()) >= 3
    assert [version.document.slug for version in versions if version.effective_from > today] == ["procurement-manual"]
    for version in versions:
        assert {file.format for file in version.files.all()} == {FileFormat.ODT, FileFormat.PDF}, version
    procedures = [version for version in versions if version.document.kind == DocumentKind.PROCEDURE]
    assert {8 <= len(version.control_points.all()) <= 10 for version in procedures} == {True}
    assert all(point.basis for version in procedures for point in version.control_points.all())


def test_every_task_leads_to_a_document_and_every_document_to_an_article(demonstration):
    for task in ProcurementTask.objects.all():
        assert task.documents.exists(), task.slug
        assert task.subjects.exists(), task.slug
    for document in LibraryDocument.objects.all():
        assert articles_of([document], limit=50), document.slug


def test_a_second_run_changes_nothing(demonstration):
    before = (Person.objects.count(), CourseRun.objects.count(), DemoLayer.objects.count())
    told: list[str] = []
    assert lay_demonstration(tell=told.append) is True
    assert told == []
    assert (Person.objects.count(), CourseRun.objects.count(), DemoLayer.objects.count()) == before


def test_no_demonstration_is_laid_where_anything_else_lies():
    DemoLayer.objects.all().delete()
    PersonFactory()
    people = Person.objects.count()
    told: list[str] = []
    assert lay_demonstration(tell=told.append) is False
    assert told == ["• This database holds data of its own: no demonstration data is laid."]
    assert Person.objects.count() == people
    with pytest.raises(DomainError, match="no demonstration"):
        reset_demonstration(name=database_name(), tell=told.append)
    assert Person.objects.count() == people


SOMEBODYS_WORK = {
    "accounts.person": PersonFactory,
    "accounts.user": UserFactory,
    "enrolment.enrolment": lambda: EnrolmentFactory(run=CourseRun.objects.first(), person=User.objects.first().person),
    "common.auditentry": lambda: audit("run.opened", obj=CourseRun.objects.first(), by=User.objects.first()),
    "website.contentpage": lambda: HomePage.objects.first().add_child(instance=ContentPage(title="頁", body=[])),
}


@pytest.mark.parametrize("label", SOMEBODYS_WORK)
def test_one_row_that_the_demonstration_did_not_lay_keeps_it_from_being_emptied(demonstration, label):
    check_demonstration_alone()
    SOMEBODYS_WORK[label]()
    with pytest.raises(DomainError, match="did not lay") as refusal:
        reset_demonstration(name=database_name(), tell=lambda _line: None)
    assert refusal.value.code == "holds_anything_else"
    assert Person.objects.exists()
    DemoLayer.objects.filter(name="studies").delete()
    assert lay_demonstration(tell=lambda _line: None) is False
    assert not DemoLayer.objects.filter(name="studies").exists()


def test_what_the_platform_does_by_itself_is_nobodys_work(demonstration, settings):
    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        current_app.tasks[entry["task"]].apply(throw=True)
    check_demonstration_alone()


def test_the_name_of_the_database_must_be_typed_to_empty_it(demonstration):
    with pytest.raises(DomainError) as refusal:
        reset_demonstration(name="another", tell=lambda _line: None)
    assert refusal.value.code == "wrong_name"
    assert Person.objects.exists()


@pytest.mark.parametrize("command", ["demo_load", "demo_reset", "demo_accounts"])
def test_production_knows_no_demonstration(demonstration, settings, command):
    assert not base.DEMONSTRATION_ALLOWED
    settings.DEMONSTRATION_ALLOWED = False
    before = User.objects.order_by("pk").values_list("password", flat=True)[0]
    with pytest.raises(SystemExit, match="production installation"):
        call_command(command)
    assert User.objects.order_by("pk").values_list("password", flat=True)[0] == before
    assert Person.objects.exists()


def test_the_hotline_of_the_year_107_has_the_reported_691_cases(demonstration):
    out = io.StringIO()
    call_command("report", "consultations", "--year", "107", "--format", "json", stdout=out)
    assert json.loads(out.getvalue())["totals"]["cases"] == 691

    cases = Consultation.objects.filter(number__startswith="107-").order_by("number")
    assert [case.number for case in cases] == [f"107-{number:04}" for number in range(1, 692)]
    assert [case.asked_at for case in cases] == sorted(case.asked_at for case in cases)
    assert {"691" in case.source and "虛構" in case.source for case in cases} == {True}
    assert len({case.question for case in Consultation.objects.counted()}) == Consultation.objects.counted().count()
    assert Consultation.objects.filter(state=ConsultationState.DRAFT).count() == 1
    given = {counter.roc_year: counter.last for counter in ConsultationCounter.objects.all()}
    for year, last in given.items():
        assert Consultation.objects.filter(number__startswith=f"{year}-").count() == last


def test_answers_are_promised_and_some_are_overdue(demonstration):
    today = timezone.localdate()
    promised = Consultation.objects.waiting().filter(promised_for__isnull=False)
    assert promised.filter(promised_for__lt=today).exists()
    assert promised.filter(promised_for__gte=today).exists()
    assert Consultation.objects.answered().filter(terms=None).count() == 0
