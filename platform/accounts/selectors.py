"""Reads of people and agencies that more than one caller needs."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from .enums import AgencyKind, Role
from .models import Agency, AgencyFormerName, Person, User

_Row = TypeVar("_Row", bound=Model)
_CHUNK = 500


def canonical_name(name: str) -> str:
    """Return an agency's name as the records write it: NFKC, without blanks, 臺 for 台."""
    return "".join(unicodedata.normalize("NFKC", name).split()).replace("台", "臺")


def agency_by_name(name: str) -> Agency | None:
    """Return the agency of that name, now or formerly; 台 and 臺 are alike.

    A current name wins over a former one. None where nobody bears it, or where it is a former name of
    several agencies and so says nothing.
    """
    return agencies_by_name([name]).get(canonical_name(name))


def agencies_by_name(names: Iterable[str]) -> dict[str, Agency]:
    """Return the agencies behind many names in two queries per 500 names, by `canonical_name`."""
    wanted = {canonical_name(name) for name in names}
    found = {agency.name: agency for agency in _in_chunks(Agency.objects.all(), "name", wanted)}
    by_former_name: dict[str, set[Agency]] = defaultdict(set)
    formers = AgencyFormerName.objects.select_related("agency")
    for former in _in_chunks(formers, "name", wanted - found.keys()):
        by_former_name[former.name].add(former.agency)
    found |= {name: agencies.pop() for name, agencies in by_former_name.items() if len(agencies) == 1}
    return found


def agency_with_subordinates_ids(agency: Agency) -> set[int]:
    """Return the keys of `agency` and of everything below it; one query per level of the tree."""
    found: set[int] = set()
    level = {agency.pk}
    while level:
        found |= level
        level = set(Agency.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
    return found


def agencies_by_kind(search: str = "") -> list[tuple[str, list[Agency]]]:
    """Return the agencies that exist today, grouped by kind, for a list to choose from. One query.

    `search` narrows them to those whose name, or a former one, contains it; 台 and 臺 are alike.
    """
    groups: dict[str, list[Agency]] = {kind: [] for kind in AgencyKind.values}
    agencies = Agency.objects.filter(ceased_on__isnull=True)
    if part := canonical_name(search):
        agencies = agencies.filter(Q(name__icontains=part) | Q(former_names__name__icontains=part)).distinct()
    for agency in agencies:
        groups[agency.kind].append(agency)
    return [(str(AgencyKind(kind).label), agencies) for kind, agencies in groups.items() if agencies]


def contacts_of(agency: Agency) -> QuerySet[User]:
    """Return the accounts that may speak for `agency`."""
    return User.objects.filter(
        is_active=True,
        groups__name=Role.AGENCY_CONTACT.value,
        person__agency=agency,
        person__agency_confirmed_at__isnull=False,
    ).select_related("person")


def people_of(agency: Agency) -> QuerySet[Person]:
    """Return the people who are confirmed to work at `agency`."""
    return Person.objects.filter(agency=agency, agency_confirmed_at__isnull=False).order_by("name", "pk")


def declared_members(agency: Agency) -> QuerySet[Person]:
    """Return the people who say they work at `agency` and whom nobody has confirmed."""
    return Person.objects.filter(agency=agency, agency_confirmed_at__isnull=True).order_by("pk")


def declared_without_contact() -> QuerySet[Person]:
    """Return the unconfirmed people whose agency has no contact: an administrator has to decide."""
    with_contact = User.objects.filter(
        is_active=True, groups__name=Role.AGENCY_CONTACT.value, person__agency_confirmed_at__isnull=False
    ).values("person__agency")
    return (
        Person.objects.filter(agency__isnull=False, agency_confirmed_at__isnull=True)
        .exclude(agency__in=with_contact)
        .select_related("agency")
        .order_by("pk")
    )


def proposed_agencies() -> QuerySet[Agency]:
    """Return the agencies whose kind and superior nobody has confirmed."""
    return Agency.objects.filter(is_confirmed=False)


@dataclass(frozen=True)
class Proposals:
    """Agencies that were proposed alike: the same kind below the same superior."""

    kind: AgencyKind
    parent: Agency | None
    names: list[str]


def proposals() -> list[Proposals]:
    """Return the proposed agencies in groups to decide on. One query."""
    groups: dict[tuple[str, Agency | None], list[str]] = defaultdict(list)
    for agency in proposed_agencies().select_related("parent"):
        groups[agency.kind, agency.parent].append(agency.name)
    found = [Proposals(AgencyKind(kind), parent, names) for (kind, parent), names in groups.items()]
    return sorted(found, key=lambda group: (-len(group.names), str(group.parent)))


def person_for_verified_email(*, email: str, name: str) -> Person | None:
    """Return the person without an account whom a verified e-mail and the name identify, or None.

    Both must agree: offices share mailboxes and pass them on, and nobody may inherit a colleague's records.
    """
    same_name = [
        person
        for person in Person.objects.filter(email__iexact=email, user__isnull=True).order_by("pk")
        if canonical_name(person.name).casefold() == canonical_name(name).casefold()
    ]
    return same_name[0] if len(same_name) == 1 else None


def search_people(text: str) -> QuerySet[Person]:
    """Return the people whose name, e-mail or agency contains `text`; 台 and 臺 are alike."""
    variants = {text, text.replace("台", "臺"), text.replace("臺", "台")}
    wanted = Q()
    for variant in variants:
        wanted |= Q(name__icontains=variant) | Q(email__icontains=variant) | Q(agency__name__icontains=variant)
    return Person.objects.filter(wanted).select_related("agency")


def _in_chunks(queryset: QuerySet[_Row], field: str, values: Iterable[str]) -> Iterator[_Row]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield from queryset.filter(**{f"{field}__in": ordered[start : start + _CHUNK]})
