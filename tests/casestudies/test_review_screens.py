"""The screens of listing, diagnosing and the taxonomy: who opens them, what they write, that nothing typed is lost."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import User
from casestudies.enums import CaseScope, Dimension
from casestudies.models import Diagnosis, Listing, ListingRule, TaxonomyEdition, TaxonomyEntry, TenderCase
from casestudies.services.diagnosing import current_diagnosis
from casestudies.services.listing import ensure_listing_rules
from casestudies.services.taxonomy import ensure_taxonomy, revise
from casestudies.taxonomies import entries_of
from tests.factories.accounts import UserFactory
from tests.factories.casestudies import (
    AgendaItemFactory,
    FailedNoticeFactory,
    ListingFactory,
    TenderCaseFactory,
)
from website.services import ensure_site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Begin in Chinese: an earlier request may have left another language."""
    ensure_site()
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def administrator(client: Client) -> User:
    user: User = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(user)
    return user


def failed_case(**fields: Any) -> TenderCase:
    """A listed case that failed."""
    case = TenderCaseFactory(failures=2, **fields)
    FailedNoticeFactory(case=case)
    ListingFactory(case=case, rule=ensure_listing_rules()[0])
    return case


def addresses() -> list[str]:
    case, edition = failed_case(), ensure_taxonomy()
    listing = Listing.objects.get(case=case)
    return [
        reverse("casestudies_listing:index"),
        reverse("casestudies_listing:by_hand"),
        reverse("casestudies_listing:listing", args=[listing.pk]),
        reverse("casestudies_listing_rules:index"),
        reverse("casestudies_listing_rules:add"),
        reverse("casestudies_diagnosing:edit", args=[case.pk]),
        reverse("casestudies_diagnosing:similar", args=[case.pk]),
        reverse("casestudies_taxonomy:index"),
        reverse("casestudies_taxonomy:edition", args=[edition.pk]),
        reverse("casestudies_taxonomy:revise", args=[edition.pk]),
        reverse("casestudies_taxonomy:new_entry", args=[edition.pk, "cause"]),
    ]


def test_only_administrators_open_them(client: Client, administrator: User) -> None:
    pages = addresses()
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    for role in (Role.INSTRUCTOR, Role.HOTLINE_OFFICER):
        client.force_login(UserFactory(roles=[role]))
        assert {client.get(page).status_code for page in pages} <= {302, 403}
    for role in (Role.REPORT_VIEWER, Role.COMMITTEE_MEMBER, Role.TRAINEE):
        client.force_login(UserFactory(roles=[role]))
        assert {client.get(page).status_code for page in pages} <= {302, 403}


def test_nobody_else_writes(client: Client) -> None:
    case, edition = failed_case(), ensure_taxonomy()
    listing = Listing.objects.get(case=case)
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    for name, args in (
        ("casestudies_listing:apply", []),
        ("casestudies_listing:listing", [listing.pk]),
        ("casestudies_listing:reopen", [listing.pk]),
        ("casestudies_diagnosing:edit", [case.pk]),
        ("casestudies_taxonomy:revise", [edition.pk]),
        ("casestudies_taxonomy:publish", [edition.pk]),
        ("casestudies_taxonomy:discard", [edition.pk]),
    ):
        response = client.post(reverse(name, args=args), {"outcome": "已決標"})
        assert response.status_code in {302, 403}
    listing.refresh_from_db()
    assert listing.closed_on is None
    assert TaxonomyEdition.objects.count() == 1


def test_the_list_shows_what_waits_and_narrows(client: Client, administrator: User) -> None:
    open_case, awarded = failed_case(), failed_case(awarded_on=datetime.date(2026, 6, 1))
    item = AgendaItemFactory(case=open_case, meeting__starts_at=timezone.now() + datetime.timedelta(days=3))
    page = client.get(reverse("casestudies_listing:index"))
    assert (page.context["counts"].open, page.context["counts"].awarded) == (2, 1)
    assert item.meeting.name in page.content.decode()
    page = client.get(reverse("casestudies_listing:index"), {"awarded": "yes", "diagnosed": "no"})
    assert [listing.case for listing in page.context["page_obj"]] == [awarded]
    page = client.get(reverse("casestudies_listing:index"), {"state": "closed"})
    assert list(page.context["page_obj"]) == []


def test_the_list_asks_as_many_queries_for_three_as_for_one(client: Client, administrator: User) -> None:
    failed_case()
    url = reverse("casestudies_listing:index")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    failed_case()
    failed_case()
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(three) == len(one)


def test_listing_by_hand_says_at_the_field_what_is_wrong(client: Client, administrator: User) -> None:
    url = reverse("casestudies_listing:by_hand")
    refused = client.post(url, {"number": "沒有這案", "reason": "議會關切"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["number"]
    assert "議會關切" in refused.content.decode()
    cases = [TenderCaseFactory(number="115D77", unit_id=unit, failures=1) for unit in ("3.87.1", "3.87.2")]
    TenderCaseFactory(number="115D77", unit_id="3.79.1", failures=1, scope=CaseScope.REFERENCE)
    refused = client.post(url, {"number": "115D77", "reason": "議會關切"})
    assert list(refused.context["form"].errors) == ["agency_name"]
    agency = cases[1].agency
    assert agency is not None
    done = client.post(url, {"number": "115D77", "reason": "議會關切", "agency_name": agency.name})
    listing = Listing.objects.get()
    assert (done.status_code, listing.case, listing.reason) == (302, cases[1], "議會關切")


def test_an_awarded_case_is_closed_with_an_outcome_that_the_records_propose(
    client: Client, administrator: User
) -> None:
    case = failed_case(
        awarded_on=datetime.date(2026, 6, 1), award_amount=5_200_000, change_before_award="預算調高 4%。"
    )
    url = reverse("casestudies_listing:listing", args=[Listing.objects.get(case=case).pk])
    proposed = client.get(url).context["form"]["outcome"].value()
    for words in ("115 年 6 月 1 日", "5,200,000", "91", "預算調高 4%"):
        assert words in proposed
    assert client.post(url, {"outcome": " "}).status_code == 422
    assert client.post(url, {"outcome": proposed}).status_code == 302
    assert Listing.objects.get(case=case).outcome == proposed


def test_a_rule_is_tried_without_being_saved(client: Client, administrator: User) -> None:
    case = TenderCaseFactory(failures=1)
    FailedNoticeFactory(case=case, published_on=datetime.date(2026, 3, 20))
    typed = {
        "name": "一次即列管", "kind": "works", "at_least": "publication", "failures": "1", "effective_from": "115/1/1",
        "effective_to": "", "source": "督導小組決議", "dry_run_year": "115",
    }  # fmt: skip
    url = reverse("casestudies_listing_rules:add")
    tried = client.post(url, {**typed, "try": "1"})
    assert (tried.status_code, tried.context["tried"].new) == (200, 1)
    assert "一次即列管" in tried.content.decode()
    assert not ListingRule.objects.filter(name="一次即列管").exists()
    assert client.post(url, typed).status_code == 302
    assert client.post(reverse("casestudies_listing:apply")).status_code == 302
    assert Listing.objects.get(case=case).rule == ListingRule.objects.get(name="一次即列管")


def chosen(case: TenderCase, **others: Any) -> dict[str, Any]:
    """What the form of a diagnosis sends."""
    edition = ensure_taxonomy()
    first = {dimension: entries_of(edition, dimension, case.kind)[0].pk for dimension in Dimension}
    return {
        "category": first[Dimension.CATEGORY], "pattern": first[Dimension.PATTERN], "cause": first[Dimension.CAUSE],
        "stage": first[Dimension.STAGE], "measures": [first[Dimension.MEASURE]], "explanation": "廠商表示預算不足",
        "evidence": case.notices.get().pk,
    } | others  # fmt: skip


def test_a_cause_proposes_its_stage_and_measures_without_javascript(client: Client, administrator: User) -> None:
    case, edition = failed_case(), ensure_taxonomy()
    causes = {cause.code: cause for cause in entries_of(edition, Dimension.CAUSE)}
    url = reverse("casestudies_diagnosing:edit", args=[case.pk])
    by_hand = entries_of(edition, Dimension.MEASURE)[-1].pk
    typed = chosen(case, cause=causes["B06"].pk, measures=[by_hand], stage="", explanation="還沒寫完", propose="1")
    form = client.post(url, typed).context["form"]
    proposed = [str(measure.pk) for measure in causes["B06"].measures.all()]
    assert form["stage"].value() == str(causes["B06"].stage_id)
    assert form["measures"].value() == [str(by_hand), *proposed]
    assert form["explanation"].value() == "還沒寫完"
    again = {**typed, "cause": causes["B01"].pk, "measures": form["measures"].value(), "proposed": ",".join(proposed)}
    form = client.post(url, again).context["form"]
    assert form["measures"].value() == [str(by_hand), *(str(m.pk) for m in causes["B01"].measures.all())]
    assert not Diagnosis.objects.exists()


def test_a_diagnosis_is_saved_and_leads_to_the_next_case(client: Client, administrator: User) -> None:
    case, other = failed_case(), failed_case()
    url = reverse("casestudies_diagnosing:edit", args=[case.pk])
    refused = client.post(url, chosen(case, measures=[]))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["measures"])
    assert "廠商表示預算不足" in refused.content.decode()
    done = client.post(url, chosen(case, save_next="1"))
    assert done["Location"] == reverse("casestudies_diagnosing:edit", args=[other.pk])
    diagnosis = current_diagnosis(case)
    assert diagnosis is not None
    assert diagnosis.diagnosed_by == administrator
    form = client.get(url).context["form"]
    assert form["cause"].value() == str(diagnosis.cause_id)


def test_an_earlier_edition_s_diagnosis_is_shown_by_its_codes(client: Client, administrator: User) -> None:
    case = failed_case()
    url = reverse("casestudies_diagnosing:edit", args=[case.pk])
    client.post(url, chosen(case))
    day = timezone.localdate()
    second = revise(edition=ensure_taxonomy(), name="第二版", effective_from=day, source="決議", by=administrator)
    client.post(reverse("casestudies_taxonomy:publish", args=[second.pk]))
    form = client.get(url).context["form"]
    old = current_diagnosis(case)
    assert old is not None
    cause = TaxonomyEntry.objects.get(edition=second, dimension=Dimension.CAUSE, code=old.cause.code)
    assert form["cause"].value() == str(cause.pk)


def test_a_revision_is_made_changed_and_published(client: Client, administrator: User) -> None:
    first = ensure_taxonomy()
    typed = {"name": "第二版", "effective_from": timezone.localdate().isoformat(), "source": "督導小組決議"}
    client.post(reverse("casestudies_taxonomy:revise", args=[first.pk]), typed)
    second = TaxonomyEdition.objects.get(name="第二版")
    cause = entries_of(second, Dimension.CAUSE)[0]
    entry = reverse("casestudies_taxonomy:entry", args=[second.pk, cause.pk])
    sent = {
        "code": "ZZ", "name": "預算不足", "name_en": "", "order": "1", "source": "決議", "kinds": ["works"],
        "stage": cause.stage_id, "measures": [cause.measures.all()[0].pk], "question": "預算夠嗎？", "question_en": "",
    }  # fmt: skip
    refused = client.post(entry, {**sent, "name": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["name"])
    assert client.post(entry, sent).status_code == 302
    cause.refresh_from_db()
    assert (cause.name, cause.code, cause.kinds) == ("預算不足", "B01", ["works"])
    page = client.get(reverse("casestudies_taxonomy:edition", args=[second.pk]))
    assert [change.entry.code for change in page.context["changes"]] == ["B01"]
    client.post(reverse("casestudies_taxonomy:publish", args=[second.pk]))
    assert client.get(reverse("casestudies_taxonomy:index")).context["current"] == second
    assert client.post(entry, {**sent, "name": "又改"}).status_code == 422
    cause.refresh_from_db()
    assert cause.name == "預算不足"
