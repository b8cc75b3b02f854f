"""What is read and downloaded: lessons under their course, seed teachers' lectures, runs' materials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from common.file_types import extension_of
from courses.catalogue.models import CoursePage, CourseRun
from faculty.models import Instructor
from library.blocks import TeachingBlock
from library.models import Subject
from website.enums import Visibility
from website.models import BasePage
from website.segmentation import SegmentedSearchField

if TYPE_CHECKING:
    from accounts.models import User


class TeachingPage(BasePage):
    """What lessons and lectures share. Abstract."""

    subject = models.ForeignKey(
        Subject, verbose_name=_("subject"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    summary = models.TextField(_("what you can do afterwards"), max_length=400)
    minutes = models.PositiveSmallIntegerField(_("reading time, minutes"), default=30)
    law_as_of = models.DateField(_("law as of"), null=True, blank=True)
    body = StreamField(TeachingBlock(), verbose_name=_("body"), blank=True)

    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields,
        SegmentedSearchField("summary"),
        SegmentedSearchField("body"),
    ]

    class Meta:
        abstract = True

    @property
    def course_id(self) -> int | None:
        """The course that this page belongs to, if any."""
        return None

    def may_be_viewed_by(self, user: User) -> bool:
        """Whether `user` may read this page: `permissions.can_view_teaching_page`."""
        from .permissions import can_view_teaching_page

        return can_view_teaching_page(user, self)

    @classmethod
    def viewable_ids(cls, pages: Sequence[BasePage], user: User) -> set[int]:
        """Return the numbers of those `pages` that `user` may read, with few queries for all."""
        from .permissions import viewable_teaching_pages

        own = [page for page in pages if isinstance(page, TeachingPage)]
        return viewable_teaching_pages(user, own, courses_of_pages(own))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the body with numbered headings, its table of contents, and the neighbouring pages."""
        from .reading import neighbours, with_contents

        request.is_teaching = True  # type: ignore[attr-defined]  # panels about its subject need not name it again
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        body = self.body.render_as_block({**context, "page": self, "request": request})
        context["body"], context["contents"] = with_contents(body)
        context["previous"], context["next"] = neighbours(self, request.user)
        return context


_TEACHING_PANELS: list[Any] = [
    FieldPanel("subject"),
    FieldPanel("summary"),
    FieldPanel("minutes"),
    FieldPanel("law_as_of"),
    FieldPanel("visibility"),
    FieldPanel("body"),
]


def courses_of_pages(pages: Sequence[TeachingPage]) -> dict[int, int]:
    """Return the course of each of `pages` that stands under the page of a course. One query."""
    parents = {page.pk: page.path[: -page.steplen] for page in pages if page.path}
    found = CoursePage.objects.filter(path__in=set(parents.values())).values_list("path", "course_id")
    courses = dict(found)
    return {pk: courses[path] for pk, path in parents.items() if path in courses}


class LessonPage(TeachingPage):
    """One unit of online content (單元) under its course; for the enrolled unless said otherwise."""

    visibility = models.CharField(
        _("visible to"), max_length=10, choices=Visibility.choices, default=Visibility.ENROLLED
    )

    template = "learning/lesson_page.html"
    parent_page_types: ClassVar[list[str]] = ["catalogue.CoursePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, *_TEACHING_PANELS]

    @property
    def course_id(self) -> int | None:
        """The course of the page above."""
        return courses_of_pages([self]).get(self.pk)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")


class LectureIndexPage(BasePage):
    """The list of seed teachers' lectures (/lectures/)."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    template = "learning/lecture_index_page.html"
    max_count_per_parent: ClassVar[int] = 1
    parent_page_types: ClassVar[list[str]] = ["website.HomePage"]
    subpage_types: ClassVar[list[str]] = ["learning.LecturePage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the live lectures, each with whether this reader may open it."""
        from .selectors import lectures_under

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["lectures"] = lectures_under(self, request.user)
        return context

    class Meta:
        verbose_name = _("lecture index")
        verbose_name_plural = _("lecture indexes")


class LecturePage(TeachingPage):
    """A seed teacher's lecture (種子教師講座)."""

    visibility = models.CharField(
        _("visible to"), max_length=10, choices=Visibility.choices, default=Visibility.SIGNED_IN
    )
    lecturer = models.ForeignKey(
        Instructor, verbose_name=_("lecturer"), null=True, blank=True, on_delete=models.PROTECT, related_name="lectures"
    )

    template = "learning/lecture_page.html"
    parent_page_types: ClassVar[list[str]] = ["learning.LectureIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lecturer"), *_TEACHING_PANELS]

    def clean(self) -> None:
        """Refuse "the enrolled": a lecture belongs to no course."""
        super().clean()
        if self.visibility == Visibility.ENROLLED:
            raise ValidationError({"visibility": _("A lecture belongs to no course: choose another readership.")})

    class Meta:
        verbose_name = _("lecture")
        verbose_name_plural = _("lectures")


class Material(models.Model):
    """A file that an instructor posts for a run; for the enrolled unless said otherwise.

    Written by `services.post_material` and `services.withdraw_material`.
    """

    run = models.ForeignKey(CourseRun, verbose_name=_("course run"), on_delete=models.PROTECT, related_name="materials")
    subject = models.ForeignKey(
        Subject, verbose_name=_("subject"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("title"), max_length=160)
    file = models.FileField(_("file"), upload_to="materials/%Y/%m/", max_length=250)
    size = models.PositiveBigIntegerField(_("size, bytes"), default=0)
    visibility = models.CharField(
        _("visible to"), max_length=10, choices=Visibility.choices, default=Visibility.ENROLLED
    )
    posted_at = models.DateTimeField(_("posted at"), auto_now_add=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("posted by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["run", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Address of the download."""
        return reverse("learning:material", args=[self.pk, self.download_name])

    @property
    def extension(self) -> str:
        """The type of the file, such as pdf."""
        return extension_of(self.file.name or "")

    @property
    def download_name(self) -> str:
        """The name under which the file is saved: its title, with what every file system takes."""
        stem = re.sub(r"[^\w-]+", "_", self.title).strip("_") or "material"
        return f"{stem}.{self.extension}"
