"""Two versions of a law side by side, and the wordings an article has had, with marks where words changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from .enums import TextSource
from .lawhistory import Change, LawHistory, changes_between, official_versions
from .marks import Piece, mark_changes
from .models import Article, ArticleVersion, Law, LawVersion
from .paragraphs import is_deleted


@dataclass(frozen=True)
class ComparedArticle:
    """An article whose words differ between two versions."""

    article: Article
    change: Change

    @cached_property
    def pieces(self) -> list[Piece]:
        """The words with what was deleted and added marked; the old words alone where the article was deleted."""
        after = "" if self.change.is_deleted else self.change.after
        before = "" if self.change.is_added else self.change.before
        return mark_changes(before, after)


@dataclass(frozen=True)
class Comparison:
    """What became of a law between two of its versions."""

    earlier: LawVersion
    later: LawVersion
    articles: list[ComparedArticle]
    unchanged: int

    @property
    def added(self) -> int:
        """How many articles are new."""
        return sum(compared.change.is_added for compared in self.articles)

    @property
    def deleted(self) -> int:
        """How many articles are gone."""
        return sum(compared.change.is_deleted for compared in self.articles)

    @property
    def changed(self) -> int:
        """How many articles have other words."""
        return len(self.articles) - self.added - self.deleted


def versions_of(law: Law) -> list[LawVersion]:
    """Return the versions of `law` whose whole official text is known, the newest first."""
    return list(official_versions().filter(law=law).defer("history").order_by("-amended_on"))


def versions_to_compare(
    versions: Sequence[LawVersion], earlier: date | None, later: date | None
) -> tuple[LawVersion, LawVersion] | None:
    """Return the two of `versions` (the newest first) that are asked for; None where there are no two.

    What is not said, not there, or said twice is the newest version and the one before the later one. Days in the
    wrong order are turned round.
    """
    by_day = {version.amended_on: version for version in versions}
    first, last = (by_day.get(day) if day else None for day in (earlier, later))
    if last is None and versions:
        last = versions[0]
    if first and last and first != last:
        return (first, last) if first.amended_on < last.amended_on else (last, first)
    before = next((version for version in versions if last and version.amended_on < last.amended_on), None)
    return (before, last) if before and last else None


def compare_versions(earlier: LawVersion, later: LawVersion) -> Comparison:
    """Return what changed from `earlier` to `later`, versions of one law. Three queries, however much changed."""
    law = later.law
    history = LawHistory.of([law.pcode])[law.pcode]
    before, after = history.words_at(earlier.amended_on), history.words_at(later.amended_on)
    changes = changes_between(before, after)
    articles = {article.number: article for article in law.articles.all()}
    for article in articles.values():
        article.law = law
    differing = {change.number for change in changes}
    same = [number for number, text in after.items() if number not in differing and not is_deleted(text)]
    compared = [ComparedArticle(articles[change.number], change) for change in changes]
    return Comparison(earlier, later, compared, unchanged=len(same))


@dataclass(frozen=True)
class Wording:
    """The words that an article got by one version; `before` are the official words until then.

    `is_addition` says that the law had an earlier version without this article.
    """

    version: ArticleVersion
    before: str | None
    is_addition: bool = False

    @cached_property
    def pieces(self) -> list[Piece]:
        """The words with what changed marked; nothing is marked in the first words and in a summary."""
        if self.before is None:
            return mark_changes(self.version.text, self.version.text)
        return mark_changes(self.before, self.version.text)

    @property
    def is_summary(self) -> bool:
        """Whether these are our own words."""
        return self.version.source == TextSource.SUMMARY

    @property
    def is_deletion(self) -> bool:
        """Whether the article was deleted then."""
        return is_deleted(self.version.text)


def wordings(article: Article, versions: Sequence[ArticleVersion]) -> list[Wording]:
    """Return the wordings of `article` from its `versions`, the newest first, as `Article.versions` orders them.

    Where a version of the law says again what the one before said, only the first is listed; our own summaries
    only where no official words are known. One query.
    """
    official = [version for version in versions if version.source == TextSource.OFFICIAL]
    if not official:
        return [Wording(version, None) for version in versions]
    first = official_versions().filter(law=article.law_id).order_by("amended_on").first()
    found: list[Wording] = []
    before: str | None = None
    for version in reversed(official):
        if version.text != before:
            is_addition = before is None and first is not None and first.pk != version.law_version_id
            found.append(Wording(version, before, is_addition))
            before = version.text
    return found[::-1]
