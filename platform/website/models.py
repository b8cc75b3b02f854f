"""Base of all pages, the home page, plain content pages, and files behind permissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.documents.models import AbstractDocument, Document
from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page, Revision

from .blocks import BodyBlock
from .privacy.models import PassageFlag, PassageReviewTask
from .segmentation import SegmentedAutocompleteField, SegmentedSearchField

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "BasePage",
    "ContentPage",
    "HomePage",
    "PassageFlag",
    "PassageReviewTask",
    "SiteDocument",
    "SiteImage",
    "SiteRendition",
]

PAGE_SEARCH_FIELDS = [
    *Page.search_fields,
    SegmentedSearchField("title", boost=2),
    SegmentedAutocompleteField("title"),
]


class SiteImage(AbstractImage):
    """An image; its renditions have no open address."""

    search_fields = [
        *AbstractImage.search_fields,
        SegmentedSearchField("title", boost=2),
        SegmentedAutocompleteField("title"),
    ]
    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class SiteRendition(AbstractRendition):
    """One size of an image, served by a view that checks permission."""

    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="unique_rendition")
        ]

    @property
    def url(self) -> str:
        """Address of the view that serves this rendition to those who may see a page that shows it."""
        return reverse("files:rendition", args=[self.pk])


class SiteDocument(AbstractDocument):
    """A file of a page: whoever may see a page that uses it may have it, nobody else."""

    search_fields = [
        *AbstractDocument.search_fields,
        SegmentedSearchField("title", boost=2),
        SegmentedAutocompleteField("title"),
    ]
    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def clean(self) -> None:
        """Judge the name of a file; one that the form has refused already is not complained of twice."""
        if self.file:
            super().clean()

    @property
    def url(self) -> str:
        """Address of the view that serves this file to those who may see a page that uses it."""
        return reverse("files:document", args=[self.pk, self.filename])


class BasePage(Page):
    """What every page of the site shares. Abstract.

    A page that is not for everybody overrides `may_be_viewed_by`; serving, search and the files it uses
    all ask it.
    """

    search_fields: ClassVar[list[Any]] = PAGE_SEARCH_FIELDS

    class Meta:
        abstract = True

    def may_be_viewed_by(self, user: User) -> bool:
        """Whether `user` (perhaps anonymous) may read this page once it is live."""
        return True

    @classmethod
    def viewable_ids(cls, pages: Sequence[BasePage], user: User) -> set[int]:
        """Return the numbers of those `pages`, all of this type, that `user` may read.

        Lists ask this. A type whose answer costs a query per page overrides it with a few for all.
        """
        return {page.pk for page in pages if page.may_be_viewed_by(user)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve the page to those who may read it; ask others to sign in, or refuse."""
        from .access import refuse_or_ask_to_sign_in

        refusal = refuse_or_ask_to_sign_in(self, request)
        return refusal if refusal is not None else super().serve(request, *args, **kwargs)

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> None:
        """Publish `revision`; one whose hour has come, but whose words may give somebody away, stays a draft."""
        from .privacy.services import hold_back

        if kwargs.get("log_action") == "wagtail.publish.scheduled" and hold_back(revision=revision):
            return
        super().publish(revision, *args, **kwargs)

    @property
    def content_language(self) -> str:
        """The language the words are in: an alias shows the words of its source."""
        return (self.alias_of.locale if self.alias_of_id and self.alias_of else self.locale).language_code


class HomePage(BasePage):
    """The front door. What changes by itself (next runs, searches) comes from slots."""

    headline = models.CharField(_("headline"), max_length=120)
    introduction = models.TextField(_("introduction"), max_length=400)

    max_count_per_parent: ClassVar[int] = 2
    template = "website/home_page.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("headline"), FieldPanel("introduction")]
    search_fields: ClassVar[list[Any]] = [*BasePage.search_fields, SegmentedSearchField("introduction")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class ContentPage(BasePage):
    """A plain page: a guide, the privacy notice, the accessibility statement."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    template = "website/content_page.html"
    parent_page_types: ClassVar[list[str]] = ["website.HomePage", "website.ContentPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields,
        SegmentedSearchField("introduction"),
        SegmentedSearchField("body"),
    ]

    class Meta:
        verbose_name = _("content page")
        verbose_name_plural = _("content pages")
