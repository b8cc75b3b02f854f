"""The screen of a diagnosis: what is chosen is saved, what is refused stays on the page."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from casestudies.models import Diagnosis
from tests.casestudies.test_diagnosing import chosen, failed_case
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    return client


def typed(case, **others):
    words = chosen(case)
    return {
        **{name: words[name].pk for name in ("category", "stage", "pattern", "cause", "evidence")},
        "measures": [entry.pk for entry in words["measures"]],
        "explanation": words["explanation"],
        "save": "1",
    } | others


def test_what_is_chosen_becomes_the_diagnosis(admin):
    case = failed_case()
    words = typed(case)
    answer = admin.post(reverse("casestudies_diagnosing:edit", args=[case.pk]), words)
    assert (answer.status_code, answer["Location"]) == (302, reverse("casestudies_cases:case", args=[case.pk]))
    found = Diagnosis.objects.get()
    assert [found.category_id, found.stage_id, found.pattern_id, found.cause_id, found.evidence_id] == [
        words[name] for name in ("category", "stage", "pattern", "cause", "evidence")
    ]
    assert list(found.measures.values_list("pk", flat=True)) == words["measures"]


def test_what_is_refused_stays_on_the_page(admin):
    case = failed_case()
    answer = admin.post(
        reverse("casestudies_diagnosing:edit", args=[case.pk]), typed(case, measures=[], explanation="單價偏低")
    )
    assert answer.status_code == 422
    assert "單價偏低" in answer.content.decode()
    assert not Diagnosis.objects.exists()
    for role in (Role.TRAINEE, Role.REPORT_VIEWER, Role.COMMITTEE_MEMBER):
        admin.force_login(UserFactory(roles=[role]))
        assert admin.post(reverse("casestudies_diagnosing:edit", args=[case.pk]), typed(case)).status_code == 403
    assert not Diagnosis.objects.exists()
