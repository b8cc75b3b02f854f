"""Reads of what still points at somebody in a page, before and after anybody decides about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wagtail.models import Page

from .deidentify import find_marks
from .enums import ONE_BY_ONE, FlagKind, FlagState
from .models import PassageFlag
from .registry import OF_EVERY_PAGE, check_of
from .richwords import plain_words
from .streamwords import stream_words

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


def words_by_field(page: Page) -> dict[str, str]:
    """Return the public words of the specific `page` by field, in the order of the registry; no slug made by code.

    A page of a type that is not checked has none.
    """
    check = check_of(page)
    if check is None:
        return {}
    words = {name: getattr(page, name) or "" for name in check.plain_fields}
    words |= {name: plain_words(str(getattr(page, name) or "")) for name in check.rich}
    words |= {name: stream_words(getattr(page, name), blocks) for name, blocks in check.stream.items()}
    if not check.made_slug(page.slug or ""):
        words["slug"] = page.slug or ""
    return words


def public_words(page: Page) -> str:
    """Return every word of the specific `page` that readers or search engines get to see."""
    return "\n".join(words_by_field(page).values())


def passages_in(page: Page) -> list[Passage]:
    """Return the different passages of `page` that may give somebody away, in the order of the words."""
    longest = PassageFlag._meta.get_field("text").max_length
    return list(dict.fromkeys(Passage(mark.kind, mark.text[:longest]) for mark in find_marks(public_words(page))))


def open_passages(page: Page) -> list[Passage]:
    """Return the passages of `page`, as it is in memory, about which nobody has decided that they are harmless.

    An alias shows the words of its source, and what was decided about them.
    """
    passages = passages_in(page)
    if not passages:
        return []
    decided = PassageFlag.objects.filter(page=page.alias_of_id or page.pk, state=FlagState.HARMLESS)
    harmless = set(decided.values_list("kind", "text"))
    return [passage for passage in passages if (passage.kind, passage.text) not in harmless]


def flags_of(page: Page) -> list[PassageFlag]:
    """Return the flags of `page` in the order in which they were found, decided ones too."""
    return list(PassageFlag.objects.filter(page=page.pk).select_related("decided_by__person").order_by("pk"))


def count_open(page: Page) -> int:
    """Return how many passages of the newest words of `page`, specific or not, wait for a decision."""
    return PassageFlag.objects.filter(page=page.pk, state=FlagState.OPEN).count()


def decided_together(page: Page) -> frozenset[FlagKind]:
    """Return the kinds of which several passages of `page` may be found harmless at once."""
    check = check_of(page)
    return check.together - ONE_BY_ONE if check is not None else frozenset()


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


def segments_of(text: str, flags: list[PassageFlag]) -> list[Segment]:
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


def paragraphs_of(text: str, flags: list[PassageFlag]) -> list[list[Segment]]:
    """Return each line of `text` that says something, cut as `segments_of` does."""
    return [segments_of(line, flags) for line in text.splitlines() if line.strip()]


def for_search_engines(words: dict[str, str]) -> str:
    """Return those of `words_by_field` that only search engines show, each on a line."""
    return "\n".join(words[name] for name in (*OF_EVERY_PAGE[1:], "slug") if words.get(name))
