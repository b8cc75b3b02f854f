"""Finding the articles of law that a text names, and linking them.

Understood: 採購法第 48 條第 1 項, 政府採購法第四十八條第一項第二款, 第 11 條之 1, 第 11-1 條, lists
(第 48 條及第 49 條, 第 48、49 條, 第 33 條至第 35 條), 同法第 49 條, full-width digits. An article without the
name of its law is left alone unless it continues a list; so are a law that is not in the library and an
article that it has not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from django.urls import reverse

from .names import Names, known_names
from .numerals import NUMBER, parse_number

WALL = "\x00"  # stands between paragraphs: unlike a space, nothing reaches over it

_GAP = r"(?:\s|&nbsp;|&#160;)*"
_DASH = r"[-－–‐]"
_ONE_ARTICLE = rf"(?P<main>{NUMBER})(?:{_GAP}(?:{_DASH}|之){_GAP}(?P<inner>{NUMBER}))?"
_ARTICLE = rf"第{_GAP}{_ONE_ARTICLE}{_GAP}條(?:{_GAP}之{_GAP}(?P<outer>{NUMBER})(?!{_GAP}[條項款目]))?"
_PARAGRAPH = rf"第{_GAP}(?P<paragraph>{NUMBER}){_GAP}項"
_REST = rf"(?:{_GAP}第{_GAP}{NUMBER}{_GAP}[款目])*"
_FULL = re.compile(rf"{_ARTICLE}(?:{_GAP}{_PARAGRAPH})?{_REST}")
_MORE_OF_IT = re.compile(rf"{_PARAGRAPH}{_REST}")
# 第 48、49 及 50 條: the numbers before the last one carry neither 第 nor 條
_SHARED = re.compile(rf"第{_GAP}(?P<numbers>{NUMBER}(?:{_GAP}[、及與和]{_GAP}{NUMBER})+){_GAP}條")
_NUMBER = re.compile(NUMBER)
_CONNECTOR = re.compile(rf"{_GAP}(?:[、,，及與和或至~～]|以及|暨){_GAP}")
_AFTER_NAME = re.compile(rf"[」』》〉）)]?{_GAP}(?=第)")
_SAME_LAW = re.compile("同法|同條例|同細則|同辦法|同準則|同標準")
# any law, known or not: 同法 afterwards means it, and a short name may be the tail of its name
_ANY_LAW = re.compile(r"(?:法|條例|通則|細則|辦法|準則|規則|標準|規程|要點|注意事項)[」』》〉）)]?(?=(?:\s|&nbsp;)*第)")
_TAIL_OF_ANOTHER = re.compile(r"(?:法|條例|通則|辦法)$")


@dataclass(frozen=True)
class Reference:
    """One article named in a text. `start` includes the law's name where it stands, `core` begins at 第.

    `paragraph` is 0 for the whole article. `article_id` is 0 when the library has no such article.
    """

    start: int
    core: int
    end: int
    pcode: str
    number: str
    paragraph: int
    article_id: int


def find_references(text: str, names: Names | None = None) -> list[Reference]:
    """Return the references in `text`, in order, also those to articles that the library does not have."""
    names = names or known_names()
    references: list[Reference] = []
    current = ""  # the law that 同法 means
    for name_start, position, pcode in _mentions(text, names):
        current = pcode if pcode is not None else current
        if current and (not references or name_start >= references[-1].end):
            references += _list_at(text, name_start, position, current, names)
    return references


def link_references(html: str) -> str:
    """Return `html` with the articles that its text names as links to their pages.

    Text inside links and code, and in attributes, is not touched; a reference that is broken by a tag is
    linked from 第 on, where its law's name stands before the tag.
    """
    if "條" not in html:
        return html
    names = known_names()
    text, closed = _plain(html)
    linked: list[str] = []
    position = 0
    for reference in find_references(text, names):
        start = reference.start if not _is_touched(closed, reference.start, reference.end) else reference.core
        if not reference.article_id or start < position or _is_touched(closed, start, reference.end):
            continue
        linked += [html[position:start], _link(html[start : reference.end], reference, names, start)]
        position = reference.end
    return "".join([*linked, html[position:]])


def text_of(html: str) -> str:
    """Return the words of `html` for `find_references`: no reference reaches over the end of a paragraph."""
    return unescape(_plain(html)[0])


def _mentions(text: str, names: Names) -> Iterator[tuple[int, int, str | None]]:
    """Yield (start of the name, start of 第, pcode) of each law that is followed by an article.

    The pcode is None for 同法 and "" for a law that the library does not know.
    """
    if names.pattern is None:
        return
    found: dict[int, tuple[int, str | None]] = {}
    for match in _ANY_LAW.finditer(text):
        found[_skip(_AFTER_NAME, text, match.end())] = (match.start(), "")
    for match in _SAME_LAW.finditer(text):
        found[_skip(_AFTER_NAME, text, match.end())] = (match.start(), None)
    for match in names.pattern.finditer(text):
        is_tail = _TAIL_OF_ANOTHER.search(text, max(0, match.start() - 2), match.start())
        if not is_tail:
            found[_skip(_AFTER_NAME, text, match.end())] = (match.start(), names.laws[match[0]])
    for position in sorted(found):
        if text.startswith("第", position):
            yield found[position][0], position, found[position][1]


def _list_at(text: str, name_start: int, position: int, pcode: str, names: Names) -> Iterator[Reference]:
    """Yield the reference at `position` and those that continue it as a list."""
    start, number = name_start, ""
    while True:
        shared = _SHARED.match(text, position)
        full = None if shared else _FULL.match(text, position)
        more = _MORE_OF_IT.match(text, position) if number and not (shared or full) else None
        if shared:
            for match in _NUMBER.finditer(text, shared.start("numbers"), shared.end("numbers")):
                number = str(parse_number(match[0]))
                yield _reference(match.start(), match.start(), match.end(), pcode, number, 0, names)
            end = shared.end()
        elif full:
            number = _number(full)
            yield _reference(start, position, full.end(), pcode, number, _paragraph(full), names)
            end = full.end()
        elif more:
            yield _reference(position, position, more.end(), pcode, number, _paragraph(more), names)
            end = more.end()
        else:
            return
        connector = _CONNECTOR.match(text, end)
        if connector is None:
            return
        start = position = connector.end()


def _reference(start: int, core: int, end: int, pcode: str, number: str, paragraph: int, names: Names) -> Reference:
    return Reference(start, core, end, pcode, number, paragraph, names.articles.get((pcode, number), 0))


def _number(match: re.Match[str]) -> str:
    branch = match["outer"] or match["inner"]
    main = str(parse_number(match["main"]))
    return f"{main}-{parse_number(branch)}" if branch else main


def _paragraph(match: re.Match[str]) -> int:
    return min(parse_number(match["paragraph"]), 999) if match["paragraph"] else 0


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


# --- HTML ---------------------------------------------------------------------------------------

_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_UNTOUCHED = {"a", "code", "pre", "script", "style", "textarea", "button", "option", "svg"}
_INLINE = {"a", "abbr", "b", "bdi", "cite", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "u"}


def _plain(html: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of `html` with every tag blanked, so that positions stay, and the spans not to touch.

    An inline tag becomes spaces, over which a reference may reach; any other becomes line breaks of a kind
    that no reference reaches over.
    """
    parts: list[str] = []
    closed: list[tuple[int, int]] = []
    position, depth, opened = 0, 0, 0
    for tag in _TAG.finditer(html):
        name = (tag[2] or "").lower()
        parts += [html[position : tag.start()], (" " if name in _INLINE else WALL) * len(tag[0])]
        position = tag.end()
        closed.append(tag.span())
        if name in _UNTOUCHED and not tag[0].endswith("/>"):
            if tag[1]:
                depth = max(0, depth - 1)
                if depth == 0:
                    closed.append((opened, tag.end()))
            else:
                opened = tag.start() if depth == 0 else opened
                depth += 1
    if depth:
        closed.append((opened, len(html)))
    parts.append(html[position:])
    return "".join(parts), closed


def _is_touched(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in spans)


def _link(label: str, reference: Reference, names: Names, start: int) -> str:
    url = reverse("library:article", args=[reference.pcode, reference.number])
    anchor = f"#p{reference.paragraph}" if reference.paragraph else ""
    # a bare 第 49 條 says in its title which law is meant
    law = escape(names.short_names[reference.pcode]) if start == reference.core else ""
    title = f' title="{law}第 {reference.number} 條"' if law else ""
    return f'<a class="law-reference" href="{escape(url)}{anchor}"{title}>{label}</a>'
