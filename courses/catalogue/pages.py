"""The catalogue's pages: editors' words about courses. Imported by `models`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from website.blocks import BodyBlock
from website.models import BasePage
from website.segmentation import SegmentedSearchField


class CourseIndexPage(BasePage):
    """The list of all courses (/courses/)."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    template = "catalogue/course_index_page.html"
    max_count_per_parent: ClassVar[int] = 1
    parent_page_types: ClassVar[list[str]] = ["website.HomePage"]
    subpage_types: ClassVar[list[str]] = ["catalogue.CoursePage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("course index")
        verbose_name_plural = _("course indexes")


class CoursePage(BasePage):
    """What editors say about a course; the facts are the `Course` it points at."""

    course = models.ForeignKey(
        "catalogue.Course", verbose_name=_("course"), on_delete=models.PROTECT, related_name="pages"
    )
    introduction = models.TextField(_("introduction"), max_length=400)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    template = "catalogue/course_page.html"
    parent_page_types: ClassVar[list[str]] = ["catalogue.CourseIndexPage"]
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("course"),
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields,
        SegmentedSearchField("introduction"),
        SegmentedSearchField("body"),
    ]

    class Meta:
        verbose_name = _("course page")
        verbose_name_plural = _("course pages")
