"""Which subjects rise: three months against three, and nothing claimed of small numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from consultations.enums import Change
from consultations.trends import Span, change_of, last_whole_span, spans_to_choose, trends
from tests.factories.accounts import UserFactory
from tests.factories.consultations import ConsultationFactory, ErrorPatternFactory
from tests.factories.library import SubjectFactory

pytestmark = pytest.mark.django_db

PAGE = reverse("consultations:trends")
AUTUMN = Span(date(2026, 10, 1))


def ask(count: int, year: int, month: int, **facts: Any) -> None:
    for day in range(1, count + 1):
        asked_at = timezone.make_aware(datetime(year, month, day, 10))  # noqa: DTZ001  made aware at once
        ConsultationFactory(asked_at=asked_at, **facts)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role]))
    return client


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(14, 3, Change.RISES), (3, 14, Change.FALLS), (8, 6, Change.MORE), (6, 8, Change.LESS), (7, 7, Change.SAME),
     (4, 0, Change.MORE), (0, 4, Change.LESS), (120, 100, Change.MORE), (130, 100, Change.RISES)],
)  # fmt: skip
def test_only_what_chance_does_not_make_is_called_a_rise(now: int, before: int, expected: Change) -> None:
    assert change_of(now, before) == expected


def test_a_span_is_three_whole_months_over_the_turn_of_the_year() -> None:
    winter = last_whole_span(date(2026, 2, 14))

    assert (winter.first, winter.end, winter.key) == (date(2025, 11, 1), date(2026, 2, 1), "115-01")
    assert winter.earlier(3) == Span(date(2025, 10, 1))
    assert winter.earlier(12).first == date(2024, 11, 1)


def test_subjects_are_counted_in_their_spans_and_ordered_by_rise() -> None:
    rising, falling, quiet = SubjectFactory(code="14"), SubjectFactory(code="09"), SubjectFactory(code="01")
    pattern = ErrorPatternFactory(subject=rising)
    ask(9, 2026, 10, subject=rising, error_pattern=pattern)
    ask(1, 2026, 7, subject=rising)
    ask(8, 2025, 9, subject=rising)
    ask(7, 2026, 5, subject=falling)
    ask(1, 2026, 11, subject=quiet)  # outside of every span
    ConsultationFactory(draft=True, asked_at=timezone.make_aware(datetime(2026, 10, 5, 9)), subject=rising)  # noqa: DTZ001
    ask(1, 2025, 8)

    found = trends(AUTUMN)

    assert [(trend.thing, trend.now, trend.before, trend.last_year) for trend in found.subjects] == [
        (rising, 9, 1, 8), (falling, 0, 7, 0),
    ]  # fmt: skip
    assert [trend.change for trend in found.subjects] == [Change.RISES, Change.FALLS]
    assert found.rising == found.subjects[:1]
    assert [(trend.thing, trend.now) for trend in found.patterns] == [(pattern, 9)]
    assert (found.now, found.before, found.last_year) == (9, 8, 9)


def test_a_log_that_is_too_young_says_nothing_of_last_year() -> None:
    ask(2, 2026, 1, subject=SubjectFactory())
    ask(2, 2026, 9, subject=SubjectFactory())

    found = trends(AUTUMN)
    assert (found.last_year, [trend.last_year for trend in found.subjects]) == (None, [None])
    assert [span.key for span in spans_to_choose(date(2026, 4, 20))] == ["115-03", "115-02", "115-01"]


def test_officers_viewers_and_those_who_teach_see_it_and_nobody_else() -> None:
    for role in (Role.HOTLINE_OFFICER, Role.ADMINISTRATOR, Role.REPORT_VIEWER, Role.INSTRUCTOR):
        assert signed_in(role).get(PAGE).status_code == 200
    for role in (Role.TRAINEE, Role.AGENCY_CONTACT):
        assert signed_in(role).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302


@pytest.mark.parametrize("until", ["115-10", "115-99", "x", "", "107-01"])
def test_any_period_is_answered(until: str) -> None:
    ask(3, 2026, 9, subject=SubjectFactory(name="等標期"))
    assert signed_in(Role.HOTLINE_OFFICER).get(PAGE, {"until": until}).status_code == 200


def test_the_queries_do_not_grow_with_the_subjects(django_assert_num_queries: Callable[..., Any]) -> None:
    client = signed_in(Role.HOTLINE_OFFICER)
    span = last_whole_span(timezone.localdate())
    ask(2, span.last.year, span.last.month, subject=SubjectFactory(), error_pattern=ErrorPatternFactory())
    client.get(PAGE)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for _ in range(3):
        ask(2, span.last.year, span.last.month, subject=SubjectFactory(),
            error_pattern=ErrorPatternFactory(subject=SubjectFactory()))  # fmt: skip
    with django_assert_num_queries(len(few)):
        words = client.get(PAGE).content.decode()
    assert words.count('id="subject-') == 4
