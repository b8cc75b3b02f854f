"""Writes of subjects, laws and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from modelsearch.backends import get_search_backend

from common.audit import audit
from common.errors import DomainError

from ..enums import LawVerdict, TextSource
from ..lawfiles import LawFilesError, LawText, Problem, read_laws
from ..lawhistory import Insertion, LawHistory
from ..models import Article, ArticleVersion, Law, LawAlias, LawVersion, Subject
from ..names import forget_names
from ..numerals import article_order
from .reviews import open_reviews
from .thresholds import link_thresholds

if TYPE_CHECKING:
    from accounts.models import User

# The subjects of the basic training, from the attachment to the Regulations (資格辦法第 11 條附表).
STATUTORY_SUBJECTS = (
    ("01", "政府採購全生命週期概論", "Introduction to the procurement life cycle"),
    ("02", "政府採購法之總則、招標及決標", "The Act: general provisions, tendering and award"),
    ("03", "政府採購法之履約管理及驗收", "The Act: contract management and acceptance"),
    ("04", "政府採購法之罰則及附則", "The Act: penalties and supplementary provisions"),
    ("05", "政府採購法之爭議處理", "The Act: settlement of disputes"),
    ("06", "採購契約", "Procurement contracts"),
    ("07", "財物及勞務採購作業", "Procurement of goods and services"),
    ("08", "工程及技術服務採購作業", "Procurement of works and technical services"),
    ("09", "投標須知及招標文件製作", "Instructions to tenderers and tender documents"),
    ("10", "最有利標及評選優勝廠商", "Most advantageous tender and selection of firms"),
    ("11", "底價及價格分析", "Government estimates and price analysis"),
    ("12", "道德規範及違法處置", "Ethics and sanctions"),
    ("13", "錯誤採購態樣", "Common errors in procurement"),
    ("14", "電子採購實務", "Electronic procurement in practice"),
)

# Names by which teaching texts cite the laws used most; editors add more in the back office.
USUAL_ALIASES = {
    "A0030057": ("採購法",),
    "A0030058": ("採購法施行細則", "施行細則"),
    "A0030059": ("資格辦法", "採購專業人員資格辦法"),
    "A0030065": ("公告及公報發行辦法",),
    "A0030067": ("未達公告金額採購招標辦法",),
    "A0030095": ("倫理準則",),
    "A0030099": ("投標廠商資格認定標準",),
}


@dataclass(frozen=True)
class ImportedLaw:
    """What an import did to one law; `reviews` is the number of reviews it opened.

    `added` and `changed` count articles: against the version before, or after it where an older text came in
    before all others.
    """

    law: Law
    insertion: Insertion
    is_new_version: bool
    reviews: int

    @property
    def added(self) -> int:
        """How many articles are new."""
        return self.insertion.added

    @property
    def changed(self) -> int:
        """How many articles have other words, or are gone."""
        return self.insertion.changed

    @property
    def changed_anything(self) -> bool:
        """Whether the import wrote words of this law."""
        return self.is_new_version or self.insertion.verdict != LawVerdict.SAME


@transaction.atomic
def ensure_subjects() -> list[Subject]:
    """Make sure that the 14 statutory subjects exist, and return them; names that were edited stay."""
    return [
        Subject.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en})[0]
        for code, name, name_en in STATUTORY_SUBJECTS
    ]


def import_laws(paths: Iterable[str | Path], *, by: User | None = None) -> list[ImportedLaw]:
    """Import the national database's files in `paths` (files or folders): all of them or none.

    See `import_law_texts`. Raises LawFilesError naming every structural defect, and a name that another law bears.
    """
    return import_law_texts(texts=read_laws(paths), by=by)


def import_law_texts(*, texts: Sequence[LawText], by: User | None) -> list[ImportedLaw]:
    """Import versions of laws, in any order of their days: all of them or none; a second run changes nothing.

    An article gets a row only where its words changed; what every other version says stays. The newest version
    of a law gives it its names and chapters, and opens reviews of what cites an article whose known official
    words it changes (`article_changed` is sent after the commit); an older one does neither. Raises
    LawFilesError for a name that another law bears.
    """
    imported: dict[tuple[str, date], ImportedLaw] = {}
    with transaction.atomic():
        known = Law.objects.select_for_update().filter(pcode__in=[text.pcode for text in texts]).order_by("pcode")
        laws = {law.pcode: law for law in known}
        histories = LawHistory.of(text.pcode for text in texts)
        _refuse_names_of_others(texts, histories)
        # the newest first: what a file beside it says of the years before asks nobody to read a page again
        for text in sorted(texts, key=attrgetter("amended_on"), reverse=True):
            law = laws.setdefault(text.pcode, laws.get(text.pcode) or Law(pcode=text.pcode))
            result = imported[text.key] = _import_law(law, histories[text.pcode].insert(text))
            if result.changed_anything:
                audit(
                    "law.imported", obj=law, by=by, amended_on=text.amended_on.isoformat(),
                    verdict=result.insertion.verdict.value, added=result.added, changed=result.changed,
                    reviews=result.reviews,
                )  # fmt: skip
        for pcode in {text.pcode for text in texts if imported[text.key].changed_anything}:
            reindex_law(laws[pcode])
        link_thresholds()
    forget_names()
    return [imported[text.key] for text in texts]


@transaction.atomic
def record_summary(
    *,
    pcode: str,
    law_name: str,
    law_name_en: str = "",
    amended_on: date,
    number: str,
    text: str,
    by: User | None,
) -> ArticleVersion:
    """Record a summary in our own words of article `number` as amended on `amended_on`; idempotent.

    The page says that it is a summary. Where the official text is known already it stays and is returned.
    Raises DomainError (`law-name`) when another law bears `law_name`.
    """
    try:
        order = article_order(number)
    except ValueError as error:
        raise DomainError(
            format_lazy(_("Expected an article's number such as 48 or 11-1, found “{text}”."), text=number),
            code="article-number",
        ) from error
    if Law.objects.filter(name=law_name).exclude(pcode=pcode).exists():
        raise DomainError(format_lazy(_("Another law is called {name}."), name=law_name), code="law-name")
    law, is_new = Law.objects.get_or_create(pcode=pcode, defaults={"name": law_name, "name_en": law_name_en})
    if is_new:
        _ensure_aliases(law)
    article, is_new = Article.objects.get_or_create(law=law, number=number, defaults={"order": order})
    if is_new:
        link_thresholds()
    official = article.versions.filter(source=TextSource.OFFICIAL).order_by("-law_version__amended_on").first()
    if official is not None:
        return official
    law_version, _is_new = LawVersion.objects.get_or_create(law=law, amended_on=amended_on)
    version, is_new = ArticleVersion.objects.get_or_create(
        article=article, law_version=law_version, source=TextSource.SUMMARY, defaults={"text": text}
    )
    if is_new or version.text != text:
        version.text = text
        version.save(update_fields=["text"])
        audit("article.summarised", obj=article, by=by)
        _index([article])
    forget_names()
    return version


def reindex_law(law: Law) -> None:
    """Write the articles of `law` into the search index again: their words, or its names, have changed."""
    _index(list(law.articles.all()))


def _refuse_names_of_others(texts: Iterable[LawText], histories: dict[str, LawHistory]) -> None:
    """Raise LawFilesError for names that another law bears. The name in an older text is not taken over."""
    problems = []
    holders = dict(Law.objects.exclude(pcode__in=histories).values_list("name", "pcode"))
    for text in texts:
        if any(day > text.amended_on for day in histories[text.pcode].days):
            continue
        holder = holders.setdefault(text.name, text.pcode)
        if holder != text.pcode:
            message = format_lazy(_("law {pcode} bears this name already"), pcode=holder)
            problems.append(Problem(text.file, "法規名稱", message))
    if problems:
        raise LawFilesError(problems)


def _import_law(law: Law, insertion: Insertion) -> ImportedLaw:
    """Write what `insertion` says of `law`, which may be new."""
    text = insertion.text
    if law.pk is None:
        law.name, law.name_en, law.category = text.name, text.name_en, text.category
        law.repealed_on = text.amended_on if text.is_repealed else None
        law.save()
    elif insertion.is_newest:
        _update(
            law, name=text.name, name_en=text.name_en or law.name_en, category=text.category,
            repealed_on=text.amended_on if text.is_repealed else None,
        )  # fmt: skip
    _ensure_aliases(law)
    version, _is_new = LawVersion.objects.get_or_create(law=law, amended_on=text.amended_on)
    is_new_version = not version.source
    _update(version, history=text.history, source=text.source, effect=text.effect)
    articles = _ensure_articles(law, text, keep_chapters=not insertion.is_newest)
    rows = _write_rows(insertion, version, articles)
    reviews = open_reviews(versions=[rows[number, text.amended_on] for number in insertion.reviewed])
    return ImportedLaw(law=law, insertion=insertion, is_new_version=is_new_version, reviews=reviews)


def _ensure_articles(law: Law, text: LawText, *, keep_chapters: bool) -> dict[str, Article]:
    """Return the articles of `law` by number, those new in `text` among them, and in its chapters unless told not."""
    articles = {article.number: article for article in law.articles.all()}
    chapters = {entry.number: entry.chapter for entry in text.articles}
    Article.objects.bulk_create(
        Article(law=law, number=number, order=article_order(number), chapter=chapter)
        for number, chapter in chapters.items()
        if number not in articles
    )
    if not keep_chapters:
        moved = [
            article for number, article in articles.items() if article.chapter != chapters.get(number, article.chapter)
        ]
        for article in moved:
            article.chapter = chapters[article.number]
        Article.objects.bulk_update(moved, ["chapter"])
    return {article.number: article for article in law.articles.all()}


def _write_rows(
    insertion: Insertion, version: LawVersion, articles: dict[str, Article]
) -> dict[tuple[str, date], ArticleVersion]:
    """Write the rows of `insertion`; return those it wrote or moved, by number and day."""
    official = ArticleVersion.objects.filter(article__law_id=version.law_id, source=TextSource.OFFICIAL)
    numbers = {number for number, _day in insertion.moves} | {number for number, _day, _text in insertion.writes}
    stored = {
        (row.article.number, row.law_version.amended_on): row
        for row in official.filter(article__number__in=numbers).select_related("article", "law_version")
    }
    versions = {other.amended_on: other for other in LawVersion.objects.filter(law_id=version.law_id)}
    changed, fresh = [], {}
    for number, day in insertion.moves:
        row = stored[number, insertion.text.amended_on] = stored.pop((number, day))
        row.law_version = version
        changed.append(row)
    for number, day, text in insertion.writes:
        if (number, day) in stored:
            stored[number, day].text = text
            changed.append(stored[number, day])
        else:
            fresh[number, day] = ArticleVersion(
                article=articles[number], law_version=versions[day], source=TextSource.OFFICIAL, text=text
            )
    ArticleVersion.objects.bulk_update(changed, ["law_version", "text"])
    ArticleVersion.objects.bulk_create(fresh.values())
    return stored | fresh


def _update(obj: Model, **fields: object) -> None:
    """Save those `fields` of `obj` that differ."""
    changed = [name for name, value in fields.items() if getattr(obj, name) != value]
    for name in changed:
        setattr(obj, name, fields[name])
    if changed:
        obj.save(update_fields=changed)


def _ensure_aliases(law: Law) -> None:
    for name in USUAL_ALIASES.get(law.pcode, ()):
        LawAlias.objects.get_or_create(name=name, defaults={"law": law})


def _index(articles: list[Article]) -> None:
    """Write `articles` into the search index at once; what bulk writes made sends no signal."""
    fresh = Article.objects.filter(pk__in=[article.pk for article in articles]).select_related("law")
    get_search_backend().get_index_for_model(Article).add_items(
        Article, list(fresh.prefetch_related("law__aliases", "versions"))
    )
