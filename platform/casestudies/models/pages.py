"""Case studies (案例): what a failed tender teaches, written from a diagnosed case or from public sources."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks import PageChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.snippets.blocks import SnippetChooserBlock

from library.enums import ProcurementKind
from library.models import Subject
from website.blocks import SHORT_TEXT_FEATURES
from website.models import BasePage
from website.segmentation import SegmentedSearchField

from ..blocks import ClassQuestionBlock, SourceBlock, TimelineEventBlock
from .cases import TenderCase


class CaseStudyIndexPage(BasePage):
    """All case studies: searched, narrowed by kind of procurement and subject."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    template = "casestudies/case_study_index_page.html"
    max_count_per_parent: ClassVar[int] = 1
    parent_page_types: ClassVar[list[str]] = ["library.ZonePage"]
    subpage_types: ClassVar[list[str]] = ["casestudies.CaseStudyPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the case studies asked for."""
        from ..studies import study_list

        return {**super().get_context(request, *args, **kwargs), **study_list(self, request)}

    class Meta:
        verbose_name = _("list of case studies")
        verbose_name_plural = _("lists of case studies")


class CaseStudyPage(BasePage):
    """A case study: facts, timeline, what went wrong, what helped, questions for the class. Public.

    Drafted from a diagnosed case by `services.studies.draft_study`, then an editor's own; goes live only when no
    passage is flagged (`website.privacy`). Model answers are for those who teach, unless `shows_answers`.
    Amounts in the timeline are NT$.
    """

    summary = models.TextField(_("in short"), max_length=400)
    kind = models.CharField(_("kind of procurement"), max_length=10, choices=ProcurementKind.choices, blank=True)
    facts = RichTextField(_("facts"), features=SHORT_TEXT_FEATURES, blank=True)
    timeline = StreamField([("event", TimelineEventBlock())], verbose_name=_("timeline"), blank=True)
    went_wrong = RichTextField(_("what went wrong"), features=SHORT_TEXT_FEATURES, blank=True)
    helped = RichTextField(_("what helped"), features=SHORT_TEXT_FEATURES, blank=True)
    questions = StreamField([("question", ClassQuestionBlock())], verbose_name=_("questions for the class"), blank=True)
    shows_answers = models.BooleanField(
        _("model answers for everybody"), default=False, help_text=_("Otherwise only those who teach see them.")
    )
    basis = StreamField(
        [("article", SnippetChooserBlock("library.Article", label=_("article")))],
        verbose_name=_("articles of law"),
        blank=True,
    )
    lessons = StreamField(
        [("lesson", PageChooserBlock(label=_("lesson")))], verbose_name=_("linked lessons"), blank=True
    )
    subjects = ParentalManyToManyField(Subject, verbose_name=_("subjects"), blank=True, related_name="+")
    sources = StreamField([("source", SourceBlock())], verbose_name=_("sources"), blank=True)
    law_as_of = models.DateField(_("law as of"), default=timezone.localdate)
    case = models.ForeignKey(
        TenderCase, verbose_name=_("made from the case"), null=True, blank=True, editable=False,
        on_delete=models.SET_NULL, related_name="study_pages",
    )  # fmt: skip

    template = "casestudies/case_study_page.html"
    parent_page_types: ClassVar[list[str]] = ["casestudies.CaseStudyIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels, FieldPanel("summary"), FieldPanel("kind"), FieldPanel("facts"), FieldPanel("timeline"),
        FieldPanel("went_wrong"), FieldPanel("helped"),
        MultiFieldPanel([FieldPanel("questions"), FieldPanel("shows_answers")], heading=_("questions for the class")),
        FieldPanel("basis"), FieldPanel("subjects"), FieldPanel("lessons"), FieldPanel("sources"),
        FieldPanel("law_as_of"),
    ]  # fmt: skip
    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields, SegmentedSearchField("summary"), SegmentedSearchField("facts"),
        SegmentedSearchField("went_wrong"), SegmentedSearchField("helped"),
    ]  # fmt: skip

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the timeline as drawn, articles, lessons, and the answers where this reader may see them."""
        from ..studies import study_context

        return {**super().get_context(request, *args, **kwargs), **study_context(self, request)}

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")
