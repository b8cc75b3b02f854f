"""The layers of demonstration data, in order. A layer is laid once, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import (
    agencies,
    amendment,
    hotline,
    pages,
    people,
    questions,
    review,
    roster,
    studies,
    tenders,
    this_year,
    year107,
    zone,
)


@dataclass(frozen=True)
class Layer:
    """One layer: its name is kept in the database, `lay` writes it."""

    name: str
    lay: Callable[[], object]


LAYERS = [
    Layer("agencies", agencies.lay),
    Layer("people", people.lay),
    Layer("officer", people.lay_officer),
    Layer("laws", pages.lay_laws),
    Layer("courses", pages.lay_courses),
    Layer("pages", pages.lay_pages),
    Layer("zone", zone.lay),
    Layer("year-107", year107.lay),
    Layer("this-year", this_year.lay),
    Layer("hotline", hotline.lay),
    Layer("roster", roster.lay),
    Layer("questions", questions.lay),
    Layer("amendment", amendment.lay),
    Layer("member", people.lay_member),
    Layer("tenders", tenders.lay),
    Layer("review", review.lay),
    Layer("studies", studies.lay),
]
