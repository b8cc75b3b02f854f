"""The order of names that officials expect: by strokes, as CLDR's `zh-Hant` has it."""

from __future__ import annotations

import unicodedata
from array import array
from functools import cache
from pathlib import Path
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import CharField, Func
from django.dispatch import receiver

_ORDER = Path(__file__).parent / "han" / "strokes.txt"
_FIRST, _LAST = 0x3400, 0x323AF
_HAN, _OTHER_LETTERS = 0x20000, 0x40000
COLLATION = "zh-Hant-x-icu"


class Strokes(Func):
    """The name by which to order, for `order_by`: PostgreSQL's collation by strokes, our own key on SQLite."""

    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Order by the collation that PostgreSQL has from ICU."""
        return super().as_sql(compiler, connection, template=f'(%(expressions)s COLLATE "{COLLATION}")', **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Order by `stroke_key`, which every connection knows."""
        return super().as_sql(compiler, connection, function="STROKE_KEY", **context)


def stroke_key(name: str | None) -> str:
    """Return a key that orders names as the collation does: signs, digits, Han characters by strokes, other letters."""
    return "".join(map(_weight, unicodedata.normalize("NFKD", name or "").casefold()))


def _weight(point: str) -> str:
    code = ord(point)
    if _FIRST <= code <= _LAST and (rank := _ranks()[code - _FIRST]):
        return chr(_HAN + rank)
    return chr(_OTHER_LETTERS + code) if point.isalpha() else point


@cache
def _ranks() -> array[int]:
    ranks = array("I", bytes(4 * (_LAST - _FIRST + 1)))
    lines = _ORDER.read_text("utf-8").splitlines()
    for rank, point in enumerate("".join(line for line in lines if not line.startswith("#")), 1):
        ranks[ord(point) - _FIRST] = rank
    return ranks


@receiver(connection_created)
def teach_sqlite(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Give every connection to SQLite the function that orders by strokes."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("STROKE_KEY", 1, stroke_key, deterministic=True)


@register(Tags.database)
def check_collation(databases: Any = None, **kwargs: Any) -> list[Error]:
    """Say before the first page fails that this PostgreSQL was built without ICU."""
    missing = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_collation WHERE collname = %s", [COLLATION])
            if cursor.fetchone() is None:
                missing.append(
                    Error(
                        f"The database has no collation {COLLATION}, by which people are listed.",
                        hint="Use a PostgreSQL built with ICU, as Debian's and the official images are.",
                        id="common.E001",
                    )
                )
    return missing
