"""The names by which texts cite laws, and which articles there are: asked for every text that is shown.

Kept in the cache, since pages have dozens of texts; whatever writes a law, a short name or an article calls
`forget_names`. A reader may see a new article's link up to five minutes late, never a wrong one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction

from .models import Article, Law, LawAlias

_KEY = "library:names"
_SECONDS = 300


@dataclass(frozen=True)
class Names:
    """Names of laws to pcodes, pcodes to the short name shown, and articles' numbers (keys) by pcode and number."""

    laws: dict[str, str]
    short_names: dict[str, str]
    articles: dict[tuple[str, str], int]

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """A pattern that finds a name, the longest first; None when no law is known."""
        if not self.laws:
            return None
        return re.compile("|".join(re.escape(name) for name in sorted(self.laws, key=len, reverse=True)))


def known_names() -> Names:
    """Return the names known now."""
    names: Names | None = cache.get(_KEY)
    if names is None:
        names = read_names()
        cache.set(_KEY, names, _SECONDS)
    return names


def forget_names() -> None:
    """Forget the cached names now, and again once the transaction has been committed."""
    cache.delete(_KEY)
    transaction.on_commit(lambda: cache.delete(_KEY))


def read_names() -> Names:
    """Return the names from the database, for those who write."""
    laws = dict(Law.objects.values_list("name", "pcode"))
    short_names: dict[str, str] = {pcode: name for name, pcode in laws.items()}
    for name, pcode in LawAlias.objects.values_list("name", "law__pcode"):
        laws[name] = pcode
        short_names[pcode] = min(short_names[pcode], name, key=len)
    articles = {(pcode, number): pk for pk, pcode, number in Article.objects.values_list("pk", "law__pcode", "number")}
    return Names(laws, short_names, articles)
