"""Small tags of the face: the footer's pages, the pages of a list, the tone of a state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django import template
from django.core.paginator import Page as PaginatorPage
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language, gettext
from wagtail.models import Page, Site

register = template.Library()

# a number, a name as programs write it (`decide`, `open_tender`), an address of ours, a UUID, a moment to the second
_CODE = re.compile(r"\d+|[a-z][a-z0-9_-]*|/[\w./?=&%:#-]*|[0-9a-f-]{32,36}|\d{4}-\d\d-\d\dT[\d:.+-]+Z?")

TONES = {
    # waits for somebody, or soon will be too late
    "waiting": "sun", "queued": "sun", "previewed": "sun", "late": "sun", "left_early": "sun", "excused": "sun",
    "full": "sun", "soon": "sun",
    # came to a good end
    "done": "good", "sent": "good", "applied": "good", "valid": "good", "present": "good", "promoted": "good",
    "passed": "good", "complete": "good", "issued": "good", "confirmed": "good",
    # went wrong, or is void
    "failed": "bad", "revoked": "bad", "cancelled": "bad", "lost": "bad", "absent": "bad", "barred": "bad",
    # over, not yet, or of no account any more
    "finished": "off", "closed": "off", "announced": "off", "withdrawn": "off", "left": "off", "skipped": "off",
    "discarded": "off", "draft": "off", "unknown": "off",
}  # fmt: skip


@dataclass(frozen=True)
class FooterPage:
    """A page that the footer names; `lang` is the language of its words."""

    slug: str
    title: str
    url: str
    lang: str


@register.filter
def tone(state: object) -> str:
    """Return the class that colours and shapes a state: sun, good, bad, off or nothing (under way)."""
    return TONES.get(str(state), "")


@register.filter
def beside(cells: Iterable[object], columns: Iterable[object]) -> list[tuple[object, object]]:
    """Return the cells of a row, each with its column: `{% for column, cell in row|beside:columns %}`."""
    return list(zip(columns, cells, strict=False))


@register.filter
def field_label(name: str) -> str:
    """Return a word for a field known only by its name: ours are called as the models say, `job_title`: 職稱."""
    words = name.rpartition("-")[2].replace("_", " ")
    for candidate in (words.capitalize(), words):
        translated = gettext(candidate)
        if translated != candidate:
            return translated
    return words.capitalize() if (get_language() or "").startswith("en") else gettext("What you typed")


@register.filter
def is_a_code(value: str) -> bool:
    """Whether `value` is what a button, a list or a hidden field sends, and no words of the reader's."""
    return not value or _CODE.fullmatch(value) is not None


@register.filter
def phone_uri(number: object) -> str:
    """Return what a telephone dials: the digits of `number`, as in 04-22177399, and its + where it has one."""
    return "".join(character for character in str(number) if character.isdecimal() or character == "+")


@register.filter
def is_one_line(text: str) -> bool:
    """Whether `text` fits into a field of one line."""
    return len(text) < 60 and not any(end in text for end in "\r\n")


@register.simple_tag(takes_context=True)
def footer_pages(context: template.Context) -> list[FooterPage]:
    """Return the pages below the home page that editors show in menus: guides, notices, statements."""
    request = _request_of(context)
    site = Site.find_for_request(request) if request is not None else None
    if site is None:
        return []
    home = site.root_page.localized
    children = Page.objects.child_of(home).live().public().in_menu().select_related("locale", "alias_of__locale")
    return [
        FooterPage(page.slug, page.title, page.get_url(request) or "", (page.alias_of or page).locale.language_code)
        for page in children
    ]


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, number: int) -> str:
    """Return the address of page `number` of this list, with its filters kept."""
    request = _request_of(context)
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_numbers(page_obj: PaginatorPage) -> Iterator[int | str]:
    """Return the numbers to offer, with an ellipsis where many are left out."""
    return page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)


def _request_of(context: template.Context) -> HttpRequest | None:
    # `{% include … only %}` drops the variables but keeps the request
    return context.get("request") or getattr(context, "request", None)
