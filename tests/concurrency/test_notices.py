"""Two workers and one file of notices, and two files with the same cases: real connections on PostgreSQL."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from casestudies.enums import CaseSource, NoticeImportState
from casestudies.models import NoticeImport, TenderCase, TenderNotice
from casestudies.reading.open_data import RecordEntry
from casestudies.services import importing
from casestudies.services.notices import record_notice
from casestudies.services.rules import ensure_failure_rules
from library.services.thresholds import ensure_thresholds
from tests.casestudies.notice_files import FAILED, RECORD, as_json, record
from tests.concurrency.test_seats import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

NOTICES = 600


@pytest.fixture(autouse=True)
def _ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    ensure_thresholds()
    ensure_failure_rules()


def _queued() -> NoticeImport:
    data = as_json(*(record(job_number=f"A{n}", filename=f"TIQ-{n}") for n in range(NOTICES)))
    kept = importing.receive_file(upload=SimpleUploadedFile("notices.json", data), by=None)
    importing.start_reading(notice_import=kept)
    importing.run_reading(import_id=kept.pk)
    return importing.apply_import(notice_import=kept, by=None)


def test_two_workers_with_the_same_import_write_it_once():
    kept = _queued()
    results = at_once([lambda: importing.run_import(import_id=kept.pk)] * 4)
    assert sorted(results, key=str) == [None, None, None, NoticeImportState.DONE]
    assert (TenderCase.objects.count(), TenderNotice.objects.count()) == (NOTICES, NOTICES)


def test_two_files_with_the_same_cases_make_them_once():
    imports = [_queued(), _queued()]
    results = at_once([lambda kept=kept: importing.run_import(import_id=kept.pk) for kept in imports])
    assert results == [NoticeImportState.DONE] * 2
    assert (TenderCase.objects.count(), TenderNotice.objects.count()) == (NOTICES, NOTICES)
    counts = sorted(NoticeImport.objects.values_list("counts__new", flat=True))
    assert counts == [0, NOTICES]


def test_notices_of_one_case_at_once_make_one_case_that_says_them_all():
    notices = [RecordEntry(1, RECORD).read()]
    notices += [RecordEntry(1, record(FAILED, filename=f"NAI-{n}", date=20260320 + n)).read() for n in range(7)]
    results = at_once(
        [lambda notice=notice: record_notice(notice=notice, source=CaseSource.API, by=None) for notice in notices]
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    case = TenderCase.objects.get()
    assert (case.failures, case.has_first_notice, case.notices.count()) == (7, True, 8)
