"""Tenders of the year 107 in the numbers that the city reported, and those of the last months; all of it invented.

The city reported 1,586 works tenders of 公告金額 or more in 107, of which 147 were listed for having failed
(臺中市政府秘書處 107 年度施政績效報告, 流廢標下降率). Which agency tendered what, and why it failed, is not known
and is made up here: every case says so (`CaseSource.DEMONSTRATION`), its number begins with 示範.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.enums import AgencyKind
from accounts.models import Agency
from casestudies.enums import CaseSource, Failure, NoticeKind
from casestudies.models import TenderCase, TenderNotice
from casestudies.services.chains import refresh_cases
from casestudies.services.listing import ensure_listing_rules, list_cases
from casestudies.services.rules import ensure_failure_rules
from casestudies.services.taxonomy import ensure_taxonomy
from common.rocdates import roc_year
from library.enums import ProcurementKind
from reports.models import Target

WORKS_TENDERS, LISTED = 1586, 147
"""Works tenders of 公告金額 or more in 107, and those of them that were listed (公告數字)."""

FAILED_ONCE = 552
OTHERS_107 = 300
"""Goods, services and small works of 107: they count in no figure of the indicator."""

RECENT = 200
MONTHS_BACK = 14

TIMES_LISTED = (2,) * 9 + (3,) * 4 + (4,) * 2 + (5,)
"""How often listed cases failed."""

REASONS = {
    Failure.NO_TENDERS: ("流標(無廠商投標或未達法定開標家數)", "無廠商投標", "投標廠商未達三家"),
    Failure.SCRAPPED: ("廢標", "廢標：廠商標價均超過底價，經比減價格三次仍無法決標", "廢標：廠商資格文件均不符規定"),
    Failure.NOT_OPENED: ("依採購法第 48 條第 1 項第 1 款變更招標文件內容，不予開標決標",),
    Failure.UNDECIDED: ("其他：本案因故停止辦理",),
}  # fmt: skip

_SCHOOL_WORKS = (
    "校舍修繕工程",
    "廁所整修工程",
    "操場跑道整建工程",
    "校舍補強工程",
    "風雨球場新建工程",
    "圖書館改善工程",
)
_OFFICE_WORKS = (
    "道路改善工程",
    "排水改善工程",
    "公園設施更新工程",
    "活動中心整修工程",
    "野溪整治工程",
    "人行道改善工程",
)
_GOODS = ("電腦設備採購案", "實驗室設備採購案", "辦公家具採購案", "消防車輛採購案", "圖書採購案")
_SERVICES = ("清潔維護委託案", "資訊系統維護案", "規劃設計監造委託案", "保全勤務委託案", "校外教學委託案")
_METHODS = {True: "公開招標", False: "公開取得報價單或企劃書"}
_CLASSIFIED = {
    ProcurementKind.WORKS: "工程類5179-其他建築物完工裝修工程",
    ProcurementKind.GOODS: "財物類45-計算機設備及零件",
    ProcurementKind.SERVICES: "勞務類94-污水及垃圾處理、公共衛生及其他環保服務",
}
_CHANGES = (
    "依市場行情重新檢討單價，預算調高 {percent}%。",
    "工期由 90 日曆天放寬為 120 日曆天，並調高預算 {percent}%。",
    "刪除非必要之特殊規格，改採功能性規範；預算調高 {percent}%。",
    "原合併發包之項目依專業分開採購，其餘條件不變。",
    "修正契約之逾期違約金上限與付款期程，增列物價調整條款。",
)


@dataclass
class Plan:
    """What happens to one invented case. Amounts in NT$; the budget was `raised` by so many % before the award."""

    number: str
    title: str
    agency_name: str
    kind: ProcurementKind
    budget: int
    first: date
    failures: list[Failure] = field(default_factory=list)
    is_awarded: bool = True
    change: str = ""
    raised: int = 0
    agency: Agency | None = None


def lay() -> None:
    """Lay rules, taxonomy, cases and listings, and the target of 107."""
    ensure_failure_rules()
    ensure_taxonomy()
    ensure_listing_rules()
    agencies = list(Agency.objects.exclude(name="臺中市政府").order_by("pk"))
    _write([*_year_107(agencies), *_recent(agencies)])
    _lay_what_waits()
    list_cases()
    Target.objects.create(
        report="failed-tenders", measure="rate", roc_year=107, value="11.5",
        source="臺中市政府秘書處 107 年度施政績效報告：流廢標下降率（公式為比率，越低越好）",
    )  # fmt: skip


def _year_107(agencies: Sequence[Agency]) -> Iterator[Plan]:
    """Yield the cases of 107: those of the indicator, and others that must not count in it."""
    chance = random.Random(107)
    first, days = date(2018, 1, 2), 346
    # those that fail often begin early enough to be listed before the year is over
    listed = set(chance.sample(range(round(WORKS_TENDERS * 0.68)), LISTED))
    once = set(chance.sample([n for n in range(WORKS_TENDERS) if n not in listed], FAILED_ONCE))
    for index in range(WORKS_TENDERS):
        day = first + timedelta(days=index * days // WORKS_TENDERS)
        plan = _case(chance, agencies, f"示範107-{index + 1:04}", ProcurementKind.WORKS, _works_budget(chance), day)
        if index in listed:
            plan = _failing(chance, plan, chance.choice(TIMES_LISTED), award_share=0.82)
        elif index in once:
            plan = _failing(chance, plan, 1, award_share=0.93)
        yield plan
    kinds = (ProcurementKind.GOODS, ProcurementKind.SERVICES, ProcurementKind.SERVICES, ProcurementKind.WORKS)
    for index in range(OTHERS_107):
        kind = kinds[index % len(kinds)]
        budget = chance.randrange(150, 990) * 1000 if kind == ProcurementKind.WORKS else _other_budget(chance)
        day = first + timedelta(days=index * days // OTHERS_107)
        plan = _case(chance, agencies, f"示範107-{5001 + index}", kind, budget, day)
        yield _failing(chance, plan, 1 + (index % 11 == 0), award_share=0.9) if index % 4 == 0 else plan


def _recent(agencies: Sequence[Agency]) -> Iterator[Plan]:
    """Yield the cases of the last months: some listed, some still without an award."""
    chance = random.Random(115)
    today = timezone.localdate()
    for index in range(RECENT):
        day = today - timedelta(days=12 + (RECENT - index) * MONTHS_BACK * 30 // RECENT)
        kind = ProcurementKind.WORKS if index % 3 else chance.choice((ProcurementKind.GOODS, ProcurementKind.SERVICES))
        budget = _works_budget(chance) * 3 // 2 if kind == ProcurementKind.WORKS else _other_budget(chance)
        plan = _case(chance, agencies, f"示範{roc_year(day)}-{index + 1:03}", kind, budget, day)
        if index % 15 == 1:
            plan = _failing(chance, plan, chance.choice(TIMES_LISTED), award_share=0.4)
        elif index % 4 == 2:
            plan = _failing(chance, plan, 1, award_share=0.8)
        yield plan


def _case(
    chance: random.Random, agencies: Sequence[Agency], number: str, kind: ProcurementKind, budget: int, day: date
) -> Plan:
    agency = chance.choice(agencies)
    if kind == ProcurementKind.WORKS:
        what = chance.choice(_SCHOOL_WORKS if agency.kind == AgencyKind.SCHOOL else _OFFICE_WORKS)
    else:
        what = chance.choice(_GOODS if kind == ProcurementKind.GOODS else _SERVICES)
    return Plan(number, f"（示範）{roc_year(day)}年度{what}", agency.name, kind, budget, day, agency=agency)


def _failing(chance: random.Random, plan: Plan, times: int, *, award_share: float) -> Plan:
    weights = (70, 26, 4)
    failures = chance.choices((Failure.NO_TENDERS, Failure.SCRAPPED, Failure.NOT_OPENED), weights, k=times)
    is_awarded = chance.random() < award_share
    if not is_awarded or times == 1:
        return replace(plan, failures=failures, is_awarded=is_awarded)
    percent, change = chance.randrange(6, 36), chance.choice(_CHANGES)
    return replace(
        plan,
        failures=failures,
        is_awarded=True,
        change=change.format(percent=percent),
        raised=percent if "{percent}" in change else 0,
    )


def _works_budget(chance: random.Random) -> int:
    """Return 公告金額 or more: mostly a few million, seldom a large procurement."""
    amount = 1_000_000 + int(chance.lognormvariate(15.3, 1.25))
    return min(amount, 900_000_000) // 1000 * 1000


def _other_budget(chance: random.Random) -> int:
    return (120_000 + int(chance.lognormvariate(13.6, 1.1))) // 1000 * 1000


def _lay_what_waits() -> None:
    """Lay what a person has to decide: an unknown agency, an unclear reason, another band in print, a lonely award.

    And a case of another city, which is kept for reference and counts nowhere.
    """
    today = timezone.localdate()
    school = Agency.objects.filter(kind=AgencyKind.SCHOOL).order_by("pk")[3]
    unknown = Plan(
        "示範-待比對1", "（示範）校舍防水工程", "臺中市立示範高級中等學校籌備處", ProcurementKind.WORKS, 6_800_000,
        today - timedelta(days=70), [Failure.NO_TENDERS], is_awarded=False,
    )  # fmt: skip
    unclear = Plan(
        "示範-待判定1", "（示範）教室照明改善工程", school.name, ProcurementKind.WORKS, 3_200_000,
        today - timedelta(days=55), [Failure.UNDECIDED], is_awarded=False, agency=school,
    )  # fmt: skip
    differs = Plan(
        "示範-級距不同1", "（示範）營養午餐委託案", school.name, ProcurementKind.SERVICES, 8_400_000,
        today - timedelta(days=40), agency=school,
    )  # fmt: skip
    lonely = Plan(
        "示範-僅決標1", "（示範）飲水設備採購案", school.name, ProcurementKind.GOODS, 1_900_000,
        today - timedelta(days=60), agency=school,
    )  # fmt: skip
    foreign = Plan(
        "示範-他市1", "（示範）他市場館新建工程", "他市示範機關", ProcurementKind.WORKS, 350_000_000,
        today - timedelta(days=200), [Failure.NO_TENDERS, Failure.NO_TENDERS],
    )  # fmt: skip
    _write([unknown, unclear, differs, lonely, foreign])
    of = {case.number: case for case in TenderCase.objects.filter(number__startswith="示範-")}
    of["示範-級距不同1"].notices.filter(kind=NoticeKind.TENDER).update(
        has_options=True, options_amount=2_800_000, printed_band="公告金額以上未達查核金額"
    )
    of["示範-僅決標1"].notices.filter(kind=NoticeKind.TENDER).delete()
    TenderCase.objects.filter(pk=of["示範-他市1"].pk).update(unit_id="示範.99")
    refresh_cases(case.pk for case in of.values())


def _write(plans: Sequence[Plan]) -> None:
    cases = TenderCase.objects.bulk_create(
        [
            TenderCase(
                number=plan.number, title=plan.title, agency_name=plan.agency_name, agency=plan.agency,
                change_before_award=plan.change, source=CaseSource.DEMONSTRATION,
                remark="示範資料：案件內容為虛構，僅件數依公告之統計。",
            )
            for plan in plans
        ],
        batch_size=500,
    )  # fmt: skip
    notices = [notice for plan, case in zip(plans, cases, strict=True) for notice in _notices(plan, case)]
    TenderNotice.objects.bulk_create(notices, batch_size=500)
    refresh_cases(case.pk for case in cases)


def _notices(plan: Plan, case: TenderCase) -> Iterator[TenderNotice]:
    """Yield the chain: tender, failure, tender again …, award, with dates that never lie in the future."""
    chance = random.Random(plan.number)
    today = timezone.localdate()
    budget, day = plan.budget, plan.first
    for turn, failure in enumerate(plan.failures, start=1):
        yield _notice(plan, case, NoticeKind.TENDER, day, turn, budget=budget)
        failed_on = day + timedelta(days=chance.randrange(8, 15))
        if failed_on > today:
            return
        reason = chance.choice(REASONS[failure])
        goes_on = turn < len(plan.failures) or plan.is_awarded
        yield _notice(
            plan, case, NoticeKind.FAILED, failed_on, turn, reason=reason, failure=failure, will_continue=goes_on,
            original_on=day,
        )  # fmt: skip
        day = failed_on + timedelta(days=chance.randrange(6, 13))
        if day > today or not goes_on:
            return
        if turn == len(plan.failures):
            budget = budget * (100 + plan.raised) // 100
    turn = len(plan.failures) + 1
    yield _notice(plan, case, NoticeKind.TENDER, day, turn, budget=budget)
    awarded_on = day + timedelta(days=chance.randrange(12, 30))
    if plan.is_awarded and awarded_on + timedelta(days=3) <= today:
        yield _notice(
            plan, case, NoticeKind.AWARD, awarded_on + timedelta(days=3), turn, awarded_on=awarded_on, budget=budget,
            award_amount=budget * chance.randrange(86, 100) // 100, tenders=chance.randrange(1, 6), original_on=day,
        )  # fmt: skip


_PRINTED = {
    NoticeKind.TENDER: "{method}公告",
    NoticeKind.FAILED: "無法決標公告",
    NoticeKind.AWARD: "決標公告",
}
_PREFIX = {NoticeKind.TENDER: "T", NoticeKind.FAILED: "F", NoticeKind.AWARD: "A"}


def _notice(plan: Plan, case: TenderCase, kind: NoticeKind, day: date, turn: int, **says: Any) -> TenderNotice:
    method = _METHODS[plan.budget >= 1_000_000]
    key = f"DEMO-{_PREFIX[kind]}-{turn}"
    return TenderNotice(
        case=case,
        key=key,
        kind=kind,
        printed_type=_PRINTED[kind].format(method=method),
        published_on=day,
        title=plan.title,
        procurement_kind=plan.kind,
        classification=_CLASSIFIED[plan.kind],
        method=method,
        has_options=False if kind == NoticeKind.TENDER else None,
        raw={"說明": "示範資料，並非真實公告。"},
        digest=hashlib.sha256(f"{plan.number}/{key}".encode()).hexdigest(),
        source=CaseSource.DEMONSTRATION,
        **says,
    )
