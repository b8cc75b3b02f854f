"""Articles of law as officers name them: 採購法 22、48；細則 55."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from django.utils.translation import gettext as _

from library.models import Article
from library.names import Names, known_names
from library.numerals import NUMBER, article_order, parse_number
from library.references import find_references
from library.selectors import with_current_text

EXAMPLE = "採購法 22、48；細則 55"
MOST_ARTICLES = 30
"""More than this is a slip of the keyboard, such as a range over a whole law."""

_SPACE = re.compile(r"[\s、,;。.:及與和暨]+")
_TAIL = rf"(?:\s*第?\s*{NUMBER}\s*[項款目])*"
_ARTICLE = re.compile(
    rf"第?\s*(?P<main>{NUMBER})(?:\s*(?:-|之)\s*(?P<branch>{NUMBER}))?\s*條?"
    rf"(?:\s*之\s*(?P<outer>{NUMBER})(?!\s*[條項款目]))?{_TAIL}"
)
_RANGE = re.compile(r"\s*(?:至|到|~)\s*")
_WORDS = re.compile(r"[^\d第、,;\s]+")
_DASHES = str.maketrans({"–": "-", "—": "-", "‐": "-", "～": "~", "；": ";", "，": ","})


class Unknown(Enum):
    """Why something that was named was not found."""

    ARTICLE = "article"
    LAW = "law"
    LAWLESS = "lawless"
    WORDS = "words"


@dataclass(frozen=True)
class NotFound:
    """What was named and not found: `text` as typed, `law` the short name of the law where that is known."""

    text: str
    why: Unknown
    law: str = ""
    last: str = ""

    def __str__(self) -> str:
        """Say what is wrong and what was expected, in words for the officer."""
        if self.why is Unknown.ARTICLE:
            return _("%(law)s has no Article %(number)s; its last one is %(last)s.") % {
                "law": self.law, "number": self.text, "last": self.last or "–",
            }  # fmt: skip
        if self.why is Unknown.LAW:
            return _("“%(text)s” is no law of the library; name other laws in the answer.") % {"text": self.text}
        if self.why is Unknown.LAWLESS:
            return _("Article %(number)s of which law? Expected for example %(example)s.") % {
                "number": self.text, "example": EXAMPLE,
            }  # fmt: skip
        return _("“%(text)s” is not understood. Expected for example %(example)s.") % {
            "text": self.text, "example": EXAMPLE,
        }  # fmt: skip


@dataclass
class Named:
    """What a text of articles means: keys of articles in the order they were named, and what was not found."""

    article_ids: list[int] = field(default_factory=list)
    not_found: list[NotFound] = field(default_factory=list)


def parse_articles(text: str) -> Named:
    """Read a field such as `採購法 22、48；細則 55`: a law by any of its names, then its articles.

    Understood are also 第 22 條, 第二十二條, 11-1, 11 條之 1, 22 至 25, a paragraph behind an article (it is left
    off), full-width digits, a law without its first words where only one law ends so (細則), and a second law
    without a new group. A range stands for the articles that exist in it.
    """
    names = known_names()
    named = Named()
    pcode = ""
    for word, numbers in _pieces(_normalised(text), names):
        if word is not None:
            pcode = _law(word, pcode, names)
            if not pcode:
                named.not_found.append(_unknown_word(word))
        else:
            _take(numbers, pcode, names, named)
    named.article_ids = list(dict.fromkeys(named.article_ids))[:MOST_ARTICLES]
    return named


def articles_in(text: str) -> list[Article]:
    """Return the articles that running text names (採購法第 22 條), each once, in the order they are named.

    Each has its law and the `words` of its current text; two queries.
    """
    return articles_by_ids([reference.article_id for reference in find_references(text)])


def articles_by_ids(ids: list[int]) -> list[Article]:
    """Return the articles of these keys in their order, each with its law and the `words` of its current text."""
    wanted = list(dict.fromkeys(pk for pk in ids if pk))
    if not wanted:
        return []
    found = with_current_text(Article.objects.filter(pk__in=wanted)).select_related("law").in_bulk()
    return [found[pk] for pk in wanted if pk in found]


def short_label(article: Article) -> str:
    """Return how the field of articles names `article`: 採購法 22."""
    return f"{known_names().short_names.get(article.law.pcode, article.law.name)} {article.number}"


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def _pieces(text: str, names: Names) -> Iterator[tuple[str | None, list[re.Match[str]]]]:
    """Yield (words, []) for a law's name and (None, [article]) or (None, [first, last]) for articles."""
    position = 0
    while position < len(text):
        if space := _SPACE.match(text, position):
            position = space.end()
            continue
        if names.pattern is not None and (name := names.pattern.match(text, position)):
            yield name[0], []
            position = name.end()
        elif first := _ARTICLE.match(text, position):
            position = first.end()
            between = _RANGE.match(text, position)
            last = _ARTICLE.match(text, between.end()) if between else None
            position = last.end() if last else position
            yield None, [first, last] if last else [first]
        elif words := _WORDS.match(text, position):
            yield words[0], []
            position = words.end()
        else:
            position += 1  # 第 without a number


def _law(word: str, before: str, names: Names) -> str:
    """Return the pcode of the law called `word`; 細則 after 採購法 means that law's. Nothing when it is unclear."""
    if word in names.laws:
        return names.laws[word]
    previous = names.short_names.get(before, "")
    for name in (f"{previous}{word}", f"{previous}施行{word}"):
        if name in names.laws:
            return names.laws[name]
    ending = {pcode for name, pcode in names.laws.items() if name.endswith(word)}
    if len(ending) != 1:
        ending = {pcode for name, pcode in names.laws.items() if word in name}
    return ending.pop() if len(ending) == 1 and len(word) > 1 else ""


def _unknown_word(word: str) -> NotFound:
    is_law = word.endswith(("法", "條例", "細則", "辦法", "準則", "規則", "標準", "規程", "要點", "注意事項"))
    return NotFound(word, Unknown.LAW if is_law else Unknown.WORDS)


def _take(numbers: list[re.Match[str]], pcode: str, names: Names, named: Named) -> None:
    wanted = [_number(match) for match in numbers]
    label = "–".join(wanted)
    if not pcode:
        # a law that was not found has been named already
        if not named.not_found:
            named.not_found.append(NotFound(label, Unknown.LAWLESS))
        return
    if len(wanted) == 2:
        found = _between(wanted[0], wanted[1], pcode, names)
    else:
        found = [names.articles[pcode, label]] if (pcode, label) in names.articles else []
    named.article_ids += found
    if not found:
        named.not_found.append(NotFound(label, Unknown.ARTICLE, names.short_names[pcode], _last(pcode, names)))


def _number(match: re.Match[str]) -> str:
    main, branch = parse_number(match["main"]), match["outer"] or match["branch"]
    return f"{main}-{parse_number(branch)}" if branch else str(main)


def _between(first: str, last: str, pcode: str, names: Names) -> list[int]:
    low, high = article_order(first), article_order(last)
    inside = [(article_order(number), pk) for (law, number), pk in names.articles.items() if law == pcode]
    return [pk for place, pk in sorted(inside) if low <= place <= high]


def _last(pcode: str, names: Names) -> str:
    return max((number for law, number in names.articles if law == pcode), key=article_order, default="")
