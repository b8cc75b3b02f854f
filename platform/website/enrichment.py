"""What makes editors' text richer when it is shown: an upper app registers a function from HTML to HTML.

`library` links the articles of law that a text names. The functions run in the order of registration,
on trusted HTML (rich text that Wagtail has cleaned), and return trusted HTML.
"""

from __future__ import annotations

from collections.abc import Callable

Enricher = Callable[[str], str]

_enrichers: list[Enricher] = []


def register_enricher(enricher: Enricher) -> Enricher:
    """Register `enricher`; registering it again does nothing. May be used as a decorator."""
    if enricher not in _enrichers:
        _enrichers.append(enricher)
    return enricher


def enrich(html: str) -> str:
    """Return `html` as all registered enrichers leave it."""
    for enricher in _enrichers:
        html = enricher(html)
    return html
