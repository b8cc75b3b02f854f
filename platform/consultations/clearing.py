"""Reads of what still points at somebody in a page, before and after anybody decides about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from wagtail.models import Page

from .deidentify import find_marks
from .enums import FlagKind, FlagState
from .models import Consultation, PrivacyFlag, QuestionPage
from .richwords import plain_words

PLAIN_FIELDS = ("title", "seo_title", "search_description", "question")
RICH_FIELDS = ("answer",)
PUBLIC_FIELDS = (*PLAIN_FIELDS, *RICH_FIELDS, "slug")
_OWN_SLUG = re.compile(r"q\d+(-\d+)?")

_SCHOOL = re.compile("(?:國小|國中|高中|高工|高商|高農|小學|中學|學校|大學|幼兒園|一中|二中)$")
_TITLE = re.compile(
    "(?:先生|小姐|女士|科長|股長|課長|組長|隊長|所長|主任秘書|主任|秘書|校長|區長|里長|局長|處長|專員|科員|技士|工程師|建築師|技師|"
    "律師|會計師|老師|教授|議員|委員)$"
)
_OFFICE = re.compile("[區鄉鎮市]公所$")
_COMPANY = re.compile("(?:公司|企業社|工程行|土木包工業|事務所)$")


@dataclass(frozen=True)
class Passage:
    """A passage that stands in a page, wherever; `kind` and `text` are what a flag is known by."""

    kind: FlagKind
    text: str


@dataclass(frozen=True)
class Segment:
    """A piece of a text for the screen; `kind` is empty where nothing is marked."""

    text: str
    kind: str = ""


def public_words(page: QuestionPage) -> str:
    """Return every word of `page` that readers or search engines get to see."""
    words = [getattr(page, name) or "" for name in PLAIN_FIELDS]
    words += [plain_words(str(getattr(page, name) or "")) for name in RICH_FIELDS]
    if not _OWN_SLUG.fullmatch(page.slug or ""):
        words.append(page.slug or "")
    return "\n".join(words)


def passages_in(page: QuestionPage) -> list[Passage]:
    """Return the different passages of `page` that may give somebody away, in the order of the words."""
    longest = PrivacyFlag._meta.get_field("text").max_length
    return list(dict.fromkeys(Passage(mark.kind, mark.text[:longest]) for mark in find_marks(public_words(page))))


def open_passages(page: QuestionPage) -> list[Passage]:
    """Return the passages of `page`, as it is in memory, about which nobody has decided that they are harmless.

    An alias shows the words of its source, and what was decided about them.
    """
    passages = passages_in(page)
    if not passages:
        return []
    decided = PrivacyFlag.objects.filter(page=page.alias_of_id or page.pk, state=FlagState.HARMLESS)
    harmless = set(decided.values_list("kind", "text"))
    return [passage for passage in passages if (passage.kind, passage.text) not in harmless]


def page_of(case: Consultation) -> QuestionPage | None:
    """Return the page made of `case`, in the language in which cases are written."""
    return QuestionPage.objects.filter(
        consultation=case, alias_of=None, locale__language_code=settings.LANGUAGE_CODE
    ).first()


def flags_of(page: QuestionPage) -> list[PrivacyFlag]:
    """Return the flags of `page` in the order in which they were found, decided ones too."""
    return list(page.privacy_flags.select_related("decided_by__person").order_by("pk"))


def count_open(page: Page) -> int:
    """Return how many passages of the newest words of `page`, specific or not, wait for a decision."""
    return PrivacyFlag.objects.filter(page=page.pk, state=FlagState.OPEN).count()


def proposal_for(kind: str, text: str) -> str:
    """Return words that say as much as the passage without saying who: 西屯區公所 as 某區公所."""
    if kind == FlagKind.NAME:
        title = _TITLE.search(text)
        return "某廠商" if _COMPANY.search(text) else f"某{title[0]}" if title else "某承辦人"
    if kind == FlagKind.AGENCY:
        office = _OFFICE.search(text)
        return f"某{office[0]}" if office else "某學校" if _SCHOOL.search(text) else "某機關"
    return {
        FlagKind.PHONE: "（電話略）",
        FlagKind.EMAIL: "（電子郵件略）",
        FlagKind.NATIONAL_ID: "（證號略）",
        FlagKind.CASE_NUMBER: "（案號略）",
        FlagKind.ADDRESS: "（地址略）",
    }[FlagKind(kind)]


def segments_of(text: str, flags: list[PrivacyFlag]) -> list[Segment]:
    """Return `text` cut where one of the passages of `flags` stands, the longest first."""
    kinds = {flag.text: flag.kind for flag in flags}
    if not kinds:
        return [Segment(text)]
    pattern = re.compile("|".join(re.escape(passage) for passage in sorted(kinds, key=len, reverse=True)))
    found: list[Segment] = []
    done = 0
    for match in pattern.finditer(text):
        found += [Segment(text[done : match.start()]), Segment(match[0], kinds[match[0]])]
        done = match.end()
    return [segment for segment in [*found, Segment(text[done:])] if segment.text]
