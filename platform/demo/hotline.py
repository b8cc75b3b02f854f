"""The hotline's log: the 691 cases of the year 107 that the city reported, and this year's; all of it invented.

Each case is a pair of question and answer from `content/consultations.json` with things, amounts and an opening of its
own. The number 691 is the city's (施政績效報告 107); who asked what is not known and is made up here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import F
from django.utils import timezone
from modelsearch.backends import get_search_backend

from accounts.enums import AgencyKind
from accounts.models import Agency, Person, User
from common.rocdates import roc_year
from consultations.enums import Channel, ConsultationState
from consultations.models import Consultation, ConsultationCounter, HotlineOfficer
from consultations.naming import parse_articles
from consultations.services.asking import answer_fingerprint
from consultations.services.patterns import ensure_error_patterns
from consultations.services.suggesting import reindex_cases
from library.models import Law, LawAlias, Subject
from library.services import record_summary
from qualifications.enums import Level
from qualifications.models import QualificationRecord

from .pages import read
from .people import invented_names
from .year107 import at

FIRST_OFFICER_NAME = 1180
"""Where in the invented names the officers begin: past everybody else."""

MONTHS_BACK = 15
"""How far back this year's cases reach, so that the trends have a last year to look at."""

RISING = {"14": 16.0, "11": 5.0}
FALLING = {"09": 0.4, "02": 0.6, "07": 0.5}
"""How many times as often the cases of a subject come in the last three months."""

CASES_BEFORE = {0: 62, 1: 32, 2: 6}
CASES_NOW = {0: 42, 1: 40, 2: 18}
"""How many cases a day of this year brings, as shares of the days."""

KIND_SHARES = {
    AgencyKind.SCHOOL: 40,
    AgencyKind.BUREAU: 24,
    AgencyKind.DISTRICT_OFFICE: 20,
    AgencyKind.SUBORDINATE: 16,
}
CHANNELS_107 = {Channel.PHONE: 84, Channel.EMAIL: 9, Channel.VISIT: 4, Channel.LETTER: 3}
CHANNELS_NOW = {Channel.PHONE: 68, Channel.FORM: 18, Channel.EMAIL: 8, Channel.VISIT: 4, Channel.LETTER: 2}


def lay() -> None:
    """Lay officers, the articles that answers cite, and the cases of both times; then words and search index."""
    content = read("consultations")
    ensure_error_patterns()
    _lay_articles(content)
    officers = _lay_officers()
    desk = HotlineOfficer.objects.get(person__email="officer@demo.test")
    chance = random.Random(107)
    writer = _Writer(content, chance)
    cases = [*_year_107(content, writer, officers), *_this_year(content, writer, [desk, *officers], desk)]
    _store(cases, writer)
    Consultation.objects.create(
        channel=Channel.PHONE, officer=desk, asked_at=timezone.now() - timedelta(minutes=20), source=content["source"],
        caller_name="陳小姐",
    )  # fmt: skip  # an entry just begun: a draft is never counted


@dataclass
class _Writer:
    """Makes cases of pairs; never the same question twice. `cited` are the articles (keys) of each question."""

    content: dict[str, Any]
    chance: random.Random
    cited: dict[str, list[int]] = field(default_factory=dict)
    _articles: dict[str, list[int]] = field(default_factory=dict)

    @cached_property
    def agencies(self) -> dict[str, list[Agency]]:
        found: dict[str, list[Agency]] = {}
        for agency in Agency.objects.exclude(parent=None).order_by("pk"):
            found.setdefault(agency.kind, []).append(agency)
        return found

    @cached_property
    def subjects(self) -> dict[str, Subject]:
        return {subject.code: subject for subject in Subject.objects.all()}

    @cached_property
    def patterns(self) -> dict[str, Any]:
        return {pattern.code: pattern for pattern in ensure_error_patterns()}

    def pick(self, shares: dict[Any, int]) -> Any:
        return self.chance.choices(list(shares), weights=list(shares.values()))[0]

    def case(self, pair: dict[str, Any], asked_at: datetime, *, channel: str, officer: HotlineOfficer) -> Consultation:
        """Return an answered case of `pair`, without its number."""
        kind = pair.get("asked_by") or self.pick(KIND_SHARES)
        agency = self.chance.choice(self.agencies[kind])
        question, answer = self._words(pair, kind)
        low, high = pair["minutes"]
        minutes = self.chance.randint(low, high)
        self.cited[question] = self._articles_of(pair["articles"])
        takes = timedelta(minutes=minutes)
        if channel in (Channel.EMAIL, Channel.FORM):
            takes = timedelta(hours=self.chance.randint(1, 6))
        elif channel == Channel.LETTER:
            takes = timedelta(days=7)
        name = self.chance.choice(self.content["surnames"]) + self.chance.choice(self.content["callers"])
        follow_up = self.chance.choice(self.content["follow_ups"]) if self.chance.random() < 0.08 else ""
        return Consultation(
            state=ConsultationState.ANSWERED,
            channel=channel,
            asked_at=asked_at,
            answered_at=_in_office_hours(asked_at + takes),
            question=question,
            answer=answer,
            minutes=minutes,
            subject=self.subjects[pair["subject"]],
            error_pattern=self.patterns[pair["error_pattern"]] if pair["error_pattern"] else None,
            articles_named=pair["articles"],
            agency=agency,
            caller_name=name,
            officer=officer,
            follow_up=follow_up,
            source=self.content["source"],
        )

    def _words(self, pair: dict[str, Any], kind: str) -> tuple[str, str]:
        openings = self.content["openings"]
        own = [] if pair.get("asked_by") else openings.get(kind, [])
        for _attempt in range(200):
            words = {key: self.chance.choice(choices) for key, choices in self.content["words"].items()}
            opening = self.chance.choice([*openings[""], *own, *own])
            question = opening + pair["question"].format(**words) + self.chance.choice(self.content["closings"])
            if question not in self.cited:
                return question, pair["answer"].format(**words)
        raise ValueError(f"the pair {pair['key']} has no words left")

    def _articles_of(self, named: str) -> list[int]:
        if named not in self._articles:
            self._articles[named] = parse_articles(named).article_ids
        return self._articles[named]


def _year_107(content: dict[str, Any], writer: _Writer, officers: Sequence[HotlineOfficer]) -> Iterator[Consultation]:
    """Yield the 691 cases of 2018 in the order they came, numbered."""
    pairs = [pair for pair in content["pairs"] if pair.get("since", 0) <= 2018]
    holidays = {date.fromisoformat(day) for day in content["holidays_107"]}
    number = 0
    for month, count in enumerate(content["cases_by_month_107"], 1):
        days = [day for day in _weekdays(date(2018, month, 1), _month_end(2018, month)) if day not in holidays]
        for moment in _moments(days, count, writer.chance):
            number += 1
            officer = officers[(moment.toordinal() + (moment.hour > 12)) % len(officers)]
            case = writer.case(writer.chance.choice(pairs), moment, channel=writer.pick(CHANNELS_107), officer=officer)
            case.number = f"107-{number:04}"
            case.source = content["source_107"]
            yield case
    ConsultationCounter.objects.update_or_create(roc_year=107, defaults={"last": number})


def _this_year(
    content: dict[str, Any], writer: _Writer, officers: Sequence[HotlineOfficer], desk: HotlineOfficer
) -> Iterator[Consultation]:
    """Yield the cases of the last fifteen months, the newest of them open; numbered on from what is there."""
    today = timezone.localdate()
    first = _month_start(today, MONTHS_BACK)
    recent = _month_start(today, 3)  # the last three whole months, and the days since
    cases = []
    for day in _weekdays(first, today - timedelta(days=1)):
        is_recent = day >= recent
        officer = officers[day.toordinal() % len(officers)]
        for moment in _moments([day], writer.pick(CASES_NOW if is_recent else CASES_BEFORE), writer.chance):
            case = writer.case(
                _pair_of_the_season(content["pairs"], writer, is_recent=is_recent),
                moment, channel=writer.pick(CHANNELS_NOW), officer=officer,
            )  # fmt: skip
            if case.channel in (Channel.FORM, Channel.EMAIL) and writer.chance.random() < 0.5:
                case.has_helped = writer.chance.random() < 0.8
                case.helped_at = moment + timedelta(days=1)
                case.helped_note = "" if case.has_helped else writer.chance.choice(content["helped_notes"])
            cases.append(case)
    answered, waiting = cases[:-6], cases[-6:]
    by_form = [case for case in answered if case.channel == Channel.FORM]
    _ask_from_account(by_form[-2:], "trainee@demo.test")
    _ask_from_account(by_form[-4:-2], "contact@demo.test")
    _ask_from_account(waiting[-1:], "trainee@demo.test")
    _leave_open(waiting, today, desk)
    last: dict[int, int] = dict(ConsultationCounter.objects.values_list("roc_year", "last"))
    for case in cases:
        year = roc_year(timezone.localtime(case.asked_at))
        last[year] = last.get(year, 0) + 1
        case.number = f"{year}-{last[year]:04}"
        yield case
    for year, number in last.items():
        ConsultationCounter.objects.update_or_create(roc_year=year, defaults={"last": number})


def _pair_of_the_season(pairs: Sequence[dict[str, Any]], writer: _Writer, *, is_recent: bool) -> dict[str, Any]:
    """Return one of `pairs`; lately some subjects come more often than before, and some less."""
    changes = {**RISING, **FALLING} if is_recent else {}
    weights = [changes.get(pair["subject"], 1.0) for pair in pairs]
    return writer.chance.choices(pairs, weights=weights)[0]


def _ask_from_account(cases: Sequence[Consultation], email: str) -> None:
    """Let `cases` have been asked by form from an account, so that My questions has something to show."""
    user = User.objects.get(email=email)
    person = Person.objects.select_related("agency").get(email=email)
    for case, has_helped in zip(cases, (True, None), strict=False):
        case.channel, case.agency = Channel.FORM, person.agency
        case.asked_by, case.caller, case.caller_name = user, person, person.name
        case.mailed_answer = answer_fingerprint(case.answer)
        case.has_helped, case.helped_note = has_helped, ""
        case.helped_at = case.answered_at if has_helped else None


def _leave_open(cases: Sequence[Consultation], today: date, desk: HotlineOfficer) -> None:
    """Leave the newest cases without an answer: two promises overdue, two due, two without one."""
    promises = [today - timedelta(days=3), today - timedelta(days=1), today, _next_weekday(today), None, None]
    for index, (case, promised) in enumerate(zip(cases, promises, strict=True)):
        case.state = ConsultationState.OPEN
        case.answer, case.answered_at, case.follow_up, case.mailed_answer = "", None, "", ""
        case.has_helped, case.helped_at, case.helped_note = None, None, ""
        case.promised_for = promised
        if promised is not None:
            case.follow_up = "已答應查證後回覆。"
            case.caller_contact = f"分機 {301 + index}（示範）"
        if index % 2 == 0:
            case.officer = desk


def _store(cases: list[Consultation], writer: _Writer) -> None:
    """Write all at once: cases, the articles they cite, the words of similar cases, the search index."""
    Consultation.objects.bulk_create(cases, batch_size=500)
    Consultation.objects.update(created_at=F("asked_at"), changed_at=F("asked_at"))
    cites = Consultation.articles.through
    cites.objects.bulk_create(
        [
            cites(consultation_id=case.pk, article_id=article)
            for case in cases
            for article in writer.cited[case.question]
        ],
        batch_size=2000,
    )
    reindex_cases()
    get_search_backend().get_index_for_model(Consultation).add_items(
        Consultation, list(Consultation.objects.exclude(state=ConsultationState.DRAFT))
    )


def _lay_articles(content: dict[str, Any]) -> None:
    """Lay the articles that answers cite and the other layers do not, as summaries in our own words."""
    known = {law["pcode"]: law for law in [*read("articles")["laws"], *content["laws"]]}
    for article in content["articles"]:
        law = known[article["pcode"]]
        record_summary(
            pcode=law["pcode"],
            law_name=law["name"],
            law_name_en=law["name_en"],
            amended_on=date.fromisoformat(law["amended_on"]),
            number=article["number"],
            text=article["summary"],
            by=None,
        )
    for law in content["laws"]:
        LawAlias.objects.get_or_create(name=law["name"], defaults={"law": Law.objects.get(pcode=law["pcode"])})


def _lay_officers() -> list[HotlineOfficer]:
    """Lay five officers with the certificate that the rota demands."""
    office = Agency.objects.get(name="臺中市政府秘書處")
    names = list(islice(invented_names(), FIRST_OFFICER_NAME, FIRST_OFFICER_NAME + 5))
    people = Person.objects.bulk_create(
        Person(name=name, job_title="專員", agency=office, agency_confirmed_at=timezone.now()) for name in names
    )
    QualificationRecord.objects.bulk_create(
        QualificationRecord(
            person=person, level=Level.BASIC, number=f"示範（105）字第 {index:05} 號", issued_on=date(2016, 6, index),
            source="示範資料",
        )
        for index, person in enumerate(people, 1)
    )  # fmt: skip
    return HotlineOfficer.objects.bulk_create(
        HotlineOfficer(person=person, order=order) for order, person in enumerate(people, 2)
    )


def _moments(days: Sequence[date], count: int, chance: random.Random) -> list[datetime]:
    """Return `count` moments in office hours on `days`, in order, more of them in the morning."""
    hours = [9, 9, 10, 10, 10, 11, 11, 14, 14, 15, 15, 16]
    moments = [at(chance.choice(days), chance.choice(hours)) for _ in range(count)]
    return sorted(moment + timedelta(minutes=chance.randrange(60)) for moment in moments)


def _weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def _in_office_hours(moment: datetime) -> datetime:
    """Return `moment`, or what falls into the evening or a weekend in the next morning of work."""
    local = timezone.localtime(moment)
    if local.weekday() < 5 and local.hour < 17:
        return moment
    return at(_next_weekday(local.date()), 9, local.minute)


def _next_weekday(day: date) -> date:
    return _weekdays(day + timedelta(days=1), day + timedelta(days=4))[0]


def _month_start(day: date, months_back: int) -> date:
    index = day.year * 12 + day.month - 1 - months_back
    return date(index // 12, index % 12 + 1, 1)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
