"""Notices one by one: the case is found or made, and says what all its notices say together."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AgencyFormerName
from casestudies.enums import CaseScope, CaseSource, Failure, NoticeKind
from casestudies.models import FailureRule, TenderCase, TenderNotice
from casestudies.reading.notices import ReadNotice, RefusedNotice
from casestudies.services.matching import match_agency
from casestudies.services.notices import decide_failure, describe_case, follow_case, record_notice, record_notices
from casestudies.services.rules import RULES, apply_rules, ensure_failure_rules, failure_teller
from common.errors import DomainError
from common.imports import Outcome
from common.models import AuditEntry
from library.services.thresholds import ensure_thresholds
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.casestudies import FailedNoticeFactory, TenderCaseFactory, TenderNoticeFactory

HEALTH = "臺中市政府衛生局"
TYPES = {NoticeKind.TENDER: "公開招標公告", NoticeKind.FAILED: "無法決標公告", NoticeKind.AWARD: "決標公告"}


@pytest.fixture(autouse=True)
def _rules(db):
    ensure_thresholds()
    ensure_failure_rules()


def notice(kind=NoticeKind.TENDER, day="2026-03-02", **said):
    given = {
        "unit_id": "3.87.14", "agency_name": HEALTH, "number": "115D26", "title": "網站弱掃軟體授權續約更新", "key": "",
        "kind": kind, "printed_type": TYPES.get(kind, "公告"), "published_on": datetime.date.fromisoformat(day),
    }  # fmt: skip
    return ReadNotice(**(given | said))


def record(*args, source=CaseSource.FORM, by=None, **said):
    return record_notice(notice=notice(*args, **said), source=source, by=by)


def everything():
    return list(TenderCase.objects.values()), list(TenderNotice.objects.values()), AuditEntry.objects.count()


def test_a_notice_again_changes_nothing():
    AgencyFactory(name=HEALTH)
    first = record(budget=5_000_000)
    before = everything()
    assert record(budget=5_000_000) == first
    assert everything() == before


def test_a_notice_that_says_something_else_now_is_written_again():
    first = record(budget=5_000_000)
    assert record(budget=6_000_000) == first
    assert (TenderNotice.objects.get().budget, TenderCase.objects.get().budget) == (6_000_000, 6_000_000)


def test_what_was_published_outranks_what_was_typed():
    typed = record(NoticeKind.FAILED, "2026-03-20", reason="流標", source=CaseSource.FORM)
    published = record(NoticeKind.FAILED, "2026-03-20", reason="廢標", key="NAI-1-71218651", source=CaseSource.API)
    assert published == typed
    assert TenderCase.objects.get().failures == 1
    before = everything()
    assert record(NoticeKind.FAILED, "2026-03-20", reason="流標", source=CaseSource.FORM) == typed
    assert everything() == before
    assert (TenderNotice.objects.get().failure, TenderNotice.objects.get().source) == (
        Failure.SCRAPPED, CaseSource.API,
    )  # fmt: skip


def test_recording_is_put_on_record_without_personal_data():
    by = UserFactory()
    typed = {"reason": "流標，請洽承辦人：丁甲子 04-22289111", "note": "信箱 ding@example.org"}
    kept = record(NoticeKind.FAILED, **typed, raw={"理由": typed["reason"], "備註": typed["note"]}, by=by)
    entry = AuditEntry.objects.get(action="notice.recorded")
    assert (entry.actor_id, entry.data) == (by.pk, {"case": "115D26", "kind": "failed", "source": "form"})
    kept.refresh_from_db()
    assert (kept.reason, kept.note) == ("流標，請洽承辦人＊＊＊＊", "信箱 ＊＊")
    assert kept.raw == {"理由": kept.reason, "備註": kept.note}


def test_what_cannot_be_is_refused_and_nothing_is_made():
    with pytest.raises(RefusedNotice) as refused:
        record(number=" ", title="", budget=-1, published_on=datetime.date(1990, 1, 1))
    assert len(refused.value.problems) == 4
    assert not TenderCase.objects.exists()


def test_many_notices_in_one_commit_and_hardly_more_queries():
    AgencyFactory(name=HEALTH)

    def count(numbers):
        with CaptureQueriesContext(connection) as queries:
            counts = record_notices(
                notices=[notice(number=number, budget=2_000_000) for number in numbers], source=CaseSource.FORM, by=None
            )
        assert counts[Outcome.NEW] == len(numbers)
        return len(queries)

    assert count(["A1"]) == count(["A2", "A3", "A4"])
    before = everything()[:2]
    again = record_notices(notices=[notice(number="A1", budget=2_000_000)], source=CaseSource.FORM, by=None)
    assert (again[Outcome.UNCHANGED], everything()[:2]) == (1, before)


# --- which case ---------------------------------------------------------------------------------


def test_a_renamed_agency_is_found_by_its_former_name_and_so_is_the_case():
    agency = AgencyFactory(name=HEALTH)
    AgencyFormerName.objects.create(agency=agency, name="臺中縣衛生局")
    record(unit_id="", agency_name="台中縣衛生局", key="TIQ-1-1")
    record(NoticeKind.FAILED, "2026-03-20", unit_id="", reason="流標")
    case = TenderCase.objects.get()
    assert (case.agency, case.scope, case.failures) == (agency, CaseScope.CITY, 1)
    # and a notice that tells the unit belongs to the same case, which has it from then on
    record(NoticeKind.AWARD, "2026-04-01", awarded_on=datetime.date(2026, 3, 30))
    case.refresh_from_db()
    assert (TenderCase.objects.count(), case.unit_id) == (1, "3.87.14")


@pytest.mark.parametrize(
    ("unit_id", "scope"),
    [("3.87", "city"), ("3.87.14", "city"), ("3.870", "reference"), ("3.79.56", "reference"), ("", "unclear")],
)
def test_whose_a_case_of_an_agency_is_that_nobody_knows(unit_id, scope):
    record(unit_id=unit_id, agency_name="沒有人認識的機關")
    case = TenderCase.objects.get()
    assert (case.scope, case.agency) == (scope, None)


def test_a_match_by_a_person_holds_for_all_alike_and_for_later_ones():
    agency, by = AgencyFactory(), UserFactory()
    for number in ("A1", "A2"):
        record(unit_id="", agency_name="衛生局", number=number)
    record(unit_id="", agency_name="別的局", number="A3")
    assert match_agency(case=TenderCase.objects.get(number="A1"), agency=agency, is_reference=False, by=by) == 2
    record(unit_id="", agency_name="衛生局", number="A4")
    assert set(TenderCase.objects.filter(agency=agency, scope=CaseScope.CITY).values_list("number", flat=True)) == {
        "A1", "A2", "A4",
    }  # fmt: skip
    unclear = TenderCase.objects.get(number="A3")
    assert match_agency(case=unclear, agency=None, is_reference=True, by=by) == 1
    record(NoticeKind.FAILED, "2026-03-20", unit_id="", agency_name="別的局", number="A3", reason="流標")
    unclear.refresh_from_db()
    assert (unclear.scope, unclear.failures) == (CaseScope.REFERENCE, 1)
    for agency_said, is_reference, code in ((None, False, "nothing_said"), (agency, True, "both_said")):
        with pytest.raises(DomainError) as refusal:
            match_agency(case=unclear, agency=agency_said, is_reference=is_reference, by=by)
        assert refusal.value.code == code


# --- 流標 or 廢標 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "failure"),
    [
        ("流標(無廠商投標或未達法定開標家數)", Failure.NO_TENDERS),
        ("廢標", Failure.SCRAPPED),
        ("不予開標決標", Failure.NOT_OPENED),
        ("其他：依採購法第48條第1項第2款，發現有足以影響採購公正之違法行為", Failure.NOT_OPENED),
        ("截止投標時間屆至無廠商投標", Failure.NO_TENDERS),
        ("投標廠商家數未達３家", Failure.NO_TENDERS),
        ("經審查廠商資格均不符招標文件規定", Failure.SCRAPPED),
        ("最低標標價逾底價，經減價三次仍超過底價", Failure.SCRAPPED),
        ("依政府採購法第五十條第三項辦理", Failure.SCRAPPED),
        ("本案流標", Failure.NO_TENDERS),
        ("第一次流標，本次開標後廢標", Failure.UNDECIDED),
        ("機關需求變更", Failure.UNDECIDED),
        ("", Failure.UNDECIDED),
    ],
)
def test_the_printed_reason_tells_how_a_tender_failed(reason, failure):
    assert failure_teller()(reason) == failure


def test_laying_the_rules_again_leaves_what_was_edited():
    FailureRule.objects.filter(order=10).update(pattern="流標公告")
    assert len(ensure_failure_rules()) == len(RULES)
    assert FailureRule.objects.get(order=10).pattern == "流標公告"


def test_what_a_person_decided_survives_imports_refreshes_and_rules():
    by = UserFactory()
    first = record(NoticeKind.FAILED, reason="機關需求變更", key="NAI-1")
    assert first.failure == Failure.UNDECIDED
    decide_failure(notice=first, failure=Failure.NOT_OPENED, by=by)
    again = record(NoticeKind.FAILED, reason="廢標", key="NAI-1")
    assert (again.pk, again.reason, again.failure, again.decided_by) == (first.pk, "廢標", Failure.NOT_OPENED, by)
    open_notice = record(NoticeKind.FAILED, "2026-04-01", reason="機關需求變更", key="NAI-2")
    FailureRule.objects.create(order=500, pattern="需求變更", failure=Failure.NOT_OPENED, source="測試")
    assert apply_rules(by=by) == 1
    open_notice.refresh_from_db()
    assert (open_notice.failure, open_notice.decided_by) == (Failure.NOT_OPENED, None)
    again.refresh_from_db()
    assert again.decided_by == by


def test_only_failed_notices_are_decided():
    for kept, failure, code in (
        (TenderNoticeFactory(), Failure.SCRAPPED, "not_failed"),
        (FailedNoticeFactory(), Failure.UNDECIDED, "undecided"),
    ):
        with pytest.raises(DomainError) as refusal:
            decide_failure(notice=kept, failure=failure, by=None)
        assert refusal.value.code == code


# --- what people say of a case ------------------------------------------------------------------


def test_a_case_follows_another_but_never_in_a_circle():
    first, second, third = (TenderCaseFactory() for _each in range(3))
    follow_case(case=second, follows=first, by=None)
    follow_case(case=third, follows=second, by=None)
    reference = TenderCaseFactory(scope=CaseScope.REFERENCE)
    for case, follows, code in (
        (first, first, "itself"), (first, third, "circle"), (first, second, "circle"),
        (third, reference, "other_scope"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refusal:
            follow_case(case=case, follows=follows, by=None)
        assert refusal.value.code == code
    assert follow_case(case=third, follows=None, by=None).follows is None
    assert list(AuditEntry.objects.filter(object_id=str(third.pk)).values_list("action", flat=True)) == [
        "tender_case.follows_none", "tender_case.follows",
    ]  # fmt: skip


def test_what_a_person_says_of_a_case_survives_its_notices():
    case = record().case
    describe_case(case=case, change_before_award=" 預算調高一成 ", remark="", by=None)
    record(NoticeKind.AWARD, "2026-05-01")
    case.refresh_from_db()
    assert (case.change_before_award, case.awarded_on) == ("預算調高一成", datetime.date(2026, 5, 1))
    with pytest.raises(DomainError) as refusal:
        describe_case(case=case, change_before_award="x" * 2001, remark="", by=None)
    assert refusal.value.code == "too_long"
