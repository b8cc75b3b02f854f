"""The bands of purchases: exact at their edges, by the amounts of the purchase's own day, options counted in."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from library.enums import Band, ProcurementKind, ThresholdKind
from library.models import Threshold
from library.services import add_threshold, change_threshold, ensure_thresholds, remove_threshold
from library.thresholds import band_of, change_days
from tests.library.conftest import law_with

BEFORE, AFTER = date(2022, 12, 31), date(2023, 1, 1)
WORKS, GOODS, SERVICES = ProcurementKind.WORKS, ProcurementKind.GOODS, ProcurementKind.SERVICES


@pytest.fixture
def amounts(db: None) -> None:
    ensure_thresholds()


GOLDEN = [
    (GOODS, 100_000, BEFORE, Band.SMALL),
    (GOODS, 100_001, BEFORE, Band.BELOW_PUBLICATION),
    (GOODS, 999_999, BEFORE, Band.BELOW_PUBLICATION),
    (GOODS, 1_000_000, BEFORE, Band.PUBLICATION),
    (GOODS, 100_001, AFTER, Band.SMALL),
    (GOODS, 150_000, AFTER, Band.SMALL),
    (GOODS, 150_001, AFTER, Band.BELOW_PUBLICATION),
    (GOODS, 1_000_000, AFTER, Band.BELOW_PUBLICATION),
    (GOODS, 1_499_999, AFTER, Band.BELOW_PUBLICATION),
    (GOODS, 1_500_000, AFTER, Band.PUBLICATION),
    (GOODS, 49_999_999, AFTER, Band.PUBLICATION),
    (GOODS, 50_000_000, AFTER, Band.INSPECTION),
    (GOODS, 99_999_999, AFTER, Band.INSPECTION),
    (GOODS, 100_000_000, AFTER, Band.LARGE),
    (WORKS, 199_999_999, BEFORE, Band.INSPECTION),
    (WORKS, 200_000_000, AFTER, Band.LARGE),
    (SERVICES, 9_999_999, AFTER, Band.PUBLICATION),
    (SERVICES, 10_000_000, BEFORE, Band.INSPECTION),
    (SERVICES, 20_000_000, AFTER, Band.LARGE),
]


@pytest.mark.parametrize(("kind", "amount", "day", "band"), GOLDEN)
def test_the_band_at_each_edge_and_on_both_sides_of_2023(amounts, kind, amount, day, band):
    assert band_of(kind=kind, amount=amount, day=day).band == band


def test_options_push_a_purchase_over_the_edge(amounts):
    answer = band_of(kind=SERVICES, amount=1_400_000, options=100_000, day=AFTER)
    assert (answer.total, answer.band, answer.band_without_options) == (
        1_500_000,
        Band.PUBLICATION,
        Band.BELOW_PUBLICATION,
    )
    assert (answer.next_band, answer.missing) == (Band.INSPECTION, 8_500_000)
    assert band_of(kind=GOODS, amount=150_000, day=AFTER).missing == 1
    assert band_of(kind=WORKS, amount=10**9, day=AFTER).missing is None


@pytest.mark.parametrize(
    ("amount", "options", "day", "code"),
    [
        (0, 0, AFTER, "amount"),
        (-1, 5, AFTER, "amount"),
        (1, -1, AFTER, "options"),
        (1, 0, date(1999, 5, 26), "no_threshold"),
    ],
)
def test_questions_without_an_answer_are_refused(amounts, amount, options, day, code):
    with pytest.raises(DomainError) as refusal:
        band_of(kind=GOODS, amount=amount, options=options, day=day)
    assert refusal.value.code == code


def test_laying_the_amounts_again_changes_nothing_but_links_articles_that_came_since(amounts):
    assert not Threshold.objects.filter(article__isnull=False).exists()
    law_with("A0030057", "政府採購法", [], ["12", "13", "47"])
    first = list(Threshold.objects.values_list("pk", "amount", "source"))
    ensure_thresholds()
    assert list(Threshold.objects.values_list("pk", "amount", "source")) == first
    linked = set(Threshold.objects.filter(article__isnull=False).values_list("kind", "article__number"))
    assert linked == {("small", "47"), ("publication", "13"), ("inspection", "12")}


def test_what_was_in_force_is_never_changed_and_an_amendment_is_a_new_row(amounts):
    tomorrow = timezone.localdate() + timedelta(days=1)
    old = Threshold.objects.get(kind=ThresholdKind.PUBLICATION, effective_from=AFTER)
    with pytest.raises(DomainError) as refusal:
        remove_threshold(threshold=old, by=None)
    assert refusal.value.code == "in_force"
    with pytest.raises(DomainError) as refusal:
        add_threshold(kind=ThresholdKind.PUBLICATION, amount=1, effective_from=AFTER, source="x", by=None)
    assert refusal.value.code == "not_newest"
    added = add_threshold(
        kind=ThresholdKind.PUBLICATION, amount=2_000_000, effective_from=tomorrow, source="測試令", by=None
    )
    assert band_of(kind=GOODS, amount=1_600_000, day=tomorrow).band == Band.BELOW_PUBLICATION
    assert band_of(kind=GOODS, amount=1_600_000, day=timezone.localdate()).band == Band.PUBLICATION
    changed = change_threshold(
        threshold=added, amount=1_800_000, effective_from=tomorrow, source="測試令", article=None, by=None
    )
    assert list(Threshold.objects.filter(effective_from=tomorrow)) == [changed]


def test_a_small_purchase_is_at_most_a_tenth_of_the_publication_threshold(amounts):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(DomainError) as refusal:
        add_threshold(kind=ThresholdKind.SMALL, amount=150_001, effective_from=tomorrow, source="x", by=None)
    assert refusal.value.code == "above_tenth"
    add_threshold(kind=ThresholdKind.SMALL, amount=100_000, effective_from=tomorrow, source="臺中市小額", by=None)
    between = band_of(kind=GOODS, amount=120_000, day=tomorrow)
    assert (between.band, between.over_a_tenth) == (Band.BELOW_PUBLICATION, False)


def test_the_days_on_which_figures_before_and_after_differ(amounts):
    assert change_days(date(2022, 1, 1), date(2023, 12, 31)) == [AFTER]
    assert change_days(AFTER, date(2023, 12, 31)) == []
    assert change_days(date(1990, 1, 1), BEFORE) == []


def test_the_page_answers_with_the_band_of_the_day_and_its_articles(amounts, client):
    law_with("A0030057", "政府採購法", ["採購法"], ["13", "49"])
    ensure_thresholds()
    asked = {"kind": "goods", "amount": "１００萬", "options": "", "day": "111/12/31"}
    page = client.get("/thresholds/", asked)
    assert page.context["answer"].band == Band.PUBLICATION
    page = client.get("/thresholds/", asked | {"day": "112年1月1日"})
    assert page.context["answer"].band == Band.BELOW_PUBLICATION
    assert page.context["change_days"] == [AFTER]
    assert 'href="/laws/A0030057/49/"' in page.content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"amount": "很多"}, "amount"), ({"options": "-1"}, "options"), ({"day": "111/2/30"}, "day"),
     ({"day": "80/1/1"}, "day"), ({"kind": "food"}, "kind")],
)  # fmt: skip
def test_the_page_shows_what_is_wrong_at_its_field(amounts, client, changed, field):
    page = client.get("/thresholds/", {"kind": "goods", "amount": "5", "options": "", "day": ""} | changed)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {field}
    assert page.context["answer"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_database_alike_for_few_and_many_rows(amounts, client, django_assert_max_num_queries, rows):
    for number in range(rows):
        day = timezone.localdate() + timedelta(days=1 + number)
        add_threshold(kind=ThresholdKind.PUBLICATION, amount=2_000_000, effective_from=day, source="x", by=None)
    client.get("/thresholds/")
    with django_assert_max_num_queries(12):
        client.get("/thresholds/", {"kind": "goods", "amount": "5", "day": ""})
