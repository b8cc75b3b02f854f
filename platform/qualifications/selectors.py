"""Who holds which qualification. Advanced demands basic (資格辦法 §5), so whoever holds advanced holds basic."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Person

from .enums import Level, QualificationState
from .models import QualificationRecord


def levels_that_prove(level: str) -> tuple[str, ...]:
    """Return the levels of certificates that prove `level`."""
    return (Level.BASIC, Level.ADVANCED) if level == Level.BASIC else (Level(level),)


def valid_records(level: str) -> QuerySet[QualificationRecord]:
    """Return the certificates in force that prove `level`; lost, cancelled and revoked ones prove nothing."""
    return QualificationRecord.objects.filter(level__in=levels_that_prove(level), state=QualificationState.VALID)


def holds_level(person: Person, level: str) -> bool:
    """Tell whether `person` holds `level` today."""
    return valid_records(level).filter(person=person).exists()


def people_with_level(level: str) -> QuerySet[Person]:
    """Return everybody who holds `level` today."""
    return Person.objects.filter(Exists(valid_records(level).filter(person=OuterRef("pk"))))


def people_ids_with_level(level: str, *, among: Iterable[int]) -> set[int]:
    """Return the keys of those `among` the given people who hold `level` today, in one query."""
    return set(valid_records(level).filter(person__in=list(among)).values_list("person_id", flat=True))
