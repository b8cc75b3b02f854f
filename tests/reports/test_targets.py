"""Yearly targets: set by administrators, once a year and figure, audited."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from common.models import AuditEntry
from reports.kpi import find_target
from reports.models import Target
from reports.services import set_target
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

FACTS = {"report": "pass-rate", "measure": "certified_rate", "roc_year": 107, "source": "施政績效報告", "by": None}


def test_setting_a_target_again_changes_it_and_the_same_one_changes_nothing():
    first = set_target(scope="basic", value=Decimal(83), **FACTS)
    assert set_target(scope="basic", value=Decimal(83), **FACTS) == first
    assert AuditEntry.objects.filter(action="reports.target_set").count() == 1
    changed = set_target(scope="basic", value=Decimal(85), **FACTS)
    assert (changed.pk, changed.value, Target.objects.count()) == (first.pk, 85, 1)
    assert AuditEntry.objects.filter(action="reports.target_set").first().data["before"] == "83.00"


def test_the_nearest_scope_wins_and_years_are_told_apart():
    set_target(scope="", value=Decimal(70), **FACTS)
    kind = set_target(scope="basic", value=Decimal(83), **FACTS)
    asked = {"report": "pass-rate", "measure": "certified_rate"}
    assert find_target(**asked, roc_year=107, scopes=["basic", ""]) == kind
    assert find_target(**asked, roc_year=107, scopes=["advanced", ""]).value == 70
    assert find_target(**asked, roc_year=108, scopes=["basic", ""]) is None
    assert find_target(**asked, roc_year=None, scopes=["basic", ""]) is None


def test_administrators_set_them_in_the_back_office_and_others_do_not(administrator, viewer):
    client = Client()
    client.force_login(administrator)
    data = {
        "report": "pass-rate", "measure": "certified_rate", "scope": "basic", "roc_year": 115, "value": "85",
        "source": "施政計畫",
    }  # fmt: skip
    assert client.post(reverse("targets:add"), data).status_code == 302
    assert Target.objects.get().value == 85
    assert AuditEntry.objects.get(action="reports.target_set").actor_id == administrator.pk
    assert client.post(reverse("targets:add"), data).status_code == 200  # once a year and figure
    assert Target.objects.count() == 1
    client.force_login(viewer)
    assert client.post(reverse("targets:add"), data | {"roc_year": 116}).status_code in (302, 403)
    assert Target.objects.count() == 1


def test_targets_are_listed_in_words_and_have_only_scopes_that_are_looked_at(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    failed = {
        "report": "failed-tenders",
        "measure": "rate",
        "scope": "basic",
        "roc_year": 115,
        "value": 11,
        "source": "s",
    }
    assert "scope" in client.post(reverse("targets:add"), failed).context["form"].errors
    passed = {"report": "pass-rate", "measure": "certified_rate", "scope": "basic", "roc_year": 115, "value": 85}
    Target.objects.create(**passed, source="計畫")
    listed = client.get(reverse("targets:index")).content.decode()
    table = re.search(r'<table class="listing.*?</table>', listed, re.DOTALL).group()
    table = re.sub(r"<[^>]*>", " ", table)
    assert [word for word in ("訓練及格率", "基礎班") if word not in table] == []
    assert not any(key in table for key in ("pass-rate", "certified_rate", "basic"))
