"""What a page cites: the articles its words name and those it quotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, TextField
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText

from .models import Article
from .references import WALL, text_of


def page_text(page: Page) -> str:
    """Return the plain words of all fields that `page` has of its own, blocks included."""
    return WALL.join(piece for piece in _pieces(page) if isinstance(piece, str))


def quoted_articles(page: Page) -> list[Article]:
    """Return the articles that blocks of `page` quote."""
    return [piece for piece in _pieces(page) if isinstance(piece, Article)]


def _pieces(page: Page) -> Iterator[str | Article]:
    for field in page._meta.get_fields():
        if getattr(field, "model", None) in (Page, None) or not getattr(field, "concrete", False):
            continue
        value = getattr(page, field.name, None)
        if isinstance(field, StreamField):
            yield from _walk(value)
        elif isinstance(field, RichTextField):
            yield text_of(value or "")
        elif isinstance(field, (CharField, TextField)):
            yield value or ""


def _walk(value: Any) -> Iterator[str | Article]:
    if isinstance(value, RichText):
        yield text_of(value.source)
    elif isinstance(value, (str, Article)):
        yield value
    elif isinstance(value, StructValue):
        for part in value.values():
            yield from _walk(part)
    elif isinstance(value, StreamValue):
        for child in value:
            yield from _walk(child.value)
    elif isinstance(value, ListValue):
        for part in value:
            yield from _walk(part)
    elif hasattr(value, "row_data"):  # a typed table
        for row in value.rows:
            for cell in row:
                yield from _walk(cell.value)
