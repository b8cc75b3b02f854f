"""The list and the pages of tender cases: who may open them, what they show, and what can be done there."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from casestudies.enums import AmountState, CaseScope, CaseSource, Failure, MeetingState, NoticeKind
from casestudies.models import Diagnosis, TenderCase, TenderNotice
from library.enums import Band, ProcurementKind
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.casestudies import (
    AgendaItemFactory,
    CommitteeMemberFactory,
    FailedNoticeFactory,
    ListingFactory,
    MeetingMemberFactory,
    ReviewMeetingFactory,
    TaxonomyEntryFactory,
    TenderCaseFactory,
    TenderNoticeFactory,
)

pytestmark = pytest.mark.usefixtures("in_chinese")

LIST = "/cms/tenders/cases/"


def diagnose(case):
    entry = TaxonomyEntryFactory()
    return Diagnosis.objects.create(
        case=case,
        edition=entry.edition,
        category=entry,
        stage=entry,
        pattern=entry,
        cause=entry,
        explanation="理由",
    )


def shown(client, **query):
    return [case.number for case in client.get(LIST, query).context["page_obj"]]


# --- who may open what --------------------------------------------------------------------------


def front(case):
    return reverse("casestudies:case", args=[case.pk])


def statuses(client, case):
    """What the list, the case in the back office, and the case in front answer."""
    notice = case.notices.first() or TenderNoticeFactory(case=case)
    addresses = (
        LIST, reverse("casestudies_cases:case", args=[case.pk]), reverse("casestudies_cases:new"), front(case),
        reverse("casestudies:notice", args=[case.pk, notice.pk]),
    )  # fmt: skip
    return [client.get(address).status_code for address in addresses]


def test_who_opens_cases(client):
    case = TenderCaseFactory()
    assert statuses(client, case) == [302] * 5  # to the sign-in
    for role, expected in (
        (Role.TRAINEE, [403] * 5),
        (Role.HOTLINE_OFFICER, [302, 302, 302, 403, 403]),
        (Role.REPORT_VIEWER, [403, 403, 403, 200, 200]),
        (Role.COMMITTEE_MEMBER, [403] * 5),
        (Role.ADMINISTRATOR, [200] * 5),
    ):
        client.force_login(UserFactory(roles=[role]))
        assert statuses(client, case) == expected, role


def test_members_open_the_cases_of_their_meetings_once_convened(client):
    user = UserFactory(roles=[Role.COMMITTEE_MEMBER])
    member = CommitteeMemberFactory(person=user.person)
    meeting = ReviewMeetingFactory(state=MeetingState.PLANNED)
    MeetingMemberFactory(meeting=meeting, member=member)
    mine, others = AgendaItemFactory(meeting=meeting).case, AgendaItemFactory().case
    client.force_login(user)
    assert client.get(front(mine)).status_code == 403
    meeting.state = MeetingState.CONVENED
    meeting.save()
    assert (client.get(front(mine)).status_code, client.get(front(others)).status_code) == (200, 403)
    # what another meeting concluded on it is not theirs
    elsewhere = AgendaItemFactory(case=mine, conclusion="另一次會議的結論")
    assert elsewhere.conclusion not in client.get(front(mine)).content.decode()


def test_report_viewers_change_nothing_and_read_conclusions_of_closed_minutes_only(client):
    item = AgendaItemFactory(conclusion="請機關檢討預算", meeting__state=MeetingState.CONVENED)
    client.force_login(UserFactory(roles=[Role.REPORT_VIEWER]))
    assert client.post(front(item.case), {"deed": "describe"}).status_code == 405
    assert item.conclusion not in client.get(front(item.case)).content.decode()
    item.meeting.state = MeetingState.CLOSED
    item.meeting.save()
    assert item.conclusion in client.get(front(item.case)).content.decode()


def test_the_search_finds_cases_for_those_who_may_open_them(client):
    case = TenderCaseFactory(title="台中港路管線工程")
    for role, found in ((Role.REPORT_VIEWER, True), (Role.TRAINEE, False)):
        client.force_login(UserFactory(roles=[role]))
        page = client.get(reverse("website:search"), {"q": "臺中港路"}).content.decode()
        assert (front(case) in page) is found, role


# --- the list -----------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_each_filter(desk):
    plain = TenderCaseFactory(number="A")
    failed = TenderCaseFactory(number="B", failures=2, kind=ProcurementKind.GOODS)
    ListingFactory(case=failed)
    closed = TenderCaseFactory(number="C", failures=1, awarded_on=datetime.date(2026, 6, 1))
    ListingFactory(case=closed, closed_on=datetime.date(2026, 7, 1), outcome="已決標")
    diagnose(closed)
    old = TenderCaseFactory(number="D", first_notice_on=datetime.date(2018, 12, 31), band=Band.LARGE)
    unknown = TenderCaseFactory(
        number="E", scope=CaseScope.REFERENCE, band="", amount_state=AmountState.UNKNOWN, first_notice_on=None
    )
    assert shown(desk) == ["C", "B", "A", "D", "E"]
    for query, found in (
        ({"scope": "reference"}, [unknown]), ({"kind": "goods"}, [failed]), ({"band": "large"}, [old]),
        ({"band": "unknown"}, [unknown]), ({"failures": "1"}, [closed, failed]), ({"failures": "2"}, [failed]),
        ({"awarded": "yes"}, [closed]), ({"year": "107"}, [old]), ({"listed": "open"}, [failed]),
        ({"listed": "closed"}, [closed]), ({"listed": "never", "year": "115"}, [plain]),
        ({"undiagnosed": "on"}, [failed]), ({"q": "a"}, [plain]),
    ):  # fmt: skip
        assert shown(desk, **query) == [case.number for case in found], query
    assert len(shown(desk, year="百年", failures="x", band="?")) == 5


def test_words_are_found_in_number_title_and_agency_whichever_tai_is_written(desk):
    renamed = AgencyFactory(name="臺中市政府運動局")
    by_title = TenderCaseFactory(number="T1", title="台中港路人行道改善工程")
    by_agency = TenderCaseFactory(number="T2", agency=renamed, agency_name="台中市體育處")
    for words, found in (
        ("臺中港路", [by_title]), ("台中港路　改善", [by_title]), ("ｔ１", [by_title]), ("臺中市體育處", [by_agency]),
        ("台中市政府運動局", [by_agency]), ("臺中港路 體育", []),
    ):  # fmt: skip
        assert shown(desk, q=words) == [case.number for case in found], words


def test_cases_and_notices_are_counted_apart(desk):
    case = TenderCaseFactory()
    for _ in range(3):
        TenderNoticeFactory(case=case)
    TenderNoticeFactory(case__kind=ProcurementKind.GOODS)
    context = desk.get(LIST, {"kind": "works"}).context
    assert (context["page_obj"].paginator.count, context["notice_count"]) == (1, 3)
    assert [row.notice_count for row in context["page_obj"]] == [3]


def count_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(address)
    return len(queries)


def test_the_list_asks_no_more_for_more_cases(desk):
    def add():
        case = FailedNoticeFactory(case__failures=1).case
        ListingFactory(case=case)
        diagnose(case)

    add()
    once = count_queries(desk, LIST)
    add()
    add()
    assert count_queries(desk, LIST) == once
    assert len(shown(desk)) == 3


# --- one case -----------------------------------------------------------------------------------


def case_page(case):
    return reverse("casestudies_cases:case", args=[case.pk])


def test_the_page_asks_no_more_for_more_notices_and_never_loads_what_was_published(desk):
    case = TenderCaseFactory(failures=1)
    diagnosis = diagnose(case)
    Diagnosis.objects.update(is_current=False)
    Diagnosis.objects.filter(pk=diagnosis.pk).update(evidence=FailedNoticeFactory(case=case))
    AgendaItemFactory(case=case)
    once = count_queries(desk, case_page(case))
    for _ in range(2):
        FailedNoticeFactory(case=case)
        diagnosis = diagnose(case)
        Diagnosis.objects.update(is_current=False)
        AgendaItemFactory(case=case)
    with CaptureQueriesContext(connection) as queries:
        desk.get(case_page(case))
    assert len(queries) == once
    assert not [query["sql"] for query in queries if '"casestudies_tendernotice"."raw"' in query["sql"]]


def test_markup_inside_titles_is_shown_as_text(desk):
    case = TenderCaseFactory(title="<script>alert(1)</script>工程", agency=None, agency_name="<b>某局</b>", failures=1)
    notice = FailedNoticeFactory(
        case=case, reason="<img src=x>", failure=Failure.UNDECIDED, raw={"採購資料:<i>標案名稱</i>": "<u>原文</u>"}
    )
    pages = [
        LIST, case_page(case), front(case), reverse("casestudies_cases:notice", args=[case.pk, notice.pk]),
        reverse("casestudies:notice", args=[case.pk, notice.pk]), reverse("casestudies_waiting:index"),
        case_page(TenderCaseFactory()) + "?follow=工程",
    ]  # fmt: skip
    for page in pages:
        content = desk.get(page).content.decode()
        for markup in ("<script>alert", "<b>某局", "<img src=x", "<i>標案", "<u>原文"):
            assert markup not in content, (page, markup)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;工程" in desk.get(case_page(case)).content.decode()


def test_what_was_published_is_read_in_sections_with_tables_and_notes(desk):
    raw = {
        "brief": {"type": "決標公告"},
        "detail": {
            "type": "決標公告",
            "採購資料:預算金額": "5,000,000元\r\n\t\t伍佰萬元",
            "採購資料:預算金額:remind": "含稅",
            "投標廠商:投標廠商1": "",
            "決標品項": [[{"項次": "1", "品名": "校舍"}, {"項次": "2", "金額": 5}]],
            "fetched_at": "2019-01-18",
        },
    }
    notice = TenderNoticeFactory(raw=raw)
    sections = desk.get(reverse("casestudies_cases:notice", args=[notice.case_id, notice.pk])).context["sections"]
    assert [(section.title, [(row.label, row.text, row.note) for row in section.rows]) for section in sections] == [
        ("公告", [("公告類型（原文）", "決標公告", ""), ("決標品項", "", "")]),
        ("採購資料", [("預算金額", "5,000,000元\n伍佰萬元", "含稅")]),
    ]
    table = sections[0].rows[1].table
    assert (table.headings, table.rows) == (("項次", "品名", "金額"), (("1", "校舍", ""), ("2", "", "5")))


def test_a_case_is_set_to_follow_another_found_by_its_number(desk):
    before = TenderCaseFactory(number="114A1")
    case = TenderCaseFactory(number="115A1", agency=before.agency)
    TenderCaseFactory(number="114A9", title="別機關的案")
    found = desk.get(case_page(case), {"follow": "114A"}).context["candidates"]
    assert [each.number for each in found] == ["114A1", "114A9"]  # of the same agency first
    desk.post(case_page(case), {"deed": "follow", "follows": before.pk})
    case.refresh_from_db()
    assert case.follows == before
    refused = desk.post(case_page(before), {"deed": "follow", "follows": case.pk})
    assert refused.status_code == 422
    assert "circle" not in refused.content.decode()
    assert refused.context["follow_refusal"] in refused.content.decode()
    desk.post(case_page(case), {"deed": "follow"})
    case.refresh_from_db()
    assert case.follows is None


def test_what_was_changed_before_the_award_is_kept_and_nothing_typed_is_lost(desk):
    case = TenderCaseFactory(awarded_on=datetime.date(2026, 6, 1), award_amount=4_800_000, failures=1)
    desk.post(case_page(case), {"deed": "describe", "change_before_award": "預算調高一成", "remark": "偏遠"})
    case.refresh_from_db()
    assert (case.change_before_award, case.remark) == ("預算調高一成", "偏遠")
    page = desk.get(front(case)).content.decode()
    assert "預算調高一成" in page
    assert "115 年 6 月 1 日決標，決標金額新臺幣 4,800,000 元。" in page
    assert "距首次公告 91 日。" in page
    refused = desk.post(case_page(case), {"deed": "describe", "change_before_award": "保留", "remark": "長" * 501})
    assert refused.status_code == 422
    assert "長" * 501 in refused.content.decode()
    case.refresh_from_db()
    assert case.change_before_award == "預算調高一成"


def test_an_undecided_failure_is_decided_on_the_page_of_the_case(desk):
    notice = FailedNoticeFactory(case__failures=1, failure=Failure.UNDECIDED, reason="另案辦理")
    sent = {"deed": "decide", "notice": notice.pk, f"notice-{notice.pk}-failure": ""}
    assert desk.post(case_page(notice.case), sent).status_code == 422
    desk.post(case_page(notice.case), sent | {f"notice-{notice.pk}-failure": Failure.SCRAPPED})
    notice.refresh_from_db()
    assert (notice.failure, notice.decided_by) == (Failure.SCRAPPED, UserFactory._meta.model.objects.get())
    # a notice of another case is not decided from here
    other = FailedNoticeFactory(failure=Failure.UNDECIDED)
    sent = {"deed": "decide", "notice": other.pk, f"notice-{other.pk}-failure": Failure.SCRAPPED}
    assert desk.post(case_page(notice.case), sent).status_code == 404


def test_a_case_that_no_rule_lists_is_listed_by_hand_with_a_reason(desk):
    case = FailedNoticeFactory(case__failures=1).case
    refused = desk.post(case_page(case), {"deed": "list", "reason": " "})
    assert refused.status_code == 422
    desk.post(case_page(case), {"deed": "list", "reason": "議會關切"})
    case.refresh_from_db()
    assert case.listing.reason == "議會關切"
    assert "議會關切" in desk.get(case_page(case)).content.decode()


# --- a notice by form ---------------------------------------------------------------------------


def typed(**changes):
    return {
        "number": "１１５Ｆ１ ", "title": "操場整修工程", "agency_name": "臺中市政府教育局", "unit_id": "3.87.30",
        "kind": NoticeKind.TENDER, "published_on": "115/3/2", "budget": "1,250萬", "procurement_kind": "works",
    } | changes  # fmt: skip


def test_a_notice_is_written_by_hand(desk):
    address = reverse("casestudies_cases:new")
    answer = desk.post(address, typed(has_options="yes", options_amount="５０萬", note="備註"))
    notice = TenderNotice.objects.select_related("case").get()
    assert answer["Location"] == case_page(notice.case)
    assert (notice.case.number, notice.budget, notice.options_amount, notice.has_options) == (
        "115F1", 12_500_000, 500_000, True,
    )  # fmt: skip
    assert (notice.published_on, notice.source, notice.printed_type) == (
        datetime.date(2026, 3, 2), CaseSource.FORM, "招標",
    )  # fmt: skip
    assert (notice.tenders, notice.award_amount, notice.will_continue) == (None, None, None)
    assert notice.raw["預算金額，新臺幣元"] == 12_500_000
    # the second notice goes to the same case, whose number stands fixed
    address = reverse("casestudies_cases:add_notice", args=[notice.case_id])
    failed = typed(kind=NoticeKind.FAILED, published_on="1150320", reason="流標", number="別的案號", budget="")
    desk.post(address, failed)
    case = TenderCase.objects.get()
    assert (case.failures, case.notices.count()) == (1, 2)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"number": ""}, "number"),
        ({"published_on": "115/2/30"}, "published_on"),
        ({"published_on": "200/1/1"}, "published_on"),
        ({"budget": "-5"}, "budget"),
        ({"budget": "0"}, "budget"),
        ({"budget": "五百"}, "budget"),
        ({"unit_id": "3.87..1"}, "unit_id"),
        ({"kind": "failed"}, "reason"),
        ({"kind": "award"}, "awarded_on"),
        ({"kind": "award", "awarded_on": "115/3/3"}, "awarded_on"),
        ({"award_amount": "100萬"}, "award_amount"),
        ({"has_options": "no", "options_amount": "5萬"}, "options_amount"),
        ({"procurement_amount": "5萬"}, "procurement_amount"),
        ({"tenders": "-1"}, "tenders"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_each_error_stands_at_its_field_and_nothing_typed_is_lost(desk, changes, wrong):
    sent = typed(note="很長的附加說明", **changes)
    answer = desk.post(reverse("casestudies_cases:new"), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert "很長的附加說明" in answer.content.decode()
    assert not TenderNotice.objects.exists()


def test_a_notice_already_on_record_is_said_to_be_so(desk):
    desk.post(reverse("casestudies_cases:new"), typed())
    again = desk.post(reverse("casestudies_cases:new"), typed(), follow=True)
    assert "同類型且同日期的公告先前已登錄，內容請見下方。" in again.content.decode()
    assert TenderNotice.objects.count() == 1


def test_today_is_a_day_of_a_notice(desk):
    desk.post(reverse("casestudies_cases:new"), typed(published_on=timezone.localdate().isoformat()))
    assert TenderNotice.objects.get().published_on == timezone.localdate()
