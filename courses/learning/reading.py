"""What a page that teaches shows around its text: the table of contents and the neighbouring pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from .models import TeachingPage

_HEADING = re.compile(r"<h2(?P<attributes>(?:\s[^>]*)?)>(?P<inner>.*?)</h2>", re.DOTALL)
_ID = re.compile(r'\sid="(?P<id>[^"]+)"')


@dataclass(frozen=True)
class Heading:
    """One line of the table of contents."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Neighbour:
    """The page before or after; `is_open` says whether the reader may open it."""

    page: TeachingPage
    is_open: bool


def with_contents(html: str) -> tuple[SafeString, list[Heading]]:
    """Return the rendered body with an anchor on every h2, and the headings in their order.

    `html` is what templates rendered: trusted. A heading that has an id keeps it.
    """
    contents: list[Heading] = []

    def anchored(match: re.Match[str]) -> str:
        attributes, inner = match["attributes"], match["inner"]
        own = _ID.search(attributes)
        anchor = own["id"] if own else f"part-{len(contents) + 1}"
        contents.append(Heading(anchor, " ".join(strip_tags(inner).split())))
        return match[0] if own else f'<h2 id="{anchor}"{attributes}>{inner}</h2>'

    body = _HEADING.sub(anchored, str(html))
    return mark_safe(body), contents  # noqa: S308  the blocks' templates escaped it already


def neighbours(page: TeachingPage, user: Any) -> tuple[Neighbour | None, Neighbour | None]:
    """Return the live page before and the one after `page` in its branch, of the same type."""
    if not page.path:  # a preview of a page that was never saved
        return None, None
    siblings = type(page).objects.sibling_of(page, inclusive=False).live().public()
    around = [
        siblings.filter(path__lt=page.path).order_by("-path").first(),
        siblings.filter(path__gt=page.path).order_by("path").first(),
    ]
    readable = type(page).viewable_ids([other for other in around if other], user)
    before, after = (Neighbour(other, other.pk in readable) if other else None for other in around)
    return before, after
