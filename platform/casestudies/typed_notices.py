"""From a notice written by hand to what `services.notices` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import override

from library.enums import ProcurementKind

from .case_forms import NoticeForm
from .enums import NoticeKind
from .reading.notices import ReadNotice

_LANGUAGE = "zh-hant"
"""What is kept as published is Chinese, whatever the interface of who typed it."""


def notice_typed(form: NoticeForm) -> ReadNotice:
    """Return the notice that a valid `form` holds; what was left empty is not told, never 0."""
    data: dict[str, Any] = dict(form.cleaned_data)
    kind = NoticeKind(data.pop("kind"))
    procurement_kind = data.pop("procurement_kind")
    with override(_LANGUAGE):
        printed_type = data.pop("printed_type") or str(kind.label)
        raw = _as_published(form, data)
    return ReadNotice(
        key="",
        kind=kind,
        printed_type=printed_type,
        procurement_kind=ProcurementKind(procurement_kind) if procurement_kind else None,
        raw=raw,
        **data,
    )


def _as_published(form: NoticeForm, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed, by the names of the fields; what was left empty is left out."""
    said = {name: value for name, value in data.items() if value not in (None, "")}
    return {str(form.fields[name].label): value if isinstance(value, bool | int) else str(value)
            for name, value in said.items()}  # fmt: skip
