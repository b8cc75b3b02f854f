"""How Chinese is cut for the search index: every character and every pair of neighbours.

Neither SQLite's nor PostgreSQL's full-text search knows Chinese words. With single characters and pairs
in the index, terms of one and two characters find something and both databases find the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from modelsearch import index

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_TOKEN = re.compile(rf"[{_HAN}]+|[0-9a-z]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_VARIANTS = str.maketrans({"台": "臺"})


def normalise(text: str) -> str:
    """Return `text` in the one form that is indexed and asked for: NFKC, lower case, 台 as 臺."""
    return unicodedata.normalize("NFKC", text).lower().translate(_VARIANTS)


def terms(text: str) -> list[str]:
    """Return the terms of `text`: runs of Han characters, Latin words, numbers."""
    return _TOKEN.findall(normalise(text))


def segment(text: str) -> str:
    """Return the words to index: Latin words and numbers, each Han character, each pair of them."""
    words: list[str] = []
    for token in terms(text):
        if not _IS_HAN.match(token):
            words.append(token)
            continue
        words.extend(token)
        words.extend(token[i : i + 2] for i in range(len(token) - 1))
    return " ".join(words)


def query_words(text: str) -> list[str]:
    """Return the words to ask for: pairs of Han characters (a lone one stays), Latin words, numbers."""
    words: list[str] = []
    for token in terms(text):
        if not _IS_HAN.match(token) or len(token) == 1:
            words.append(token)
        else:
            words.extend(token[i : i + 2] for i in range(len(token) - 1))
    return words


def _segmented(value: Any) -> Any:
    if isinstance(value, str):
        return segment(value)
    if isinstance(value, (list, tuple)):
        return [_segmented(item) for item in value]
    return value


class SegmentedSearchField(index.SearchField):
    """A search field whose text is cut into characters and pairs."""

    def get_value(self, obj: Any) -> Any:
        """Return the field's segmented text."""
        return _segmented(super().get_value(obj))


class SegmentedAutocompleteField(index.AutocompleteField):
    """An autocomplete field whose text is cut into characters and pairs."""

    def get_value(self, obj: Any) -> Any:
        """Return the field's segmented text."""
        return _segmented(super().get_value(obj))
