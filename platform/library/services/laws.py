"""Writes of subjects, laws and summaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from modelsearch.backends import get_search_backend

from common.audit import audit
from common.errors import DomainError

from ..enums import TextSource
from ..lawfiles import LawFilesError, LawText, Problem, read_laws
from ..models import Article, ArticleVersion, Law, LawAlias, LawVersion, Subject
from ..names import forget_names
from ..numerals import article_order

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
    """What an import did to one law: numbers of articles whose words are new, or changed."""

    law: Law
    is_new: bool
    added: int
    changed: int

    @property
    def changed_anything(self) -> bool:
        """Whether the import wrote anything about this law."""
        return self.is_new or bool(self.added or self.changed)


@transaction.atomic
def ensure_subjects() -> list[Subject]:
    """Make sure that the 14 statutory subjects exist, and return them; names that were edited stay."""
    return [
        Subject.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en})[0]
        for code, name, name_en in STATUTORY_SUBJECTS
    ]


def import_laws(paths: Iterable[str | Path], *, by: User | None = None) -> list[ImportedLaw]:
    """Import the national database's files in `paths` (files or folders): all of them or none.

    An article gets a version only where its words changed; a second run changes nothing. Raises
    LawFilesError naming every structural defect, a law that is older than what is known already, and a
    name that another law bears.
    """
    texts = read_laws(paths)
    with transaction.atomic():
        _refuse_what_does_not_fit(texts)
        imported = [_import_law(text) for text in texts]
        for result in imported:
            if result.changed_anything:
                audit("law.imported", obj=result.law, by=by, added=result.added, changed=result.changed)
                reindex_law(result.law)
    forget_names()
    return imported


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
    article, _is_new = Article.objects.get_or_create(law=law, number=number, defaults={"order": order})
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


def _refuse_what_does_not_fit(texts: list[LawText]) -> None:
    """Raise LawFilesError for laws older than what is known, and for names that another law bears."""
    problems = []
    known = {law.pcode: law for law in Law.objects.filter(pcode__in=[text.pcode for text in texts])}
    holders = dict(Law.objects.exclude(pcode__in=known).values_list("name", "pcode"))
    for text in texts:
        newest = (
            LawVersion.objects.filter(law=known.get(text.pcode), article_versions__source=TextSource.OFFICIAL)
            .order_by("-amended_on")
            .first()
        )
        if newest is not None and newest.amended_on > text.amended_on:
            message = format_lazy(_("older than the text of {day} that is here already"), day=newest.amended_on)
            problems.append(Problem(text.file, "最新異動日期", message))
        holder = holders.setdefault(text.name, text.pcode)
        if holder != text.pcode:
            message = format_lazy(_("law {pcode} bears this name already"), pcode=holder)
            problems.append(Problem(text.file, "法規名稱", message))
    if problems:
        raise LawFilesError(problems)


def _import_law(text: LawText) -> ImportedLaw:
    law, is_new = Law.objects.get_or_create(
        pcode=text.pcode, defaults={"name": text.name, "name_en": text.name_en, "category": text.category}
    )
    _update(law, name=text.name, name_en=text.name_en or law.name_en, category=text.category)
    _ensure_aliases(law)
    version, _is_new = LawVersion.objects.get_or_create(law=law, amended_on=text.amended_on)
    _update(version, history=text.history, source=text.source)

    articles = {article.number: article for article in law.articles.all()}
    words = _official_words(law)
    new_articles, new_versions, changed = [], [], 0
    for entry in text.articles:
        article = articles.get(entry.number)
        if article is None:
            article = Article(law=law, number=entry.number, order=article_order(entry.number), chapter=entry.chapter)
            new_articles.append(article)
        elif article.chapter != entry.chapter:
            Article.objects.filter(pk=article.pk).update(chapter=entry.chapter)
        known = words.get(entry.number)
        if known is None or known.text != entry.text:
            changed += known is not None
            new_versions.append((article, entry.text))
    for number in words.keys() - {entry.number for entry in text.articles}:
        if words[number].text:  # the law dropped the article without a word
            changed += 1
            new_versions.append((articles[number], ""))
    Article.objects.bulk_create(new_articles)
    for article, article_text in new_versions:
        ArticleVersion.objects.update_or_create(
            article=article, law_version=version, source=TextSource.OFFICIAL, defaults={"text": article_text}
        )
    return ImportedLaw(law=law, is_new=is_new, added=len(new_versions) - changed, changed=changed)


def _official_words(law: Law) -> dict[str, ArticleVersion]:
    """Return the newest official words of each article of `law`, by its number."""
    versions = ArticleVersion.objects.filter(article__law=law, source=TextSource.OFFICIAL)
    return {
        version.article.number: version
        for version in versions.select_related("article").order_by("law_version__amended_on")
    }


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
