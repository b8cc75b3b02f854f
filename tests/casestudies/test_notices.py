"""Notices one by one: the case is found or made, and says what all its notices say together."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AgencyFormerName
from casestudies.enums import AmountState, CaseScope, CaseSource, Failure, NoticeKind
from casestudies.models import FailureRule, TenderCase, TenderNotice
from casestudies.reading.notices import ReadNotice, RefusedNotice
from casestudies.services.matching import match_agency
from casestudies.services.notices import decide_failure, describe_case, follow_case, record_notice, record_notices
from casestudies.services.rules import RULES, apply_rules, ensure_failure_rules, failure_teller
from common.errors import DomainError
from common.imports import Outcome
from common.models import AuditEntry
from library.enums import ProcurementKind
from library.services.thresholds import ensure_thresholds
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.casestudies import FailedNoticeFactory, TenderCaseFactory, TenderNoticeFactory

HEALTH = "臺中市政府衛生局"


@pytest.fixture(autouse=True)
def _rules(db):
    ensure_thresholds()
    ensure_failure_rules()


def notice(kind=NoticeKind.TENDER, day="2026-03-02", **said):
    types = {NoticeKind.TENDER: "公開招標公告", NoticeKind.FAILED: "無法決標公告", NoticeKind.AWARD: "決標公告"}
    given = {
        "unit_id": "3.87.14", "agency_name": HEALTH, "number": "115D26", "title": "網站弱掃軟體授權續約更新", "key": "",
        "kind": kind, "printed_type": types.get(kind, "公告"), "published_on": datetime.date.fromisoformat(day),
    }  # fmt: skip
    return ReadNotice(**(given | said))


def record(*args, source=CaseSource.FORM, by=None, **said):
    return record_notice(notice=notice(*args, **said), source=source, by=by)


def test_a_notice_again_changes_nothing(django_assert_num_queries):
    AgencyFactory(name=HEALTH)
    first = record(budget=5_000_000, procurement_kind=ProcurementKind.WORKS)
    before = TenderCase.objects.values().get(), TenderNotice.objects.values().get(), AuditEntry.objects.count()
    assert record(budget=5_000_000, procurement_kind=ProcurementKind.WORKS) == first
    after = TenderCase.objects.values().get(), TenderNotice.objects.values().get(), AuditEntry.objects.count()
    assert after == before
