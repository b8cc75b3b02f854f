"""Statutory subjects, laws with their articles in versions, and who cites them."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelsearch import index

from website.segmentation import SegmentedAutocompleteField, SegmentedSearchField

from ..enums import TextSource


class Subject(models.Model):
    """A statutory subject of procurement training (科目)."""

    code = models.CharField(_("number"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Law(models.Model):
    """A law or regulation, by its number in the national law database (pcode)."""

    pcode = models.CharField(_("number in the national law database"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    repealed_on = models.DateField(_("repealed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("law")
        verbose_name_plural = _("laws")
        ordering = ["pcode"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Address of the law's page."""
        return reverse("library:law", args=[self.pcode])

    @property
    def title(self) -> str:
        """The law's name in the language of the interface, where it has one."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class LawAlias(models.Model):
    """A name by which texts cite a law, such as 採購法."""

    law = models.ForeignKey(Law, verbose_name=_("law"), on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(_("short name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("short name")
        verbose_name_plural = _("short names")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LawVersion(models.Model):
    """The state of a law after one amendment; `amended_on` is the day of its last change."""

    law = models.ForeignKey(Law, verbose_name=_("law"), on_delete=models.CASCADE, related_name="versions")
    amended_on = models.DateField(_("amended on"))
    history = models.TextField(_("history"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    effect = models.TextField(_("takes effect"), blank=True)
    imported_at = models.DateTimeField(_("imported at"), auto_now_add=True)

    class Meta:
        verbose_name = _("version of a law")
        verbose_name_plural = _("versions of laws")
        ordering = ["law", "-amended_on"]
        constraints = [models.UniqueConstraint(fields=["law", "amended_on"], name="law_version_once")]

    def __str__(self) -> str:
        return f"{self.law} {self.amended_on}"


class Article(index.Indexed, models.Model):
    """An article of a law, whatever its text: what citations point at. `number` is 48 or 11-1."""

    law = models.ForeignKey(Law, verbose_name=_("law"), on_delete=models.CASCADE, related_name="articles")
    number = models.CharField(_("article number"), max_length=12)
    order = models.PositiveIntegerField(_("order"), default=0)
    chapter = models.CharField(_("chapter"), max_length=120, blank=True)

    search_fields = [
        SegmentedSearchField("search_title", boost=2),
        SegmentedSearchField("current_text"),
        SegmentedAutocompleteField("search_title"),
        SegmentedAutocompleteField("current_text"),
        index.FilterField("law"),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["law", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["law", "number"], name="article_once")]

    def __str__(self) -> str:
        return f"{self.law.name}第 {self.number} 條"

    def get_absolute_url(self) -> str:
        """Address of the article's page."""
        return reverse("library:article", args=[self.law.pcode, self.number])

    @property
    def title(self) -> str:
        """The article's name in the language of the interface."""
        if get_language() == "en":
            return f"{self.law.title}, Article {self.number}"
        return str(self)

    @property
    def search_title(self) -> str:
        """What the search finds the article by: all names of its law, and its number."""
        return " ".join([str(self), *(alias.name for alias in self.law.aliases.all())])

    @property
    def current_version(self) -> ArticleVersion | None:
        """The newest text we have; of the same amendment, the official one before a summary."""
        return next(iter(self.versions.all()), None)

    @property
    def current_text(self) -> str:
        """The words of `current_version`, or nothing."""
        version = self.current_version
        return version.text if version else ""


class ArticleVersion(models.Model):
    """The text of an article as one version of its law has it; stored only where it changed.

    `source` tells the official text from a summary in our own words.
    """

    article = models.ForeignKey(Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="versions")
    law_version = models.ForeignKey(
        LawVersion, verbose_name=_("version of the law"), on_delete=models.CASCADE, related_name="article_versions"
    )
    text = models.TextField(_("text"))
    source = models.CharField(_("kind of text"), max_length=10, choices=TextSource.choices)

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        ordering = ["article", "-law_version__amended_on", "source"]  # what stands first is current
        constraints = [
            models.UniqueConstraint(fields=["article", "law_version", "source"], name="article_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.article} {self.law_version.amended_on}"

    def get_absolute_url(self) -> str:
        """Where these words stand beside those of the version before."""
        compare = reverse("library:compare", args=[self.article.law.pcode])
        return f"{compare}?to={self.law_version.amended_on}#article-{self.article.number}"


class Citation(models.Model):
    """Something (a page, a question, a case) cites an article; the article's page lists it."""

    article = models.ForeignKey(Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="citations")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.BigIntegerField()
    citing = GenericForeignKey("content_type", "object_id")
    paragraph = models.PositiveSmallIntegerField(_("paragraph"), default=0, help_text=_("0 is the whole article."))

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["article", "content_type", "object_id", "paragraph"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="citation_citing")]
        constraints = [
            models.UniqueConstraint(fields=["article", "content_type", "object_id", "paragraph"], name="citation_once")
        ]

    def __str__(self) -> str:
        return f"{self.article} ← {self.content_type_id}:{self.object_id}"
