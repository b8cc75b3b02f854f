"""A notice as it was published, made readable: sections of rows instead of nested data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

_NOTE = ":remind"
"""Keys that end so are notes on the key before."""

_OF_THE_COLLECTOR = frozenset({"fetched_at"})
"""What the open data add to a notice, and its publisher did not say."""

_MOST_TABLE_ROWS = 200


@dataclass(frozen=True)
class RawTable:
    """Things that stand in rows in the notice itself, such as the items of an award."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass
class RawRow:
    """One thing that a notice says: `label`, its `text` or `table`, and the `note` printed beside it."""

    label: str
    text: str = ""
    note: str = ""
    table: RawTable | None = None


@dataclass
class RawSection:
    """The rows that a notice prints under one heading."""

    title: str
    rows: list[RawRow] = field(default_factory=list)


def sections_of(raw: Any) -> list[RawSection]:
    """Return what stands in `raw` (`TenderNotice.raw`) under its printed headings, in its order.

    A key such as 採購資料:預算金額 is the heading and the row; keys without a heading come first. Values may be nested
    to any depth. Empty ones are left out.
    """
    sections: dict[str, dict[str, RawRow]] = {"": {}}
    for parts, value in _leaves(_said(raw), ()):
        heading, label = (parts[0], parts[1:]) if len(parts) > 1 else ("", parts)
        is_note = bool(label) and label[-1] == _NOTE
        name = " › ".join(label[:-1] if is_note else label)
        row = sections.setdefault(heading, {}).setdefault(name, RawRow(name or heading))
        if is_note:
            row.note = _as_text(value)
        elif isinstance(value, RawTable):
            row.table = value
        else:
            row.text = _as_text(value)
    found = [RawSection(title or _("The notice"), list(rows.values())) for title, rows in sections.items()]
    for section in found:
        section.rows = [row for row in section.rows if row.text or row.note or row.table]
    return [section for section in found if section.rows]


def _said(raw: Any) -> Any:
    """Return what the notice itself says: the open data wrap it into a `detail` beside what they know of it."""
    said = raw.get("detail") if isinstance(raw, Mapping) else None
    if not isinstance(said, Mapping):
        return raw
    named = {"type": _("type as printed"), "url": _("address")}
    return {named.get(key, key): value for key, value in said.items() if key not in _OF_THE_COLLECTOR}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield everything that is said, with the headings that lead to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, *_parts(str(key))))
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        records = list(_records(value))
        if records:
            yield path, _table(records)
        else:
            yield path, "\n".join(filter(None, (_as_text(item) for item in _flat(value))))
    elif value is not None:
        yield path, value


def _parts(key: str) -> tuple[str, ...]:
    if key.endswith(_NOTE):
        return *_parts(key.removesuffix(_NOTE)), _NOTE
    return tuple(part.strip() for part in key.split(":") if part.strip()) or (key,)


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            yield from _flat(value)
        else:
            yield value


def _records(values: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    return (value for value in _flat(values) if isinstance(value, Mapping))


def _table(records: list[Mapping[str, Any]]) -> RawTable:
    headings = tuple(dict.fromkeys(str(key) for record in records for key in record))
    rows = tuple(tuple(_as_text(record.get(heading)) for heading in headings) for record in records[:_MOST_TABLE_ROWS])
    return RawTable(headings, rows)


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, RawTable):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "\n".join(f"{key}：{_as_text(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(_as_text(inner) for inner in value)
    lines = (line.strip() for line in str(value).splitlines())
    return "\n".join(line for line in lines if line)
