"""Aggregates that SQL computes but Django has no words for: the median, and the days between two dates."""

from __future__ import annotations

import statistics
from typing import Any

from django.db.models import Aggregate, FloatField, Func, IntegerField


class Median(Aggregate):
    """The median of numbers (the mean of the two in the middle); NULL where there is none."""

    function = "MEDIAN"
    name = "Median"
    output_field = FloatField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL has it as an ordered-set aggregate."""
        ordered = self.copy()
        ordered.template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
        return ordered.as_sql(compiler, connection, **context)


class DaysBetween(Func):
    """Whole days from the first of two dates to the second; NULL where one is missing."""

    arity = 2
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL subtracts dates to whole days."""
        first, second = self.get_source_expressions()
        return self._subtracted(compiler, "(%s - %s)", first, second)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps dates as text."""
        first, second = self.get_source_expressions()
        return self._subtracted(compiler, "CAST(JULIANDAY(%s) - JULIANDAY(%s) AS INTEGER)", first, second)

    def _subtracted(self, compiler: Any, template: str, first: Any, second: Any) -> tuple[str, list[Any]]:
        (from_sql, from_parameters), (to_sql, to_parameters) = compiler.compile(first), compiler.compile(second)
        return template % (to_sql, from_sql), [*to_parameters, *from_parameters]


class _MedianOfSqlite:
    """What SQLite calls for each row, and at the end."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: float | None) -> None:
        """Take one value."""
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        """Return the median."""
        return statistics.median(self.values) if self.values else None


def teach_sqlite(connection: Any, **kwargs: Any) -> None:
    """Give a new connection to SQLite the median; a receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("MEDIAN", 1, _MedianOfSqlite)
