"""Excerpts of what a search found: the passage around the words sought, with the words marked."""

from __future__ import annotations

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from .segmentation import normalise, query_words, terms

EXCERPT_LENGTH = 120  # characters; about three lines of Chinese
_LEAD = 30  # characters shown before the first word found
_SPACE = re.compile(r"\s+")


def excerpt(text: str, query: str, *, length: int = EXCERPT_LENGTH) -> SafeString:
    """Return about `length` characters of `text` around the first word of `query`, its words in <mark>."""
    text = _SPACE.sub(" ", text).strip()
    spans = _spans(text, query)
    start = max(0, spans[0][0] - _LEAD) if spans and len(text) > length else 0
    end = min(len(text), start + length)
    start = max(0, min(start, end - length))
    return format_html("{}{}{}", "…" if start else "", _marked(text, spans, start, end), "…" if end < len(text) else "")


def highlight(text: str, query: str) -> SafeString:
    """Return the whole `text`, escaped, with the words of `query` in <mark>."""
    return _marked(text, _spans(text, query), 0, len(text))


def _marked(text: str, spans: list[tuple[int, int]], start: int, end: int) -> SafeString:
    parts, position = [], start
    for first, last in [(max(first, start), min(last, end)) for first, last in spans]:
        if first < last:
            parts += [escape(text[position:first]), "<mark>", escape(text[first:last]), "</mark>"]
            position = last
    parts.append(escape(text[position:end]))
    return mark_safe("".join(parts))  # noqa: S308  every piece of text is escaped above


def _spans(text: str, query: str) -> list[tuple[int, int]]:
    """Return where the words of `query` stand in `text`: whole terms, or else their pairs."""
    # normalising may lengthen a character (㈱ becomes three), so each form remembers where it came from
    forms = [(form, index) for index, character in enumerate(text) for form in normalise(character)]
    haystack = "".join(form for form, _ in forms)
    found: list[tuple[int, int]] = []
    for term in terms(query):
        places = _places(haystack, term)
        for word in query_words(term) if not places else ():
            places += _places(haystack, word)
        found += [(forms[first][1], forms[last - 1][1] + 1) for first, last in places]
    return _merged(found)


def _places(haystack: str, needle: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(needle), haystack)]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
