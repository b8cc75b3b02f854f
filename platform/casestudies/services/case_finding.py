"""Which case a notice belongs to, for many notices at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.selectors import agencies_by_name, canonical_name

from ..models import TenderCase

Name = int | str
"""An agency where we know it, under whatever name; else the name as records write it."""


@dataclass
class FoundCase:
    """A case on record, or one to be made (`pk` is None). `is_adopted`: it had no unit, and a notice tells it."""

    pk: int | None
    unit_id: str
    agency_name: str
    number: str
    is_adopted: bool = False


class CaseFinder:
    """Finds the cases of a portion of notices: by unit and number, or by agency and number where a unit is missing.

    Notices under an agency's former name find the case of its present one. `look_up` asks once for a portion.
    """

    def __init__(self) -> None:
        self._names: dict[str, Name] = {}
        self._by_unit: dict[tuple[str, str], FoundCase] = {}
        self._by_name: dict[tuple[Name, str], list[FoundCase]] = {}

    def look_up(self, numbers: Iterable[str], agency_names: Iterable[str]) -> None:
        """Read what is on record under these numbers; at most three queries."""
        self._by_unit, self._by_name = {}, defaultdict(list)
        rows = list(
            TenderCase.objects.filter(number__in=set(numbers))
            .order_by("pk")
            .values_list("pk", "unit_id", "agency_name", "number", "agency_id")
        )
        self._learn({*agency_names, *(row[2] for row in rows)})
        for pk, unit_id, agency_name, number, agency_id in rows:
            found = FoundCase(pk, unit_id, agency_name, number)
            self._register(found, agency_id if agency_id is not None else self._names[agency_name])

    def case_of(self, *, unit_id: str, agency_name: str, number: str) -> FoundCase:
        """Return the case of a notice; a new one is returned again for the next notice of it."""
        name = self._names[agency_name]
        if unit_id and (found := self._by_unit.get((unit_id, number))):
            return found
        alike = self._by_name[name, number]
        if unit_id:
            without_unit = [case for case in alike if not case.unit_id]
            if len(without_unit) == 1:
                without_unit[0].unit_id, without_unit[0].is_adopted = unit_id, without_unit[0].pk is not None
                self._by_unit[unit_id, number] = without_unit[0]
                return without_unit[0]
        else:
            same_name = [case for case in alike if not case.unit_id and case.agency_name == agency_name]
            if same_name or len(alike) == 1:
                return (same_name or alike)[0]
        new = FoundCase(None, unit_id, agency_name, number)
        self._register(new, name)
        return new

    def _register(self, case: FoundCase, name: Name) -> None:
        if case.unit_id:
            self._by_unit[case.unit_id, case.number] = case
        self._by_name[name, case.number].append(case)

    def _learn(self, names: set[str]) -> None:
        unknown = names - self._names.keys()
        if not unknown:
            return
        agencies = agencies_by_name(unknown)
        for each in unknown:
            canonical = canonical_name(each)
            self._names[each] = agencies[canonical].pk if canonical in agencies else canonical
