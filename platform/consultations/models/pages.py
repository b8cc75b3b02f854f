"""Questions and answers for everybody, made from cases and cleared of what points at people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.snippets.blocks import SnippetChooserBlock

from library.models import Subject
from website.blocks import SHORT_TEXT_FEATURES
from website.models import BasePage
from website.segmentation import SegmentedSearchField

from .log import Consultation, ErrorPattern


class QuestionIndexPage(BasePage):
    """All published questions: searched, narrowed by subject, most read first or newest first."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    template = "consultations/question_index_page.html"
    max_count_per_parent: ClassVar[int] = 1
    parent_page_types: ClassVar[list[str]] = ["library.ZonePage"]
    subpage_types: ClassVar[list[str]] = ["consultations.QuestionPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the questions asked for."""
        from ..questions import question_list

        return {**super().get_context(request, *args, **kwargs), **question_list(self, request)}

    class Meta:
        verbose_name = _("list of questions")
        verbose_name_plural = _("lists of questions")


class QuestionPage(BasePage):
    """A question and its answer, de-identified (問答). Public.

    Made from a case by `services.publishing.draft_page`; goes live only through review, and never while a
    passage is flagged (`website.privacy`). Aliases in the other language show the words of their source.
    """

    question = models.TextField(_("question"), max_length=2000)
    answer = RichTextField(_("answer"), features=SHORT_TEXT_FEATURES)
    basis = StreamField(
        [("article", SnippetChooserBlock("library.Article", label=_("article")))],
        verbose_name=_("articles of law"),
        blank=True,
    )
    subject = models.ForeignKey(
        Subject, verbose_name=_("subject"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    error_pattern = models.ForeignKey(
        ErrorPattern, verbose_name=_("error pattern"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    effective_from = models.DateField(_("law as of"), default=timezone.localdate)
    consultation = models.ForeignKey(
        Consultation, verbose_name=_("made from the case"), null=True, blank=True, editable=False,
        on_delete=models.SET_NULL, related_name="question_pages",
    )  # fmt: skip

    template = "consultations/question_page.html"
    parent_page_types: ClassVar[list[str]] = ["consultations.QuestionIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels, FieldPanel("question"), FieldPanel("answer"), FieldPanel("basis"),
        FieldPanel("subject"), FieldPanel("error_pattern"), FieldPanel("effective_from"),
    ]  # fmt: skip
    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields, SegmentedSearchField("question"), SegmentedSearchField("answer"),
    ]  # fmt: skip

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what stands around the answer: articles, related questions, what this reader said of it."""
        from ..questions import question_context

        request.lists_related_questions = True  # type: ignore[attr-defined]  # for panels that would repeat them
        return {**super().get_context(request, *args, **kwargs), **question_context(self, request)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve the page and count that it was read."""
        from ..questions import note_reading

        response = super().serve(request, *args, **kwargs)
        if response.status_code == 200:
            note_reading(self, request)
        return response

    class Meta:
        verbose_name = _("question and answer")
        verbose_name_plural = _("questions and answers")


class HelpfulVote(models.Model):
    """A reader's word on whether a page helped; one per reader, the last one counts.

    `voter` is the account's number, or for others a keyed digest of their session: nobody can be found by it.
    """

    page = models.ForeignKey(
        QuestionPage, verbose_name=_("question and answer"), on_delete=models.CASCADE, related_name="votes"
    )
    voter = models.CharField(_("reader"), max_length=64)
    has_helped = models.BooleanField(_("helped"))
    note = models.CharField(_("what was missing"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("reader's word")
        verbose_name_plural = _("readers' words")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["page", "voter"], name="helpful_vote_once")]

    def __str__(self) -> str:
        return str(self.page)


class QuestionReads(models.Model):
    """How often a page was read on a day: a count, nobody's name."""

    page = models.ForeignKey(
        QuestionPage, verbose_name=_("question and answer"), on_delete=models.CASCADE, related_name="reads"
    )
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times read"), default=0)

    class Meta:
        verbose_name = _("reads of a question")
        verbose_name_plural = _("reads of questions")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["page", "day"], name="question_reads_once_a_day")]

    def __str__(self) -> str:
        return f"{self.page} {self.day}"
