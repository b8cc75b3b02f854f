"""The words of a case study as drafted from a diagnosed case, before an editor makes them their own.

No name of an agency, person or company and no case number stands in them by our doing: the agency is 某機關, and what
notices and people wrote is cleared of the names that the case itself tells. What is left, `website.privacy` flags.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.common_tags import rocdate
from library.enums import ProcurementKind
from library.models import Article, Subject
from library.references import find_references

from .enums import Failure, NoticeKind
from .models import Diagnosis, TaxonomyEntry, TenderCase, TenderNotice
from .timeline import TimelineEvent, events_of, followed_cases, short_amount

_LONGEST_TITLE, _LONGEST_SUMMARY = 120, 400

# What teaches it, by the stages of the taxonomy and by what is bought: numbers of the statutory subjects.
_SUBJECT_OF_STAGE = {"S1": "01", "S2": "01", "S3": "09", "S4": "02", "S5": "02", "S6": "11"}
_SUBJECT_OF_KIND = {ProcurementKind.WORKS: "08", ProcurementKind.GOODS: "07", ProcurementKind.SERVICES: "07"}


@dataclass(frozen=True)
class DraftedQuestion:
    """A question for the class and its model answer, as HTML."""

    question: str
    answer: SafeString


@dataclass(frozen=True)
class DraftedStudy:
    """All words of a draft; `facts`, `went_wrong` and `helped` are HTML."""

    title: str
    summary: str
    facts: SafeString
    events: list[TimelineEvent]
    went_wrong: SafeString
    helped: SafeString
    questions: list[DraftedQuestion]


def study_words(case: TenderCase, diagnosis: Diagnosis) -> DraftedStudy:
    """Return the words of a case study about `case`, in the language that is active."""
    chain = followed_cases(case)
    known = _Names(chain)
    events = [replace(event, label=known.cleared(event.label)) for event in events_of(case)]
    failures = sum(before.failures for before in chain)
    category, cause = diagnosis.category.name, diagnosis.cause.name
    title = ngettext(
        "%(category)s, no award at the first attempt: %(cause)s",
        "%(category)s, %(times)d times no award: %(cause)s",
        failures,
    ) % {"category": category, "times": failures, "cause": cause}
    return DraftedStudy(
        title=Truncator(known.cleared(title)).chars(_LONGEST_TITLE),
        summary=Truncator(known.cleared(_summary(case, diagnosis, failures))).chars(_LONGEST_SUMMARY),
        facts=_facts(case, chain, diagnosis, failures),
        events=events,
        went_wrong=_went_wrong(diagnosis, known),
        helped=_helped(case, diagnosis, known),
        questions=_questions(case, diagnosis, known),
    )


def articles_for(diagnosis: Diagnosis, words: DraftedStudy) -> list[Article]:
    """Return the articles that the sources of the diagnosis' entries and the drafted answers name, in their order."""
    entries = [diagnosis.pattern, diagnosis.cause, diagnosis.stage, *diagnosis.measures.all()]
    text = "\n".join([*(entry.source for entry in entries), *(str(item.answer) for item in words.questions)])
    numbers = {reference.article_id for reference in find_references(text)} - {0}
    return list(Article.objects.filter(pk__in=numbers).select_related("law").order_by("law", "order"))


def subjects_for(case: TenderCase, diagnosis: Diagnosis) -> list[Subject]:
    """Return the statutory subjects that teach the stage of the cause and this kind of procurement."""
    stage = diagnosis.cause.stage or diagnosis.stage
    codes = {_SUBJECT_OF_STAGE.get(stage.code), _SUBJECT_OF_KIND.get(ProcurementKind(case.kind)) if case.kind else None}
    return list(Subject.objects.filter(code__in=codes - {None}))


# --- the parts --------------------------------------------------------------------------------------


def _summary(case: TenderCase, diagnosis: Diagnosis, failures: int) -> str:
    told = _("An agency’s tender (%(category)s) failed %(times)d times. Main cause: %(cause)s.") % {
        "category": diagnosis.category.name, "times": failures, "cause": diagnosis.cause.name,
    }  # fmt: skip
    if case.awarded_on is None:
        return f"{told}{_('It has found no supplier yet.')}"
    return told + _("It was awarded on %(day)s.") % {"day": rocdate(case.awarded_on)}


def _facts(case: TenderCase, chain: list[TenderCase], diagnosis: Diagnosis, failures: int) -> SafeString:
    kind = case.get_kind_display() if case.kind else _("purchase")
    lines = [_("An agency buys (%(kind)s): %(category)s.") % {"kind": kind, "category": diagnosis.category.name}]
    if case.budget is not None:
        band = case.get_band_display() if case.band else _("band not known")
        lines.append(_("Budget %(amount)s (%(band)s).") % {"amount": short_amount(case.budget), "band": band})
    first = chain[0].first_notice_on
    if first is not None and case.last_failed_on is not None:
        lines.append(
            _("From the first notice on %(first)s until %(last)s it failed %(times)d times.")
            % {"first": rocdate(first), "last": rocdate(case.last_failed_on), "times": failures}
        )
    if len(chain) > 1:
        lines.append(_("It was tendered under %(number)d case numbers.") % {"number": len(chain)})
    if case.awarded_on is not None:
        awarded = _("It was awarded on %(day)s.") % {"day": rocdate(case.awarded_on)}
        if case.award_amount is not None:
            awarded = _("It was awarded on %(day)s for %(amount)s.") % {
                "day": rocdate(case.awarded_on), "amount": short_amount(case.award_amount),
            }  # fmt: skip
        if first is not None:
            awarded += _("That was %(days)d days after the first notice.") % {"days": (case.awarded_on - first).days}
        lines.append(awarded)
    lines.append(_("Names of agency and tenderers, and case numbers, are left out."))
    return _paragraphs(lines)


def _went_wrong(diagnosis: Diagnosis, known: _Names) -> SafeString:
    stage = (diagnosis.cause.stage or diagnosis.stage).name
    return _paragraphs(
        [
            _("Pattern: %(pattern)s.") % {"pattern": diagnosis.pattern.name},
            _("Main cause: %(cause)s (stage: %(stage)s).") % {"cause": diagnosis.cause.name, "stage": stage},
            *known.cleared(diagnosis.explanation).splitlines(),
        ]
    )


def _helped(case: TenderCase, diagnosis: Diagnosis, known: _Names) -> SafeString:
    lead = (
        _("What the review of the case proposes:")
        if case.awarded_on is None
        else _("What answers the cause, by the review of the case:")
    )
    change = known.cleared(case.change_before_award).splitlines()
    if change:
        change[0] = _("Changed before the award: %(change)s") % {"change": change[0]}
    return _paragraphs([lead]) + _items(diagnosis.measures.all()) + _paragraphs(change)


def _questions(case: TenderCase, diagnosis: Diagnosis, known: _Names) -> list[DraftedQuestion]:
    cause = diagnosis.cause
    stage = (cause.stage or diagnosis.stage).name
    seen = [
        _("The cause belongs to the stage “%(stage)s”: what is not put right there comes back at each tender.")
        % {"stage": stage},
        *known.cleared(diagnosis.explanation).splitlines(),
    ]
    if cause.question:
        seen.append(_("To ask before publishing: %(question)s") % {"question": cause.question})
    change = known.cleared(case.change_before_award).splitlines()
    done = [_("What was changed before the award in this case: %(change)s") % {"change": change[0]}] if change else []
    return [
        DraftedQuestion(
            _("What could have told the agency of “%(cause)s” before the first notice, and at which stage?")
            % {"cause": cause.name},
            _paragraphs(seen),
        ),
        DraftedQuestion(
            _("Which measures answer this cause? Which would you take first, and what does it cost in time?"),
            _paragraphs([_("These answer the cause:")]) + _items(diagnosis.measures.all()) + _paragraphs(done),
        ),
        _question_of_law(case),
    ]


def _question_of_law(case: TenderCase) -> DraftedQuestion:
    """Ask what the law allows after the way in which the case failed last."""
    last = TenderNotice.objects.filter(case=case, kind=NoticeKind.FAILED).order_by("published_on", "pk").last()
    failure = last.failure if last is not None else Failure.UNDECIDED
    if failure == Failure.SCRAPPED:
        return DraftedQuestion(
            _("After tenders were opened and none could be accepted: what does the law allow the next time?"),
            _paragraphs(
                [
                    _("On the same documents, the next tender counts as the second one (Enforcement Rules, Art. 56)."),
                    _("The Act says how often a price may be reduced, and when a tender is scrapped (Art. 53, 54)."),
                ]
            ),
        )
    if failure == Failure.NO_TENDERS:
        return DraftedQuestion(
            _("After fewer than three tenders: what does the law allow the second time, and what does it not heal?"),
            _paragraphs(
                [
                    _("The time may be shortened, and three tenderers are not needed any more (Act, Art. 48 II)."),
                    _("What counts as three qualified tenderers is ruled as well (Enforcement Rules, Art. 55)."),
                    _("That does not make a price or a time that nobody can keep any better: the cause remains."),
                ]
            ),
        )
    return DraftedQuestion(
        _("When may an agency not open or not award, though there are three tenders?"),
        _paragraphs([_("The law lists the cases (Act, Art. 48 I); what the notice states must be one of them.")]),
    )


def _paragraphs(lines: list[str]) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((line.strip(),) for line in lines if line.strip()))


def _items(entries: Iterable[TaxonomyEntry]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((entry.name,) for entry in entries)))


class _Names:
    """The names that a case and those it follows tell, and what stands for them."""

    def __init__(self, chain: list[TenderCase]) -> None:
        agency, tender = _("an agency"), _("this tender")
        words: dict[str, str] = {}
        for case in chain:
            words[case.agency_name] = agency
            if case.agency is not None:
                words[case.agency.name] = agency
                words |= dict.fromkeys(case.agency.former_names.values_list("name", flat=True), agency)
            words[case.title] = words[case.number] = tender
        self.words = {old: new for old, new in words.items() if len(old) > 1}

    def cleared(self, text: str) -> str:
        """Return `text` with the names replaced, the longest first, written with 台 or 臺."""
        for old in sorted(self.words, key=len, reverse=True):
            for spelling in {old, old.replace("臺", "台"), old.replace("台", "臺")}:
                text = text.replace(spelling, self.words[old])
        return text
