"""The tags that every page uses: the main menu, slots, the language switch, enriched text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from wagtail.models import Page
from wagtail.rich_text import RichText

from website.enrichment import enrich
from website.navigation import entries_for
from website.slots import Slot, panels_for

register = template.Library()


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the main menu as the reader sees it."""

    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True)
class LanguageLink:
    """The same page in a language. `name` is the language's own name for itself."""

    code: str
    name: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[MenuEntry]:
    """Return the reader's main menu: `{% navigation as menu %}`, each with `label`, `url`, `is_current`.

    The entry that has the longest beginning of the page's address, as its own or among those it covers, is the
    current one.
    """
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    entries = entries_for(request.user)
    shown = [(entry.label, [reverse(name) for name in (entry.url_name, *entry.covers)]) for entry in entries]
    home = reverse("website:home")
    path = request.path
    matching = [url for _, urls in shown for url in urls if path == url or (url != home and path.startswith(url))]
    current = max(matching, key=len, default=None)
    return [MenuEntry(label, urls[0], current in urls) for label, urls in shown]


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, subject: Any = None) -> SafeString:
    """Render what the apps have to say in a slot: `{% slot "my_learning" enrolment %}`.

    Empty when nobody has anything to show, so `{% slot "desk" as panels %}{% if panels %}` works.
    """
    request: HttpRequest | None = context.get("request")
    if request is None:
        return SafeString("")
    rendered = (
        render_to_string(panel.template, panel_context, request=request)
        for panel, panel_context in panels_for(Slot(name), request, subject)
    )
    return mark_safe("".join(rendered))  # noqa: S308  templates have escaped what they print


@register.simple_tag(takes_context=True)
def language_urls(context: template.Context) -> list[LanguageLink]:
    """Return this very page in each language: `{% language_urls as languages %}`.

    A Wagtail page leads to its translation (or alias); everything else to the same address in the
    other language; a page that has no translation leads to the home page of that language.
    """
    request: HttpRequest | None = context.get("request")
    page = context.get("page")
    path = request.get_full_path() if request is not None else "/"
    links = []
    for code, name in settings.LANGUAGES:
        if isinstance(page, Page) and page.pk:
            url = _translated_page_url(page, code, request)
        else:
            url = translate_url(path, code)
        links.append(LanguageLink(code, name, url, code == get_language()))
    return links


@register.filter
def enriched(value: Any) -> SafeString:
    """Return rich text (or escaped plain text) with what the apps add: links to the articles it names."""
    html = str(value) if isinstance(value, RichText) else conditional_escape(value)
    return mark_safe(enrich(html))  # noqa: S308  rich text is cleaned by Wagtail, plain text escaped above


def _translated_page_url(page: Page, code: str, request: HttpRequest | None) -> str:
    if page.locale.language_code == code:
        return page.get_url(request) or "/"
    translation = page.get_translations().live().filter(locale__language_code=code).first()
    url = translation.get_url(request) if translation else None
    if url:
        return url
    with override(code):
        return reverse("website:home")
