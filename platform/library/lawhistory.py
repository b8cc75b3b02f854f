"""The official words of a law at each of its versions, and what inserting another version does to them.

A version's row of an article is stored only where its words changed: an article without one has the words of the
version before. So a version that is inserted between others must write down what those after it inherited until
now. Nothing here writes to the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from .enums import LawVerdict, TextSource
from .lawfiles import LawText
from .models import ArticleVersion, LawVersion
from .numerals import article_order
from .paragraphs import is_deleted


@dataclass(frozen=True)
class Change:
    """One article whose words differ between two versions; "" where a version does not have it."""

    number: str
    before: str
    after: str

    @property
    def is_added(self) -> bool:
        """Whether the later version has it and the earlier one had not."""
        return not self.before or (is_deleted(self.before) and not is_deleted(self.after))

    @property
    def is_deleted(self) -> bool:
        """Whether the later version has it no more."""
        return is_deleted(self.after) and not is_deleted(self.before)


@dataclass
class Insertion:
    """What inserting one version does: the rows to write and to move, and what that says to people.

    `changes` are those from the version of `earlier` to that of `later`: of the two, one is this version and
    the other its neighbour (the one before it, or after it where it is the oldest). `earlier` is None for the
    first version of a law. `is_newest` says that no newer version is known, `reviewed` are the articles whose
    known words it changes then. `moves` are rows of a later version that stand from this one on.
    """

    text: LawText
    verdict: LawVerdict
    is_newest: bool
    earlier: date | None
    later: date
    changes: list[Change] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)
    writes: list[tuple[str, date, str]] = field(default_factory=list)
    moves: list[tuple[str, date]] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many articles the later version has and the earlier one had not."""
        return sum(change.is_added for change in self.changes)

    @property
    def changed(self) -> int:
        """How many articles have other words in the later version, or are gone."""
        return len(self.changes) - self.added


class LawHistory:
    """The official words of one law: by article's number, then by the day of the version that changed them."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.words: dict[str, dict[date, str]] = defaultdict(dict)
        self._summarised: dict[str, date] = {}  # the newest summary in our own words

    @classmethod
    def of(cls, pcodes: Iterable[str]) -> dict[str, LawHistory]:
        """Return what is known of each of the laws `pcodes`. Two queries."""
        histories = {pcode: cls() for pcode in pcodes}
        days = official_versions().filter(law__pcode__in=histories).order_by("amended_on")
        for pcode, day in days.values_list("law__pcode", "amended_on"):
            histories[pcode].days.append(day)
        rows = ArticleVersion.objects.filter(article__law__pcode__in=histories).order_by("law_version__amended_on")
        for pcode, number, day, source, text in rows.values_list(
            "article__law__pcode", "article__number", "law_version__amended_on", "source", "text"
        ):
            if source == TextSource.OFFICIAL:
                histories[pcode].words[number][day] = text
            else:
                histories[pcode]._summarised[number] = day
        return histories

    def words_at(self, day: date) -> dict[str, str]:
        """Return the words of each article that the law had on `day`."""
        words = {number: self._word(number, day) for number in self.words}
        return {number: text for number, text in words.items() if text}

    def insert(self, text: LawText) -> Insertion:
        """Let the law have had the words of `text` from its day on, every other version as before; say what changed."""
        day, own = text.amended_on, text.words
        following = next((other for other in self.days if other > day), None)
        preceding = next((other for other in reversed(self.days) if other < day), None)
        before = self.words_at(day)
        is_known = day in self.days
        insertion = Insertion(text, LawVerdict.SAME, is_newest=following is None, earlier=preceding, later=day)
        for number in sorted(own.keys() | self.words.keys(), key=article_order):
            self._insert_article(insertion, number, own.get(number, ""), following)
        insertion.changes = changes_between(before, own)
        if not is_known:
            self.days = sorted([*self.days, day])
            if not preceding and following:
                insertion.changes = changes_between(own, self.words_at(following))
                insertion.earlier, insertion.later = day, following
        elif insertion.changes:
            insertion.earlier = day
        insertion.verdict = _verdict(insertion, is_known, following)
        if insertion.is_newest:
            known = {number for number, rows in self.words.items() if any(other < day for other in rows)}
            known |= before.keys()
            insertion.reviewed = [change.number for change in insertion.changes if change.number in known]
        return insertion

    def _insert_article(self, insertion: Insertion, number: str, own: str, following: date | None) -> None:
        day, rows = insertion.text.amended_on, self.words[number]
        later = self._word(number, following) if following else ""
        is_hidden = bool(own) and self._is_hidden_by_summary(number, day)
        if rows.get(day, None if is_hidden else self._word(number, day)) != own:
            if following and rows.get(following) == own and day not in rows and number not in self._summarised:
                del rows[following]  # the words are older than was known
                insertion.moves.append((number, following))
            else:
                insertion.writes.append((number, day, own))
            rows[day] = own
        if following and following not in rows and self._word(number, following) != later:
            rows[following] = later
            insertion.writes.append((number, following, later))

    def _word(self, number: str, day: date) -> str:
        """Return the words of an article on `day`; "" where the law had it not."""
        rows = self.words[number]
        newest = max((other for other in rows if other <= day), default=None)
        return rows[newest] if newest else ""

    def _is_hidden_by_summary(self, number: str, day: date) -> bool:
        """Whether a summary stands between the official words and `day`: readers would go on seeing the summary."""
        newest = max((other for other in self.words[number] if other <= day), default=date.min)
        return newest < self._summarised.get(number, date.min) <= day


def official_versions() -> QuerySet[LawVersion]:
    """Return the versions of which the whole official text is known, other than those of summaries alone."""
    rows = ArticleVersion.objects.filter(law_version=OuterRef("pk"), source=TextSource.OFFICIAL)
    return LawVersion.objects.filter(~Q(source="") | Exists(rows))


def changes_between(earlier: dict[str, str], later: dict[str, str]) -> list[Change]:
    """Return the articles whose words differ, in the law's order; what was deleted and is gone is the same."""
    changes = (
        Change(number, earlier.get(number, ""), later.get(number, ""))
        for number in sorted(earlier.keys() | later.keys(), key=article_order)
    )
    return [
        change
        for change in changes
        if change.before != change.after
        and not (change.before and is_deleted(change.before) and is_deleted(change.after))
    ]


def _verdict(insertion: Insertion, is_known: bool, following: date | None) -> LawVerdict:
    if is_known:
        return LawVerdict.CORRECTED if insertion.writes else LawVerdict.SAME
    if following is not None:
        return LawVerdict.OLDER
    return LawVerdict.NEWER if insertion.earlier else LawVerdict.NEW
