"""Finding the passages of a text that may give somebody away, before it is published.

What is found is only marked; a person decides about each. Better one mark too many than one too few, but laws,
article numbers, amounts, dates and general words (機關, 本校, 廠商) are left alone. Full-width and half-width
characters are the same, and so are 台 and 臺.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .enums import FlagKind
from .known_names import agencies_in, is_part_of_rule, people_in
from .name_words import COMPANY, NAMED_AFTER_ROLE, NAMED_BEFORE_TITLE, NAMED_IN_PART, NOT_A_NAME, SCHOOL_OR_OFFICE

_HAN = "一-鿿"
_DASH = r"[-－–—‐−―]"
_GAP = rf"(?:\s|{_DASH})?"
_NUMBER = r"[0-9一二三四五六七八九十百千〇○零]+"

_SAME = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, ord("台"): ord("臺")}
# characters that nobody sees and that would tear a number apart: they count as a space
_SAME |= {ord("\n"): ord("。"), ord("\r"): ord("。")}  # nothing reaches over the end of a line
_SAME |= dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), 0x20)

_NATIONAL_ID = re.compile(
    rf"(?<![A-Za-z0-9])(?:[A-Za-z]{_GAP}[0-9](?:{_GAP}[0-9]){{8}}|[A-Za-z]{{2}}{_GAP}[0-9](?:{_GAP}[0-9]){{7}}"
    # a masked one still tells
    r"|[A-Za-z][0-9]{2,8}[*○●xX]{2,8}[0-9]{0,4})(?![A-Za-z0-9])"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]+\s?(?:@|[(\[]\s?at\s?[)\]])\s?[A-Za-z0-9-]+(?:\s?(?:\.|[(\[]\s?dot\s?[)\]])\s?[A-Za-z0-9-]+)+",
    re.IGNORECASE,
)
_NO_UNIT = r"(?!\s?[元萬億人件份頁年月日時公平噸坪%])"
_EXTENSION = r"(?:\s?(?:\#|轉|分機|ext\.?)\s?:?\s?[0-9]{1,6}(?:\s?[、,/]\s?[0-9]{2,6})*)"
_PHONE = re.compile(
    rf"""(?<![0-9A-Za-z.])(?:
        \+\s?886{_GAP}\(?0?\)?{_GAP}[0-9]{{1,3}}\)?(?:{_GAP}[0-9]){{5,8}}   # from abroad
      | 886{_DASH}[0-9]{{1,3}}(?:{_GAP}[0-9]){{5,8}}
      | 09[0-9]{{2}}(?:{_GAP}[0-9]){{6}}                                     # mobile
      | \(\s?0[2-9][0-9]{{0,2}}\s?\){_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{3,4}}     # area in brackets
      | 0[2-8][0-9]{{0,2}}{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{3,4}}
      | (?!(?:19|20)[0-9]{{2}}{_DASH}(?:19|20))[2-9][0-9]{{3}}{_DASH}[0-9]{{4}}{_NO_UNIT}  # no area; not 2024-2025
      )(?![0-9]|,[0-9]|\.[0-9]){_EXTENSION}?
    | (?:分機|ext\.)\s?[:為是]?\s?\#?[0-9]{{2,6}}                             # nothing but the extension
    | (?<=電話|專線|手機|傳真|號碼|市話|總機)\s?[:為是]?\s?\(?[0-9](?:[\s()-]?[0-9]){{5,11}}{_EXTENSION}?
    | [〇○零][二三四五六七八九][〇○零一二三四五六七八九\s-]{{6,12}}(?![{_HAN}]?[年月日條項款])  # spelt out
    """,
    re.VERBOSE | re.IGNORECASE,
)
# interpretations of the competent authority and judgments are public sources that an answer must name
_PUBLIC_SOURCE = re.compile(
    rf"(?:工程(?:會)?[企訴管技秘]{{1,2}}字|院[臺]?[{_HAN}]{{0,6}}字|釋字|憲判字|法[律政檢]{{1,2}}(?:決)?字|主[預會]{{1,2}}[{_HAN}]{{0,3}}字"
    rf"|[0-9]{{2,3}}\s?年度?\s?[{_HAN}]{{1,6}}字)\s?第\s?[0-9]+\s?號"
)
_CASE_NUMBER = re.compile(
    rf"""(?:
        (?<=案號|編號|字號|文號|標號|號碼|序號|收文)\s?[:為是]?\s?
            (?P<labelled>(?=[A-Za-z0-9/_-]*[0-9])[A-Za-z0-9][A-Za-z0-9/_.-]{{2,29}})
      | (?P<office>(?:(?![依查按據奉以經與及])[{_HAN}]){{1,9}}字\s?第\s?[0-9]{{5,12}}(?:-[0-9]+)?\s?號)
      | (?P<long>第\s?[0-9]{{8,12}}\s?號)
      | (?P<dashed>第\s?[A-Za-z]{{0,4}}[0-9]{{2,8}}-[A-Za-z0-9-]{{1,12}}\s?號)
      | (?<![A-Za-z0-9-])(?P<coded>
            [A-Za-z]{{0,4}}(?:9[0-9]|1[0-4][0-9])-?[A-Za-z]{{1,3}}-?[0-9]{{1,6}}(?:-[A-Za-z0-9]{{1,6}})*  # 115D26
          | 1[0-4][0-9](?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])-[A-Za-z0-9]{{1,6}}               # 1150423-A
          | (?!CNS|ISO|ASTM|JIS|IEC|EN|NTD?|TWD|USD)                                          # TC1150423
            [A-Za-z]{{1,5}}-?1[0-4][0-9][0-9]{{2,8}}(?:-[A-Za-z0-9]{{1,6}})*
          | 1[0-4][0-9]-[0-9]{{4,5}}(?:-[0-9]{{1,3}})?{_NO_UNIT}                              # 115-0042
        )(?![A-Za-z0-9-])
    )""",
    re.VERBOSE,
)
_ROAD = rf"(?:(?![於在至到址由從設為的之及與和住])[{_HAN}0-9]){{1,5}}?(?:大道|路|街)"
_PLACE = (
    rf"(?:[{_HAN}]{{2}}[市縣]\s?)?(?:[{_HAN}]{{1,3}}[區鄉鎮市]\s?)?(?:[{_HAN}]{{1,3}}[里村]\s?)?(?:{_NUMBER}\s?鄰\s?)?"
)
_HOUSE = (
    rf"{_NUMBER}(?:\s?[-之]\s?{_NUMBER})?\s?號"
    rf"(?:\s?(?:地下)?{_NUMBER}\s?樓(?:\s?之\s?{_NUMBER})?)?(?:\s?[A-Z0-9]+\s?室)?"
)
_ADDRESS = re.compile(
    rf"{_PLACE}{_ROAD}\s?(?:{_NUMBER}\s?段\s?)?"
    rf"(?:{_NUMBER}\s?巷\s?(?:{_NUMBER}\s?弄\s?)?(?:{_HOUSE})?|{_HOUSE})"
    rf"|(?:[{_HAN}]{{1,3}}[區鄉鎮市])[{_HAN}]{{1,3}}[里村]\s?(?:{_NUMBER}\s?鄰\s?)?{_HOUSE}"
    rf"|[{_HAN}]{{2,3}}段\s?(?:[{_HAN}]{{2,4}}小段\s?)?"
    r"[0-9]{1,5}(?:-[0-9]{1,5})?\s?(?:等[0-9一二三四五六七八九十]*筆)?\s?地號"
)
_LEADING_WORDS = re.compile(r"^(?:地址|住址|位於|位在|設於|設在|坐落|本市|於|在)+")

_NAMES = (NAMED_IN_PART, NAMED_AFTER_ROLE, NAMED_BEFORE_TITLE)


@dataclass(frozen=True)
class Mark:
    """A passage from `start` to `end` of the text; `text` is its words as they stand there."""

    kind: FlagKind
    start: int
    end: int
    text: str


def normalised(text: str) -> str:
    """Return `text` with full-width characters as half-width ones and 台 as 臺; every position stays."""
    return text.translate(_SAME)


def find_marks(text: str) -> list[Mark]:
    """Return the passages of plain `text` that may give somebody away, in order and without overlaps.

    Three queries: names of people who stand in the text, names and former names of agencies.
    """
    plain = normalised(text)
    found: list[tuple[FlagKind, int, int]] = []
    sources = [(match.start(), match.end()) for match in _PUBLIC_SOURCE.finditer(plain)]
    for kind, start, last in _candidates(plain):
        end = start + len(plain[start:last].rstrip())
        if not any(first < end and start < last for first, last in sources) and not any(
            first < end and start < last for _kind, first, last in found
        ):
            found.append((kind, start, end))
    return [Mark(kind, start, end, text[start:end]) for kind, start, end in sorted(found, key=lambda item: item[1])]


def _candidates(plain: str) -> Iterator[tuple[FlagKind, int, int]]:
    """Yield what looks like something, the surest kinds first: whoever comes first keeps the place."""
    for pattern, kind in (
        (_EMAIL, FlagKind.EMAIL),
        (_NATIONAL_ID, FlagKind.NATIONAL_ID),
        (_PHONE, FlagKind.PHONE),
    ):
        for match in pattern.finditer(plain):
            start = match.start() + len(match[0]) - len(match[0].lstrip(" :為是"))
            yield kind, start, match.end()
    for match in _CASE_NUMBER.finditer(plain):
        yield FlagKind.CASE_NUMBER, *match.span(str(match.lastgroup))
    for match in _ADDRESS.finditer(plain):
        leading = _LEADING_WORDS.match(match[0])
        yield FlagKind.ADDRESS, match.start() + (leading.end() if leading else 0), match.end()
    for start, end in agencies_in(plain):
        yield FlagKind.AGENCY, start, end
    for match in SCHOOL_OR_OFFICE.finditer(plain):
        if not is_part_of_rule(plain, match.end()):
            yield FlagKind.AGENCY, *match.span("name")
    yield from _people(plain)


def _people(plain: str) -> Iterator[tuple[FlagKind, int, int]]:
    spans = list(people_in(plain))
    for pattern in _NAMES:
        for match in pattern.finditer(plain):
            group = str(match.lastgroup)
            if not NOT_A_NAME.match(match[group]):
                spans.append(match.span(group))
    spans += [match.span("name") for match in COMPANY.finditer(plain)]
    # the longer one says more: 王小明科長 rather than the 王小明 within it
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        yield FlagKind.NAME, start, end
