"""Which column of a table holds what, guessed from its headings; a person looks at the guess before it is used."""

from collections.abc import Mapping, Sequence

from .table import normalise_heading


def guess_columns(headings: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return by key the column, from 0, whose heading is one of the `known` ones of that key; each column once.

    The same words first; then a heading that contains a known one of two characters or more (諮詢內容摘要).
    """
    texts = [normalise_heading(heading) for heading in headings]
    mapping: dict[str, int] = {}
    for is_alike in (_is_same, _contains):
        for key, words in known.items():
            if key in mapping:
                continue
            free = [index for index in range(len(texts)) if texts[index] and index not in mapping.values()]
            plain = [normalise_heading(word) for word in words]
            found = next((index for word in plain for index in free if is_alike(texts[index], word)), None)
            if found is not None:
                mapping[key] = found
    return mapping


def _is_same(heading: str, known: str) -> bool:
    return heading == known


def _contains(heading: str, known: str) -> bool:
    return len(known) > 1 and known in heading
