"""The procurement zone (採購專區): its front page and its announcements."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from website.models import BasePage
from website.segmentation import SegmentedSearchField

from ..blocks import TeachingBlock


class ZonePage(BasePage):
    """The front page of the zone: what is new, what changed in law, most read answers, documents by task."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    template = "library/zone_page.html"
    max_count_per_parent: ClassVar[int] = 1
    parent_page_types: ClassVar[list[str]] = ["website.HomePage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what is new, what changed in law, the tasks and the documents."""
        from ..zone import front_of_zone

        return {**super().get_context(request, *args, **kwargs), **front_of_zone()}

    class Meta:
        verbose_name = _("procurement zone")
        verbose_name_plural = _("procurement zones")


class AnnouncementIndexPage(BasePage):
    """The list of announcements."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    template = "library/announcement_index_page.html"
    max_count_per_parent: ClassVar[int] = 1
    parent_page_types: ClassVar[list[str]] = ["library.ZonePage"]
    subpage_types: ClassVar[list[str]] = ["library.AnnouncementPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the page of the list that is asked for."""
        from ..zone import announcements_page

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["page_obj"] = announcements_page(self, request.GET.get("page"))
        return context

    class Meta:
        verbose_name = _("announcement list")
        verbose_name_plural = _("announcement lists")


class AnnouncementPage(BasePage):
    """An announcement, from a day on; one with a last day disappears from the front page after it."""

    announced_on = models.DateField(_("announced on"), default=timezone.localdate)
    until = models.DateField(_("shown in front until"), null=True, blank=True)
    is_important = models.BooleanField(_("important"), default=False)
    summary = models.TextField(_("in short"), max_length=300)
    body = StreamField(TeachingBlock(), verbose_name=_("body"), blank=True)

    template = "library/announcement_page.html"
    parent_page_types: ClassVar[list[str]] = ["library.AnnouncementIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels, FieldPanel("announced_on"), FieldPanel("until"), FieldPanel("is_important"),
        FieldPanel("summary"), FieldPanel("body"),
    ]  # fmt: skip
    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields, SegmentedSearchField("summary"), SegmentedSearchField("body"),
    ]  # fmt: skip

    @property
    def is_past(self) -> bool:
        """Whether its last day is over: it stands in the list, no longer in front."""
        return self.until is not None and self.until < timezone.localdate()

    def clean(self) -> None:
        """Refuse a last day that lies before the first."""
        super().clean()
        if self.until is not None and self.until < self.announced_on:
            raise ValidationError({"until": _("The last day lies before the day of the announcement.")})

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
