"""Which page types are checked before they go live: each app says so in its `clearing.py`, read at start-up.

check_pages(CheckedPages(
    page_type=QuestionPage, plain=("question",), rich=("answer",), slug_prefix="q", actions=Actions(…),
))
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from wagtail.models import Page

from ..models import BasePage
from .enums import FlagKind

OF_EVERY_PAGE = ("title", "seo_title", "search_description")
SCREENS = "privacy"
"""The addresses of the shared screens."""


@dataclass(frozen=True)
class Actions:
    """How the audit trail names what is done to pages of a type."""

    replaced: str
    cleared: str
    reopened: str
    held_back: str
    submitted: str


@dataclass(frozen=True)
class CheckedPages:
    """A page type and its public words: plain and rich text, and of StreamFields the named values of their blocks.

    Title and words for search engines are always read; so is the slug, unless code made it: `slug_prefix` and numbers.
    `screens` is the namespace with the addresses `clear`, `decide`, `submit` and `together`. Passages of the kinds in
    `together` may be found harmless several at once (never those of `enums.ONE_BY_ONE`).
    """

    page_type: type[BasePage]
    actions: Actions
    plain: tuple[str, ...] = ()
    rich: tuple[str, ...] = ()
    stream: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slug_prefix: str = "page"
    screens: str = SCREENS
    together: frozenset[FlagKind] = frozenset()

    @property
    def plain_fields(self) -> tuple[str, ...]:
        """All fields of plain text but the slug."""
        return (*OF_EVERY_PAGE, *self.plain)

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields with public words."""
        return (*self.plain_fields, *self.rich, *self.stream, "slug")

    def made_slug(self, slug: str) -> bool:
        """Whether code made `slug`, so that it says nothing."""
        return re.fullmatch(rf"{re.escape(self.slug_prefix)}\d+(-\d+)?", slug) is not None

    def url(self, name: str, number: int) -> str:
        """Return the address of the screen `name`."""
        return reverse(f"{self.screens}:{name}", args=[number])


_checked: dict[type[Page], CheckedPages] = {}


def check_pages(pages: CheckedPages) -> None:
    """Let pages of this type go live only when a person has decided about everything that may give somebody away."""
    from .receivers import guard

    _checked[pages.page_type] = pages
    guard(pages.page_type)


def checked_types() -> list[CheckedPages]:
    """Return all checked page types."""
    return list(_checked.values())


def checked_type(page_type: type[Page] | None) -> CheckedPages | None:
    """Return what is known of `page_type`, if it is checked."""
    return _checked.get(page_type) if page_type is not None else None


def check_of(page: Page) -> CheckedPages | None:
    """Return what is known of the type of `page` (specific or not), if it is checked."""
    return checked_type(page.specific_class)
