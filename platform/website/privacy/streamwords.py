"""The words of a StreamField whose blocks are structs: read, and one passage replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wagtail.blocks import StreamValue, StructValue
from wagtail.rich_text import RichText

from .richwords import plain_words, replace_words


def stream_words(stream: StreamValue, names: tuple[str, ...]) -> str:
    """Return what the values called `names` say in all blocks of `stream`, each on lines of its own."""
    return "\n".join(_words(struct[name]) for struct, name in _places(stream, names))


def replace_in_stream(stream: StreamValue, names: tuple[str, ...], passage: str, replacement: str) -> None:
    """Replace `passage` in the values called `names` of all blocks of `stream`, which is changed itself."""
    for struct, name in _places(stream, names):
        value = struct[name]
        if isinstance(value, RichText):
            struct[name] = RichText(replace_words(value.source, passage, replacement))
        else:
            struct[name] = str(value).replace(passage, replacement)


def _places(stream: StreamValue, names: tuple[str, ...]) -> Iterator[tuple[StructValue, str]]:
    for child in stream:
        if isinstance(child.value, StructValue):
            for name in names:
                if child.value.get(name):
                    yield child.value, name


def _words(value: Any) -> str:
    return plain_words(value.source) if isinstance(value, RichText) else str(value)
