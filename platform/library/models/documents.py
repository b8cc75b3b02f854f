"""Manuals, model tender documents, directions and procedures: each at one address, in versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelsearch import index

from website.segmentation import SegmentedAutocompleteField, SegmentedSearchField

from ..enums import DocumentKind, FileFormat
from .laws import Law, Subject


class ProcurementTask(models.Model):
    """What a buyer is about to do ("我要辦理…"): leads to the documents, answers and lessons for it."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    summary_en = models.CharField(_("in one English sentence"), max_length=250, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    subjects = models.ManyToManyField(Subject, verbose_name=_("subjects"), blank=True, related_name="tasks")

    class Meta:
        verbose_name = _("task of a buyer")
        verbose_name_plural = _("tasks of buyers")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    def get_absolute_url(self) -> str:
        """Address of the task's page."""
        return reverse("library:task", args=[self.slug])


class LibraryDocument(index.Indexed, models.Model):
    """A document of the procurement zone (採購專區), whatever its version: its address never changes.

    Written by `services.publish_version` (versions) and in the back office (what it is called, whom it serves).
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=160, unique=True)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices)
    summary = models.TextField(_("what it is for"), max_length=400, blank=True)
    summary_en = models.TextField(_("what it is for, in English"), max_length=500, blank=True)
    subject = models.ForeignKey(
        Subject, verbose_name=_("subject"), null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    tasks = models.ManyToManyField(ProcurementTask, verbose_name=_("tasks"), blank=True, related_name="documents")
    laws = models.ManyToManyField(Law, verbose_name=_("follows the laws"), blank=True, related_name="documents")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    search_fields = [
        SegmentedSearchField("title", boost=2),
        SegmentedSearchField("title_en"),
        SegmentedSearchField("summary"),
        SegmentedSearchField("current_words"),
        SegmentedAutocompleteField("title"),
        index.FilterField("kind"),
        index.FilterField("withdrawn_on"),
    ]

    class Meta:
        verbose_name = _("library document")
        verbose_name_plural = _("library documents")
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title_en if self.title_en and get_language() == "en" else self.title

    def get_absolute_url(self) -> str:
        """The stable address: it always shows the version in force."""
        return reverse("library:document", args=[self.slug])

    @property
    def current_words(self) -> str:
        """What the search finds in the version in force: its changes and its control points."""
        from ..documents import current_version_of

        version = current_version_of(self)
        if version is None:
            return ""
        points = " ".join(f"{point.step} {point.control}" for point in version.control_points.all())
        return f"{version.changes} {points}"


class DocumentVersion(models.Model):
    """One version of a document. The one in force on a day is the newest with `effective_from` not later.

    Written by `services.publish_version`; never changed afterwards, so that what was downloaded stays what it was.
    """

    document = models.ForeignKey(
        LibraryDocument, verbose_name=_("document"), on_delete=models.PROTECT, related_name="versions"
    )
    label = models.CharField(_("version"), max_length=20, help_text=_("As in 115.1: ROC year and running number."))
    effective_from = models.DateField(_("in force from"))
    changes = models.TextField(_("what changed and why"), max_length=2000)
    law_as_of = models.DateField(_("law as of"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("published by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    announced_at = models.DateTimeField(_("subscribers told at"), null=True, blank=True)
    announced_up_to = models.PositiveBigIntegerField(default=0, editable=False)  # the last account that was told

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        ordering = ["document", "-effective_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "label"],
                name="document_version_once",
                violation_error_message=_("There is already a version of this name."),
            ),
            models.UniqueConstraint(
                fields=["document", "effective_from"],
                name="document_version_one_a_day",
                violation_error_message=_("There is already a version in force from this day on."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.label}"


class DocumentFile(models.Model):
    """One file of a version. Editable ones are ODF, final ones PDF; others (.docx, .xlsx) may stand beside them."""

    version = models.ForeignKey(
        DocumentVersion, verbose_name=_("version"), on_delete=models.PROTECT, related_name="files"
    )
    format = models.CharField(_("format"), max_length=6, choices=FileFormat.choices)
    file = models.FileField(_("file"), upload_to="library/%Y/%m/", max_length=250)
    size = models.PositiveBigIntegerField(_("size, bytes"))

    class Meta:
        verbose_name = _("file of a document")
        verbose_name_plural = _("files of documents")
        ordering = ["version", "format"]
        constraints = [models.UniqueConstraint(fields=["version", "format"], name="document_file_once")]

    def __str__(self) -> str:
        return f"{self.version} .{self.format}"


class ControlPoint(models.Model):
    """A step of a procedure with what internal control looks at (內部控制 控制重點)."""

    version = models.ForeignKey(
        DocumentVersion, verbose_name=_("version"), on_delete=models.CASCADE, related_name="control_points"
    )
    order = models.PositiveSmallIntegerField(_("order"))
    step = models.CharField(_("step"), max_length=120)
    control = models.TextField(_("control point"), max_length=600)
    basis = models.CharField(_("basis"), max_length=200, blank=True, help_text=_("As in 採購法第 27 條."))

    class Meta:
        verbose_name = _("control point")
        verbose_name_plural = _("control points")
        ordering = ["version", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "order"], name="control_point_order")]

    def __str__(self) -> str:
        return self.step


class DocumentSubscription(models.Model):
    """A signed-in person wants to be told when a document gets a new version; no document means all of them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE,
        related_name="document_subscriptions",
    )  # fmt: skip
    document = models.ForeignKey(
        LibraryDocument, verbose_name=_("document"), null=True, blank=True, on_delete=models.CASCADE,
        related_name="subscriptions",
    )  # fmt: skip
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "document"], name="document_subscription_once"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(document__isnull=True), name="document_subscription_to_all_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.document or _("all documents"))
