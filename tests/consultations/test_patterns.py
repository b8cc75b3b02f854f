"""The list of error patterns: laid once, kept by administrators, with a basis that exists."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.enums import Role
from consultations.models import ErrorPattern
from consultations.services.patterns import ensure_error_patterns
from library.references import find_references
from library.services import import_laws
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_laying_again_changes_nothing_and_what_was_edited_stays() -> None:
    laid = ensure_error_patterns()
    ErrorPattern.objects.filter(code="03-01").update(name="寫死廠牌", is_active=False)

    call_command("ensure_hotline", verbosity=0, stdout=io.StringIO())

    assert [pattern.code for pattern in ErrorPattern.objects.all()] == [pattern.code for pattern in laid]
    assert ErrorPattern.objects.get(code="03-01").name == "寫死廠牌"
    assert len(laid) >= 40
    assert len({pattern.category for pattern in laid}) >= 10
    assert not [pattern for pattern in laid if not (pattern.name_en and pattern.category_en and pattern.subject)]
    assert {"政府採購錯誤行為態樣" in pattern.source for pattern in laid} == {True}


def test_every_basis_names_articles_that_exist(shared_data: Path) -> None:
    import_laws([shared_data / "laws"])

    for pattern in ensure_error_patterns():
        found = find_references(pattern.basis)
        assert found, pattern.basis
        assert all(reference.article_id for reference in found), pattern.basis
        assert len(found) == pattern.basis.count("第"), pattern.basis


def test_every_article_of_the_demonstration_exists(shared_data: Path) -> None:
    from consultations.naming import parse_articles
    from demo.pages import read

    import_laws([shared_data / "laws"])
    for pair in read("consultations")["pairs"]:
        named = parse_articles(pair["articles"])
        assert (bool(named.article_ids), named.not_found) == (True, []), pair["key"]
        answered = {reference.article_id for reference in find_references(pair["answer"])}
        assert 0 not in answered, pair["key"]


def test_administrators_keep_the_list_and_officers_look_things_up(client: Any) -> None:
    pattern = ensure_error_patterns()[0]
    edit, inspect = (
        reverse("error_patterns:edit", args=[pattern.pk]),
        reverse("error_patterns:inspect", args=[pattern.pk]),
    )
    delete = reverse("error_patterns:delete", args=[pattern.pk])

    client.force_login(UserFactory(roles=[Role.HOTLINE_OFFICER]))
    assert client.get(reverse("error_patterns:index")).status_code == 200
    assert client.get(inspect).status_code == 200
    assert client.get(edit).status_code == 302
    assert client.get(reverse("error_patterns:add")).status_code == 302

    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    fields = ("code", "category", "category_en", "name", "name_en", "basis", "source")
    sent = {name: getattr(pattern, name) for name in fields} | {"name": "前後矛盾", "subject": pattern.subject_id}
    assert client.post(edit, sent).status_code == 302
    pattern.refresh_from_db()
    assert (pattern.name, pattern.is_active) == ("前後矛盾", False)
    assert client.post(delete).status_code == 302
    assert ErrorPattern.objects.filter(pk=pattern.pk).exists()


def test_the_data_file_holds_each_code_and_name_once() -> None:
    path = Path(__file__).resolve().parents[2] / "platform/consultations/data/error_patterns.json"
    patterns = [p for c in json.loads(path.read_text(encoding="utf-8"))["categories"] for p in c["patterns"]]
    assert len({p["code"] for p in patterns}) == len({p["name"] for p in patterns}) == len(patterns)
