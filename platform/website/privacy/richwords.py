"""Rich text as words: what it says in plain characters, where each stands in the HTML, and one passage replaced."""

from __future__ import annotations

import re
from html import escape, unescape

_PIECE = re.compile(r"<!--.*?-->|<(?P<closes>/?)(?P<name>[a-zA-Z][\w-]*)[^>]*>|&(?:#\w+|\w+);|.", re.DOTALL)
_INLINE = {"a", "abbr", "b", "bdi", "cite", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "u"}
_ADDRESS = re.compile(r"<a\b[^>]*?\bhref=\"(?P<address>[^\"]*)\"[^>]*>(?P<label>.*?)</a>", re.DOTALL)
_SCHEME = re.compile(r"^(?:mailto|tel|sms):", re.IGNORECASE)


def plain_words(html: str) -> str:
    """Return what `html` says: a passage that a tag divides stands in one piece, paragraphs stand apart.

    What links lead to is written below it: an address of mail gives somebody away where nobody sees it.
    """
    return "\n".join(["".join(character for character, _start, _end in _characters(html)), *_link_targets(html)])


def replace_words(html: str, passage: str, replacement: str) -> str:
    """Return `html` with `passage` replaced wherever it stands, also divided by tags, which stay.

    A link that leads to the passage becomes plain text.
    """
    html = _ADDRESS.sub(lambda link: link["label"] if passage in _target(link["address"]) else link[0], html)
    characters = _characters(html)
    plain = "".join(character for character, _start, _end in characters)
    parts: list[str] = []
    done = 0
    place = plain.find(passage)
    while passage and place >= 0:
        end = place + len(passage)
        for index in range(place, end):
            _character, start, stop = characters[index]
            parts += [html[done:start], escape(replacement, quote=False) if index == place else ""]
            done = stop
        place = plain.find(passage, end)
    return "".join([*parts, html[done:]])


def paragraphs_of(text: str) -> str:
    """Return plain `text` as paragraphs of rich text; blank lines divide nothing twice."""
    lines = [line.strip() for line in text.splitlines()]
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)


def _characters(html: str) -> list[tuple[str, int, int]]:
    """Return each character of the words with where it stands; the end of a block is a line break of no width."""
    found: list[tuple[str, int, int]] = []
    for piece in _PIECE.finditer(html):
        if piece["name"]:
            if piece["name"].lower() not in _INLINE and (not found or found[-1][0] != "\n"):
                found.append(("\n", piece.start(), piece.start()))
        elif not piece[0].startswith("<!--"):
            decoded = unescape(piece[0]) if piece[0].startswith("&") else piece[0]
            # one entity is one character; whatever follows it has no width of its own
            found += [
                (character, piece.start() if n == 0 else piece.end(), piece.end())
                for n, character in enumerate(decoded)
            ]
    return found


def _link_targets(html: str) -> list[str]:
    return [_target(link["address"]) for link in _ADDRESS.finditer(html)]


def _target(address: str) -> str:
    return _SCHEME.sub("", unescape(address))
