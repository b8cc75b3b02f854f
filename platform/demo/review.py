"""Why the invented tenders failed, and the review group that looks into it; all of it invented."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency, Person, User
from casestudies.enums import CaseSource, Dimension, NoticeKind
from casestudies.models import AgendaItem, Diagnosis, Listing, MeetingMember, ReviewMeeting, TaxonomyEntry, TenderCase
from casestudies.services.agenda import put_on_agenda, write_item
from casestudies.services.checklists import begin_checklist
from casestudies.services.committee import add_member
from casestudies.services.decisions import add_decision, finish_decision
from casestudies.services.diagnosing import diagnose
from casestudies.services.listing import close_listing
from casestudies.services.meetings import (
    close_meeting,
    convene_meeting,
    plan_meeting,
    record_presence,
    write_minutes,
)
from casestudies.services.opinions import write_opinion
from casestudies.taxonomies import current_edition
from common.rocdates import roc_year
from library.enums import ProcurementKind

from .people import MEMBER, invented_names
from .year107 import at

FIRST_NAME = 1186
"""Where in the invented names the members begin: past everybody else."""

LEFT_TO_DIAGNOSE = 4
"""How many of the newest listed cases wait for a diagnosis."""

YEAR_107 = 2018

PLACE = "臺灣大道市政大樓（示範）"

# how often each cause was the main one, among invented works
CAUSES = {
    "B01": 30, "B02": 9, "B03": 3, "B04": 12, "B05": 4, "B06": 14, "B07": 5, "B08": 6, "B09": 8, "B10": 4, "B11": 4,
    "B12": 8, "B13": 4, "B14": 4, "B15": 11, "B16": 3, "B17": 3, "B18": 5,
}  # fmt: skip
SHOWN_BY = {
    "B01": "電洽三家廠商，均表示預算單價低於市場行情，尤以模板及鋼筋差距最大。",
    "B02": "預算核定至公告相隔十一個月，期間營造工程物價指數上升，預算未隨之檢討。",
    "B03": "公告後需求單位增列項目，招標文件與核定計畫不符。",
    "B04": "設計圖說之材料等級高於預算所列，廠商反映無法於預算內施作。",
    "B05": "圖說未標示既有管線，廠商現勘後評估須另行遷移，均未投標。",
    "B06": "工期未扣除上課日及雨天，實際可施工日數僅約六成。",
    "B07": "規格書指定之尺寸僅一家廠牌符合，且未載明得採同等品。",
    "B08": "十二校併案招標，單一廠商難以同時調度人力。",
    "B09": "工項零星且分散於五處，廠商反映不敷管理成本。",
    "B10": "須於營運中之館舍分區施工，介面複雜，廠商評估風險過高。",
    "B11": "工區位於山區，運距長且雨季集中，廠商投標意願低。",
    "B12": "逾期違約金未設合理上限，且未列物價調整條款。",
    "B13": "要求具備五年內同類工程實績，金額門檻高於本案預算。",
    "B14": "單價分析表與標單數量不一致，等標期間釋疑三次。",
    "B15": "鄰近科學園區擴建同期發包，廠商反映工班不足。",
    "B16": "等標期跨越連續假期，廠商估價時間不足。",
    "B17": "投標廠商漏附切結書，資格審查均不合格。",
    "B18": "三次比減價格後，最低標仍高於底價約百分之七。",
}  # fmt: skip
CATEGORIES = (
    ("校舍", "A02"), ("廁所", "A02"), ("圖書館", "A02"), ("球場", "A01"), ("操場", "A08"), ("道路", "A03"),
    ("人行道", "A03"), ("排水", "A04"), ("野溪", "A05"), ("公園", "A06"), ("活動中心", "A01"),
)  # fmt: skip
PATTERNS = (
    ("無廠商投標或", "T01"), ("無廠商", "T01"), ("未達三家", "T02"), ("底價", "T04"), ("資格", "T03"),
    ("變更招標文件", "T07"), ("廢標", "T05"),
)  # fmt: skip
OPINIONS = (
    "建議重新訪價，並說明單價與同期決標案件之差異；預算如無法追加，應先檢討工項優先順序，不宜原條件再行招標。",
    "工期請以實際可施工日數估算，並於招標文件載明展延條件。",
    "同意機關檢討方向。請併同檢視契約之違約金上限與付款條件，減少廠商報價中的風險加成。",
    "建議先辦理公開閱覽，主動洽詢同業公會意見，再行公告。",
)


class Seat(NamedTuple):
    """A member to invent."""

    organisation: str
    expertise: str
    is_external: bool
    is_chair: bool = False


SEATS = (
    Seat("臺中市政府秘書處", "採購行政", is_external=False, is_chair=True),
    Seat("臺中市政府主計處", "預算", is_external=False),
    Seat("示範科技大學營建工程系", "營建管理", is_external=True),
    Seat("示範土木技師公會", "工程估價", is_external=True),
)


def lay() -> None:
    """Diagnose the failed cases, but for the newest; hold one meeting and call the next."""
    admin = User.objects.get(email="admin@demo.test")
    listed = list(_cases(listing__isnull=False).order_by("listing__listed_on", "pk"))
    _diagnose(listed[:-LEFT_TO_DIAGNOSE], admin)
    _diagnose(_cases(Q(listing=None), failures__gt=0, first_notice_on__year__gte=timezone.localdate().year - 2), admin)
    _close([case for case in listed if case.first_notice_on and case.first_notice_on.year == YEAR_107], admin)
    _lay_members(admin)
    recent = [case for case in listed if case.awarded_on is None and case.last_failed_on][-7:]
    _hold(recent[:3], admin)
    _call(recent[3:6], admin)
    _fill_checklist()


def _cases(*conditions: Q, **also: object) -> QuerySet[TenderCase]:
    return TenderCase.objects.of_the_city().filter(*conditions, source=CaseSource.DEMONSTRATION, **also)


def _diagnose(cases: Iterable[TenderCase], by: User) -> None:
    edition = current_edition()
    entries = {(e.dimension, e.code): e for e in TaxonomyEntry.objects.filter(edition=edition).select_related("stage")}
    chance = random.Random(1586)
    for case in cases:
        evidence = case.notices.filter(kind=NoticeKind.FAILED).latest("published_on")
        cause = _cause(chance, case, evidence.reason, entries)
        stage = cause.stage or entries[Dimension.STAGE, "S1"]
        made = diagnose(
            case=case,
            category=entries[Dimension.CATEGORY, _category(case)],
            stage=stage,
            pattern=entries[Dimension.PATTERN, _first(PATTERNS, evidence.reason, "T08")],
            cause=cause,
            measures=list(cause.measures.all())[:2],
            explanation=f"（示範）{SHOWN_BY[cause.code]}",
            evidence=evidence,
            by=by,
        )
        day = min(evidence.published_on + timedelta(days=21), timezone.localdate())
        Diagnosis.objects.filter(pk=made.pk).update(diagnosed_on=day)


def _close(cases: Iterable[TenderCase], by: User) -> None:
    """Close the listings of 107 with what came of them: nobody follows cases of years ago."""
    for case in cases:
        if case.awarded_on is None:
            outcome, day = "（示範）機關檢討後停辦，預算流用至次年度。", case.last_failed_on
        else:
            outcome, day = f"（示範）決標：{case.change_before_award}", case.awarded_on
        close_listing(listing=case.listing, outcome=outcome, by=by)
        Listing.objects.filter(case=case).update(closed_on=day)


def _cause(
    chance: random.Random, case: TenderCase, reason: str, entries: dict[tuple[str, str], TaxonomyEntry]
) -> TaxonomyEntry:
    if "底價" in reason:
        return entries[Dimension.CAUSE, "B18"]
    if "資格" in reason:
        return entries[Dimension.CAUSE, "B17"]
    codes = [code for code in CAUSES if entries[Dimension.CAUSE, code].applies_to(case.kind)]
    code = chance.choices(codes, [CAUSES[code] for code in codes])[0]
    return entries[Dimension.CAUSE, code]


def _category(case: TenderCase) -> str:
    if case.kind == ProcurementKind.WORKS:
        return _first(CATEGORIES, case.title, "A08")
    return "A09" if case.kind == ProcurementKind.GOODS else "A10"


def _first(rules: Sequence[tuple[str, str]], text: str, otherwise: str) -> str:
    return next((code for word, code in rules if word in text), otherwise)


def _lay_members(by: User) -> None:
    names = islice(invented_names(), FIRST_NAME, FIRST_NAME + len(SEATS))
    for name, seat in zip(names, SEATS, strict=True):
        agency = None if seat.is_external else Agency.objects.get(name=seat.organisation)
        person = Person.objects.create(
            name=name, agency=agency, agency_confirmed_at=timezone.now() if agency else None,
            job_title="教授" if "大學" in seat.organisation else "技師" if seat.is_external else "處長",
        )  # fmt: skip
        add_member(
            person=person, is_external=seat.is_external, is_chair=seat.is_chair, organisation=seat.organisation,
            expertise=seat.expertise, by=by,
        )  # fmt: skip
    add_member(person=Person.objects.get(email=MEMBER.email), organisation=MEMBER.agency, expertise="工程管理", by=by)


def _plan(number: int, day: date, hour: int, cases: Sequence[TenderCase], by: User) -> ReviewMeeting:
    meeting = plan_meeting(
        name=f"{roc_year(day)} 年第 {number} 次督導會議（示範）", starts_at=at(day, hour), place=PLACE,
        recorder="管範例", by=by,
    )  # fmt: skip
    put_on_agenda(meeting=meeting, cases=cases, by=by)
    convene_meeting(meeting=meeting, by=by)
    meeting.refresh_from_db()
    return meeting


def _hold(cases: Sequence[TenderCase], by: User) -> None:
    """Hold a meeting five weeks ago: of its decisions one is done, one overdue, one still open."""
    day = _workday(timezone.localdate() - timedelta(days=35))
    meeting = _plan(1, day, 14, cases, by)
    places = list(MeetingMember.objects.filter(meeting=meeting).select_related("member__person"))
    for turn, item in enumerate(AgendaItem.objects.filter(meeting=meeting)):
        for offset, place in enumerate(places[1:4]):
            write_opinion(item=item, place=place, text=OPINIONS[(turn + offset) % len(OPINIONS)], version=0, by=by)
        write_item(
            item=item, summary=item.summary,
            conclusion="請機關依委員意見檢討後再行招標，並於期限內將檢討結果送秘書處。", by=by,
        )  # fmt: skip
        days = (21, 28, 75)[turn % 3]
        add_decision(
            meeting=meeting, item=item, text="重新訪價並檢討工期，將檢討結果及修正後招標文件送秘書處備查。",
            owner=Agency.objects.get(pk=item.case.agency_id), due_on=day + timedelta(days=days), by=by,
        )  # fmt: skip
    write_minutes(
        meeting=meeting, opening="請各機關說明流標原因時，附上訪價紀錄與廠商意見，以利委員判斷。",
        closing="下次會議請一併提報前次決議之辦理情形。", ended_at=at(day, 16, 10), by=by,
    )  # fmt: skip
    record_presence(meeting=meeting, presence={place.pk: number != 3 for number, place in enumerate(places)}, by=by)
    close_meeting(meeting=meeting, by=by)
    first = meeting.decisions.earliest("due_on")
    finish_decision(
        decision=first,
        done_on=day + timedelta(days=18),
        done_note="已完成訪價並調整預算，修正後招標文件已送達。",
        by=by,
    )


def _call(cases: Sequence[TenderCase], by: User) -> None:
    """Call the next meeting, on which members write their opinions now."""
    _plan(2, _workday(timezone.localdate() + timedelta(days=9)), 10, cases, by)


def _fill_checklist() -> None:
    """Let trainee@demo.test have begun a checklist: two points are done, one is not yet."""
    answers = {
        "B01": {"answer": "yes", "note": "已訪價三家，單價分析表附卷。"},
        "B06": {"answer": "no", "note": "待使用單位確認可施工時段。"},
        "B13": {"answer": "yes", "note": ""},
    }
    owner = User.objects.get(email="trainee@demo.test")
    begin_checklist(
        owner=owner, kind=ProcurementKind.WORKS, answers=answers, title="（示範）辦公廳舍屋頂防水工程",
        agency_name="臺中市政府環境保護局", amount=6_800_000,
    )  # fmt: skip


def _workday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))
