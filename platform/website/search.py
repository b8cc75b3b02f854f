"""The site's own source for the search: pages, in the language of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from modelsearch.index import SearchField
from wagtail.models import Locale, Page

from .models import BasePage
from .search_sources import Hit, register
from .segmentation import SegmentedSearchField
from .selectors import viewable_pages


def find_pages(query: str, user: Any) -> list[Page]:
    """Return the live pages in the language of the interface that match and that `user` may read, best first."""
    found = Page.objects.live().public().filter(locale=Locale.get_active()).search(query, operator="and")
    return viewable_pages([page.pk for page in found], user)


def page_hits(pages: Sequence[Page]) -> list[Hit]:
    """Return the lines to print for `pages`."""
    return [_hit(page) for page in pages]


def plain_text(page: Page) -> str:
    """Return the words of `page`, without its title, as they are indexed but uncut."""
    parts: list[str] = []
    for field in page.get_search_fields():
        if isinstance(field, SegmentedSearchField) and field.field_name != "title":
            value = SearchField.get_value(field, page)
            parts += [value] if isinstance(value, str) else [str(part) for part in value or ()]
    return unescape(strip_tags(" ".join(parts)))


def _hit(page: Page) -> Hit:
    language = page.content_language if isinstance(page, BasePage) else page.locale.language_code
    return Hit(title=page.title, url=page.get_url() or "", text=plain_text(page), language=language)


register(key="pages", label=_("Pages"), order=10, find=find_pages, hits=page_hits)
