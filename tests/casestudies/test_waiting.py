"""What waits for a person: agencies are matched by their printed name, reasons decided, differences listed."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AgencyFormerName
from casestudies.enums import CaseScope, Failure, NoticeImportState
from casestudies.models import FailureRule, NoticeImport, TenderCase, TenderNotice
from casestudies.rule_trial import try_rules
from casestudies.services.rules import ensure_failure_rules
from casestudies.waiting import similar_agencies, what_waits
from library.enums import Band
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.casestudies import FailedNoticeFactory, TenderCaseFactory

pytestmark = pytest.mark.usefixtures("in_chinese")

PAGE = "/cms/tenders/waiting/"


def unknown(name, **details):
    return TenderCaseFactory(scope=CaseScope.UNCLEAR, agency=None, agency_name=name, unit_id="", **details)


def test_only_administrators_decide_what_waits(client):
    case = unknown("某機關")
    pages = [
        PAGE,
        reverse("casestudies_rules:index"),
        reverse("casestudies_rules:add"),
        reverse("casestudies_imports:index"),
    ]
    for role, expected in (
        (None, 302),
        (Role.TRAINEE, 403),
        (Role.REPORT_VIEWER, 403),
        (Role.COMMITTEE_MEMBER, 403),
        (Role.HOTLINE_OFFICER, 302),
    ):
        client.logout()
        if role:
            client.force_login(UserFactory(roles=[role]))
        assert [client.get(page).status_code for page in pages] == [expected] * 4, role
        sent = {"deed": "match", "case": case.pk, f"case-{case.pk}-whose": "reference"}
        assert client.post(PAGE, sent).status_code == expected, role
    case.refresh_from_db()
    assert case.scope == CaseScope.UNCLEAR


# --- agencies -----------------------------------------------------------------------------------


def test_similar_names_are_suggested_former_ones_among_them():
    health = AgencyFactory(name="臺中市政府衛生局")
    sport = AgencyFactory(name="臺中市政府運動局")
    AgencyFormerName.objects.create(agency=sport, name="臺中市體育處")
    AgencyFactory(name="臺中市政府環境保護局")
    AgencyFactory(name="臺中市衛生所", ceased_on=datetime.date(2020, 1, 1))
    found = similar_agencies(["台中市衛生局", "體育處", "某某基金會"])
    assert {name: [(each.agency, each.through) for each in those] for name, those in found.items()} == {
        "台中市衛生局": [(health, "")],
        "體育處": [(sport, "臺中市體育處")],
        "某某基金會": [],
    }


def test_matching_one_matches_all_of_the_printed_name_and_says_how_many(desk):
    health = AgencyFactory(name="臺中市政府衛生局")
    cases = [unknown("台中市衛生局") for _ in range(3)]
    other = unknown("某某基金會")
    rows = desk.get(PAGE).context["matches"]
    assert [(row["agency_name"], row["cases"]) for row in rows] == [("台中市衛生局", 3), ("某某基金會", 1)]
    sent = {"deed": "match", "case": rows[0]["first"], f"case-{rows[0]['first']}-whose": health.pk}
    answer = desk.post(PAGE, sent, follow=True)
    assert "「台中市衛生局」的 3 件標案已歸屬：臺中市政府衛生局。" in answer.content.decode()
    assert set(TenderCase.objects.filter(pk__in=[case.pk for case in cases]).values_list("scope", "agency")) == {
        (CaseScope.CITY, health.pk)
    }
    sent = {"deed": "match", "case": other.pk, f"case-{other.pk}-whose": "reference"}
    desk.post(PAGE, sent)
    other.refresh_from_db()
    assert (other.scope, other.agency) == (CaseScope.REFERENCE, None)
    assert list(desk.get(PAGE).context["matches"]) == []


def test_another_agency_is_typed_by_name_and_a_wrong_name_stays_to_be_corrected(desk):
    agency = AgencyFactory(name="臺中市立圖書館")
    case = unknown("市圖")
    sent = {
        "deed": "match",
        "case": case.pk,
        f"case-{case.pk}-whose": "other",
        f"case-{case.pk}-name": "台中市圖書總館",
    }
    refused = desk.post(PAGE, sent)
    assert refused.status_code == 422
    assert 'value="台中市圖書總館"' in refused.content.decode()
    assert "沒有以此為現名或舊名的本市機關。" in refused.content.decode()
    desk.post(PAGE, sent | {f"case-{case.pk}-name": "台中市立圖書館"})
    case.refresh_from_db()
    assert case.agency == agency
    assert desk.post(PAGE, {"deed": "match", "case": unknown("又一個").pk}).status_code == 422


def test_a_unit_of_the_city_without_an_agency_waits_too(desk):
    TenderCaseFactory(agency=None, agency_name="臺中市新設機關", unit_id="3.87.99")
    assert [row["agency_name"] for row in desk.get(PAGE).context["matches"]] == ["臺中市新設機關"]


# --- reasons ------------------------------------------------------------------------------------


def test_one_decision_speaks_for_all_notices_of_the_same_words_where_asked(desk):
    alike = [FailedNoticeFactory(case__failures=1, failure=Failure.UNDECIDED, reason="另案辦理") for _ in range(3)]
    other = FailedNoticeFactory(failure=Failure.UNDECIDED, reason="另案辦理。")
    blank = [FailedNoticeFactory(failure=Failure.UNDECIDED, reason="") for _ in range(2)]
    first = alike[0]
    sent = {"deed": "decide", "notice": first.pk, f"notice-{first.pk}-failure": Failure.NOT_OPENED}
    assert desk.post(PAGE, {"deed": "decide", "notice": first.pk}).status_code == 422
    desk.post(PAGE, sent)
    assert TenderNotice.objects.filter(failure=Failure.NOT_OPENED).count() == 1
    second = alike[1]
    sent = {"deed": "decide", "notice": second.pk, f"notice-{second.pk}-failure": Failure.NOT_OPENED, "alike": "1"}
    desk.post(PAGE, sent)
    assert TenderNotice.objects.filter(failure=Failure.NOT_OPENED).count() == 3
    # where nothing is printed nothing is the same
    sent = {"deed": "decide", "notice": blank[0].pk, f"notice-{blank[0].pk}-failure": Failure.SCRAPPED, "alike": "1"}
    desk.post(PAGE, sent)
    waiting = TenderNotice.objects.filter(failure=Failure.UNDECIDED)
    assert sorted(waiting.values_list("pk", flat=True)) == sorted([other.pk, blank[1].pk])


def test_the_first_rule_that_finds_its_words_decides():
    FailureRule.objects.create(order=10, pattern="流標", failure=Failure.NO_TENDERS, source="測試")
    FailureRule.objects.create(order=20, pattern="廢標", failure=Failure.SCRAPPED, source="測試")
    trial = try_rules("廢標，前次流標")
    assert (trial.failure, trial.found, [rule.order for rule in trial.later]) == (Failure.NO_TENDERS, "流標", [20])
    assert try_rules("另案辦理").failure == Failure.UNDECIDED


def test_a_reason_is_tried_and_a_new_rule_judges_what_is_on_record(desk):
    ensure_failure_rules()
    notice = FailedNoticeFactory(failure=Failure.UNDECIDED, reason="經費來源取消")
    decided = FailedNoticeFactory(failure=Failure.SCRAPPED, reason="經費來源取消", decided_at="2026-04-01T00:00Z")
    index = reverse("casestudies_rules:index")
    assert desk.get(index, {"reason": "經費來源取消"}).context["trial"].rule is None
    wrong = {"order": 900, "pattern": "經費(", "failure": Failure.NOT_OPENED, "source": "測試"}
    refused = desk.post(reverse("casestudies_rules:add"), wrong)
    assert "pattern" in refused.context["form"].errors
    assert 'value="經費("' in refused.content.decode()
    answer = desk.post(reverse("casestudies_rules:add"), wrong | {"pattern": "經費來源"}, follow=True)
    assert "已登錄的公告中有 1 則改依新規則判定。" in answer.content.decode()
    notice.refresh_from_db()
    decided.refresh_from_db()
    assert (notice.failure, decided.failure) == (Failure.NOT_OPENED, Failure.SCRAPPED)
    assert desk.get(index, {"reason": "經費來源取消"}).context["trial"].rule.order == 900
    rule = FailureRule.objects.get(order=900)
    desk.post(reverse("casestudies_rules:delete", args=[rule.pk]))
    notice.refresh_from_db()
    assert notice.failure == Failure.UNDECIDED


# --- differences, and all of them ---------------------------------------------------------------


def test_differences_of_bands_and_awards_without_a_tender_notice_are_listed(desk):
    differing = TenderCaseFactory(printed_band="查核金額以上未達巨額", band=Band.PUBLICATION)
    TenderCaseFactory(printed_band="公告金額以上未達查核金額", band=Band.PUBLICATION)
    day = datetime.date(2026, 5, 1)
    lonely = TenderCaseFactory(awarded_on=day, has_first_notice=False)
    TenderCaseFactory(awarded_on=day)
    TenderCaseFactory(awarded_on=day, has_first_notice=False, scope=CaseScope.REFERENCE)
    context = desk.get(PAGE).context
    assert (list(context["bands"].page), list(context["awards"].page)) == ([differing], [lonely])
    assert (
        "公告所載級距高於已登錄金額所屬級距。"
        in desk.get(reverse("casestudies_cases:case", args=[differing.pk])).content.decode()
    )


def test_the_page_asks_no_more_for_longer_lists_and_each_has_its_pages(desk):
    def add(number):
        unknown(f"第{number}機關")
        FailedNoticeFactory(failure=Failure.UNDECIDED, reason=f"理由{number}", case__scope=CaseScope.REFERENCE)
        TenderCaseFactory(printed_band="巨額", awarded_on=datetime.date(2026, 5, 1), has_first_notice=False)

    def count():
        desk.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            desk.get(PAGE)
        return len(queries)

    add(0)
    once = count()
    add(1)
    add(2)
    assert count() == once
    for number in range(3, 12):
        add(number)
    context = desk.get(PAGE, {"agencies": "2", "reasons": "1"}).context
    assert [len(context[name].page) for name in ("agencies", "reasons", "bands", "awards")] == [2, 10, 10, 10]
    assert context["bands"].following == "?agencies=2&reasons=1&bands=2#bands"


def test_the_desk_says_what_waits(desk, client):
    assert not what_waits()
    unknown("某機關")
    unknown("某機關")
    FailedNoticeFactory(failure=Failure.UNDECIDED, case__scope=CaseScope.REFERENCE)
    NoticeImport.objects.create(file_name="a.json", state=NoticeImportState.READ)
    content = desk.get(reverse("website:desk")).content.decode()
    for words in (
        "1 個公告上的機關名稱待比對",
        "比對前有 2 件標案不列入統計",
        "1 則無法決標理由沒有規則可判定",
        "1 個公告檔案已上傳，尚未匯入",
    ):
        assert words in content, words
