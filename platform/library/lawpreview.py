"""What importing laws would do, before anybody does it. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from .lawfiles import LawText
from .lawhistory import Change, Insertion, LawHistory
from .marks import Piece, mark_changes
from .models import Article
from .reviews import citing_keys


@dataclass(frozen=True)
class PreviewedChange:
    """An article whose words would differ."""

    change: Change

    @cached_property
    def pieces(self) -> list[Piece]:
        """The words with what would go and come marked."""
        return mark_changes(self.change.before, self.change.after)


@dataclass(frozen=True)
class LawPreview:
    """What importing one version of a law would do; `reviews` counts what would be listed for review."""

    insertion: Insertion
    reviews: int

    @property
    def text(self) -> LawText:
        """The law as the file has it."""
        return self.insertion.text

    @property
    def changes(self) -> list[PreviewedChange]:
        """The articles that differ from the neighbouring version; none for a law that is new."""
        return [PreviewedChange(change) for change in self.insertion.changes] if self.insertion.earlier else []


def preview_laws(texts: Sequence[LawText]) -> list[LawPreview]:
    """Return what importing `texts` together would do, in their order. Queries do not grow with laws and articles."""
    histories = LawHistory.of(text.pcode for text in texts)
    newest_first = sorted(texts, key=attrgetter("amended_on"), reverse=True)
    insertions = {text.key: histories[text.pcode].insert(text) for text in newest_first}
    articles = {
        (pcode, number): pk
        for pk, pcode, number in Article.objects.filter(law__pcode__in=histories).values_list(
            "pk", "law__pcode", "number"
        )
    }
    reviewed = {
        key: {articles[key[0], number] for number in insertion.reviewed} for key, insertion in insertions.items()
    }
    citing = Counter(article for article, _kind, _number in citing_keys(set().union(*reviewed.values())))
    return [LawPreview(insertions[text.key], sum(citing[article] for article in reviewed[text.key])) for text in texts]
