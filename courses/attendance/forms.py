"""The roll call as a form: per trainee a state, minutes where they are needed, a note, and what was seen before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from courses.catalogue.models import Session
from courses.enrolment.issued import issued_to
from courses.enrolment.models import Enrolment

from .enums import AttendanceStatus
from .models import AttendanceRecord
from .services import Mark, RollCallEntry, mark_of


@dataclass(frozen=True)
class RollCallRow:
    """One trainee's fields, bound."""

    enrolment: Enrolment
    status: forms.BoundField
    minutes: forms.BoundField
    note: forms.BoundField
    seen: forms.BoundField

    @property
    def errors(self) -> list[str]:
        """What is wrong in this row."""
        return [str(error) for field in (self.status, self.minutes, self.note) for error in field.errors]


class RollCallForm(forms.Form):
    """Who is here. A row without a state says nothing about its trainee.

    `enrolments` come from `selectors.enrolments_to_call`. The hidden `seen` fields hold what each record said when
    the page was opened, so that two people saving do not overwrite each other unseen.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        session: Session,
        enrolments: Sequence[Enrolment],
        as_menus: bool = False,
    ) -> None:
        super().__init__(data)
        self.session = session
        self.enrolments = enrolments
        widget = forms.Select if as_menus else forms.RadioSelect
        choices = [("", "—"), *AttendanceStatus.choices] if as_menus else AttendanceStatus.choices
        for enrolment in enrolments:
            record: AttendanceRecord | None = enrolment.record_here  # type: ignore[attr-defined]  # by the selector
            self.fields |= _fields_of(enrolment, record, session, widget(), choices)

    @cached_property
    def certified(self) -> int:
        """How many have a certificate that rests on this roll call."""
        return len(issued_to([enrolment.pk for enrolment in self.enrolments]))

    @property
    def rows(self) -> Iterator[RollCallRow]:
        """The trainees' rows, by number."""
        for enrolment in self.enrolments:
            names = ("status", "minutes", "note", "seen")
            yield RollCallRow(enrolment, *(self[f"{name}-{enrolment.pk}"] for name in names))

    def clean(self) -> dict[str, Any]:
        """Check the minutes of each row against its state."""
        data = super().clean() or {}
        names = {enrolment.pk: enrolment.person.name for enrolment in self.enrolments}
        for entry in self._entries(data):
            try:
                mark_of(entry, self.session.minutes)
            except DomainError as error:
                # with the name, for the summary above the form stands far from the row
                self.add_error(f"minutes-{entry.enrolment_id}", f"{names[entry.enrolment_id]}{_(': ')}{error.message}")
        return data

    @property
    def entries(self) -> list[RollCallEntry]:
        """What was called, of a valid form."""
        return self._entries(self.cleaned_data)

    @property
    def seen(self) -> dict[int, str]:
        """What the page showed of each record when it was opened, of a valid form."""
        return {enrolment.pk: self.cleaned_data[f"seen-{enrolment.pk}"] for enrolment in self.enrolments}

    def _entries(self, data: Mapping[str, Any]) -> list[RollCallEntry]:
        entries = []
        for enrolment in self.enrolments:
            status = data.get(f"status-{enrolment.pk}")
            if status and f"minutes-{enrolment.pk}" in data:
                entries.append(
                    RollCallEntry(
                        enrolment.pk,
                        AttendanceStatus(status),
                        data[f"minutes-{enrolment.pk}"],
                        data.get(f"note-{enrolment.pk}", ""),
                    )
                )
        return entries


def _fields_of(
    enrolment: Enrolment,
    record: AttendanceRecord | None,
    session: Session,
    widget: forms.Widget,
    choices: Any,
) -> dict[str, forms.Field]:
    """Return the fields of one trainee with what is recorded."""
    missed = None
    if record is not None and 0 < record.minutes_present < session.minutes:
        missed = session.minutes - record.minutes_present
    return {
        f"status-{enrolment.pk}": forms.ChoiceField(
            label=str(enrolment.person), choices=choices, widget=widget, required=False,
            initial=record.status if record else "",
        ),
        f"minutes-{enrolment.pk}": forms.IntegerField(
            label=_("Minutes missed"), required=False, min_value=1, max_value=session.minutes, initial=missed,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        ),
        f"note-{enrolment.pk}": forms.CharField(
            label=_("Note"), required=False, max_length=200, initial=record.note if record else ""
        ),
        f"seen-{enrolment.pk}": forms.CharField(
            required=False, strip=False, widget=forms.HiddenInput, initial=str(Mark.of(record)) if record else "",
        ),
    }  # fmt: skip


def with_unmarked_present(data: QueryDict, enrolments: Sequence[Enrolment]) -> QueryDict:
    """Return posted `data` with everybody who has no state yet marked present; nothing is saved by it."""
    filled = data.copy()
    for enrolment in enrolments:
        if not filled.get(f"status-{enrolment.pk}"):
            filled[f"status-{enrolment.pk}"] = AttendanceStatus.PRESENT
    return filled


def with_others_seen(data: QueryDict, records: Sequence[AttendanceRecord]) -> QueryDict:
    """Return posted `data` as if the others' `records` had been seen: saving again then overrules them."""
    seen = data.copy()
    for record in records:
        seen[f"seen-{record.enrolment_id}"] = str(Mark.of(record))
    return seen
