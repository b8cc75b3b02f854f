"""The search backend: the database's own full-text search, asked in characters and pairs.

The index holds each Han character and each pair of neighbours (`segmentation`), so a query must be cut
the same way. The cut happens where both databases' compilers begin, in `__init__`; a phrase in quotation
marks becomes the conjunction of its words, since neither database keeps positions the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.functions import Coalesce
from modelsearch.query import MATCH_ALL, MATCH_NONE, And, Boost, Fuzzy, Not, Or, Phrase, PlainText, SearchQuery

from .segmentation import query_words

if TYPE_CHECKING:
    from modelsearch.backends.base import BaseSearchBackend


_MOST_WORDS = 100


def segment_query(query: SearchQuery) -> SearchQuery:
    """Return `query` with every text cut into the words that the index holds.

    A text in which no word is left (punctuation only) finds nothing. Of a long text the beginning is searched:
    both databases’ compilers nest word in word, and fail at some hundred.
    """
    if isinstance(query, (PlainText, Phrase, Fuzzy)):
        words = query_words(query.query_string)[:_MOST_WORDS]
        operator = query.operator if isinstance(query, PlainText) else "and"
        return PlainText(" ".join(words), operator=operator) if words else MATCH_NONE
    if isinstance(query, (And, Or)):
        return type(query)([segment_query(part) for part in query.subqueries])
    if isinstance(query, Not):
        return Not(segment_query(query.subquery))
    if isinstance(query, Boost):
        return Boost(segment_query(query.subquery), query.boost)
    return query


class _SegmentsQueries:
    """Mixin of the query compilers."""

    query: SearchQuery

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.query = segment_query(self.query) if self.query is not None else MATCH_ALL

    def _get_filters_from_where_node(self, where_node: Any, check_only: bool = False) -> Any:
        """Pass over what is reckoned, such as how often an image is used: the check alone fails there."""
        if check_only and isinstance(getattr(where_node, "lhs", None), Coalesce):
            return None
        return super()._get_filters_from_where_node(where_node, check_only=check_only)  # type: ignore[misc]  # a mixin


def SearchBackend(params: dict[str, Any]) -> BaseSearchBackend:  # noqa: N802  the name that modelsearch looks for
    """Return the backend for the database in use: PostgreSQL's, or SQLite's FTS5."""
    if connection.vendor == "postgresql":
        return _postgresql_backend(params)
    return _sqlite_backend(params)


def _postgresql_backend(params: dict[str, Any]) -> BaseSearchBackend:
    # each module needs its own database even to be imported
    from modelsearch.backends.database.postgres import postgres

    class SearchCompiler(_SegmentsQueries, postgres.PostgresSearchQueryCompiler):
        pass

    class AutocompleteCompiler(_SegmentsQueries, postgres.PostgresAutocompleteQueryCompiler):
        pass

    class Backend(postgres.PostgresSearchBackend):
        query_compiler_class = SearchCompiler
        autocomplete_query_compiler_class = AutocompleteCompiler

    return Backend({"SEARCH_CONFIG": "simple", **params})


def _sqlite_backend(params: dict[str, Any]) -> BaseSearchBackend:
    from modelsearch.backends.database.sqlite import sqlite

    class SearchCompiler(_SegmentsQueries, sqlite.SQLiteSearchQueryCompiler):
        pass

    class AutocompleteCompiler(_SegmentsQueries, sqlite.SQLiteAutocompleteQueryCompiler):
        pass

    class Backend(sqlite.SQLiteSearchBackend):
        query_compiler_class = SearchCompiler
        autocomplete_query_compiler_class = AutocompleteCompiler

    return Backend(params)
