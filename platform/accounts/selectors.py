"""Reads of people and agencies that more than one caller needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from common.names import Likeness, compare_names, fold_name, name_key, parts_that_are_sure, without_invisible
from common.strokes import Strokes

from .enums import AgencyKind, Role
from .models import Agency, AgencyFormerName, NameChange, Person, User

_Row = TypeVar("_Row", bound=Model)
_CHUNK = 500


def canonical_name(name: str) -> str:
    """Return an agency's name as the records write it: NFKC, without blanks and invisible marks, 臺 for 台."""
    return without_invisible(name).replace("台", "臺")


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
    return Person.objects.filter(agency=agency, agency_confirmed_at__isnull=False).order_by(Strokes("name"), "pk")


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

    Both must agree: offices share mailboxes and pass them on, and nobody may inherit a colleague's records. Forms of
    one character (温, 溫) agree where nobody bears the very name; a lost character (王?) never does.
    """
    key = name_key(name)
    alike = list(Person.objects.filter(email__iexact=email, name_key=key, user__isnull=True).order_by("pk")[:20])
    same = [person for person in alike if fold_name(person.name) == fold_name(name)]
    found = same or alike
    return found[0] if len(found) == 1 and parts_that_are_sure(name) == [key] else None


def look_alikes(*, name: str, agency: Agency | None, email: str = "", but: Person | None = None) -> QuerySet[Person]:
    """Return the people who may be the same person: the name agrees, and agency or e-mail do not speak against it.

    An unknown agency speaks against nobody. The very same agency comes first. `but` is left out.
    """
    key = name_key(name)
    not_elsewhere = Q(agency=None) | Q(agency=agency) if agency is not None else Q()
    if email:
        not_elsewhere |= Q(email__iexact=email)
    found = Person.objects.filter(not_elsewhere, name_key=key).exclude(name_key="").select_related("agency", "user")
    return (found.exclude(pk=but.pk) if but is not None else found).order_by("pk")


def possible_duplicates(*, recorded_since: datetime | None = None) -> QuerySet[Person]:
    """Return the people who have a look-alike, by strokes and name; those recorded lately, if a moment is given."""
    alike = Person.objects.filter(name_key=OuterRef("name_key")).exclude(pk=OuterRef("pk"))
    not_elsewhere = Q(agency=None) | Q(agency=OuterRef("agency")) | (~Q(email="") & Q(email=OuterRef("email")))
    has_alike = Q(Exists(alike.filter(not_elsewhere))) | (Q(agency=None) & Q(Exists(alike)))
    found = Person.objects.filter(has_alike).exclude(name_key="")
    if recorded_since is not None:
        found = found.filter(created_at__gte=recorded_since)
    return found.select_related("agency").order_by(Strokes("name_key"), "name_key", "pk")


def address_of_account(person: Person) -> str:
    """Return the verified primary address of the person's account, which their e-mail follows; "" without one."""
    addresses = EmailAddress.objects.filter(user__person=person, primary=True, verified=True)
    return next((address.lower() for address in addresses.values_list("email", flat=True)), "")


def name_changes_to_decide() -> QuerySet[NameChange]:
    """Return the changes of name that wait for a word, the oldest first."""
    waiting = NameChange.objects.filter(decided_at=None)
    return waiting.select_related("person__agency").order_by("changed_at", "pk")


def people_whose_name_waits(since: Mapping[int, datetime]) -> set[int]:
    """Return the keys of those whose change of name after their moment in `since` still waits for a word. One query."""
    waiting = NameChange.objects.filter(person__in=since, decided_at=None).values_list("person", "changed_at")
    return {person for person, changed_at in waiting if changed_at > since[person]}


def names_before(people: Mapping[int, datetime]) -> dict[int, str]:
    """Return the name that each person bore at that moment, by key, of those who bear another one now. One query."""
    names: dict[int, str] = {}
    now: dict[int, str] = {}
    changes = NameChange.objects.filter(person__in=people).select_related("person").order_by("-changed_at", "-pk")
    for change in changes:
        if change.changed_at > people[change.person_id]:
            names[change.person_id] = change.former_name
            now[change.person_id] = change.person.name
    return {key: name for key, name in names.items() if compare_names(name, now[key]) is not Likeness.SAME}


def search_people(text: str) -> QuerySet[Person]:
    """Return the people whose name, e-mail or agency contains `text`.

    Names are found as `common.names` compares them: whatever dots, dashes, blanks and forms of a character were typed,
    and by the other characters where some were lost (蔡?安).
    """
    return Person.objects.filter(person_matches(text)).select_related("agency")


def person_matches(text: str, prefix: str = "") -> Q:
    """Return the condition of `search_people` for rows that reach the person by `prefix`, such as `person__`."""
    wanted = Q(**{f"{prefix}email__icontains": text.strip()})
    if parts := parts_that_are_sure(text):
        wanted |= Q(*(Q(**{f"{prefix}name_key__contains": part}) for part in parts))
    if agency := canonical_name(text):
        wanted |= Q(**{f"{prefix}agency__name__icontains": agency})
    return wanted


def _in_chunks(queryset: QuerySet[_Row], field: str, values: Iterable[str]) -> Iterator[_Row]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield from queryset.filter(**{f"{field}__in": ordered[start : start + _CHUNK]})
