"""The taxonomy: the first edition is whole, an edition in force never changes, a revision copies it."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from casestudies.enums import Dimension
from casestudies.models import TaxonomyEdition, TaxonomyEntry
from casestudies.services.taxonomy import (
    delete_entry,
    discard_edition,
    ensure_taxonomy,
    publish_edition,
    revise,
    save_entry,
)
from casestudies.taxonomies import changes_between, current_edition, entries_of
from common.errors import DomainError
from library.enums import ProcurementKind
from tests.factories.accounts import UserFactory
from tests.factories.casestudies import TaxonomyEditionFactory

pytestmark = pytest.mark.django_db


def tomorrow() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=1)


def revision(**fields: object) -> TaxonomyEdition:
    """A revision of the first edition, not published."""
    asked = {"name": "第二版", "effective_from": tomorrow(), "source": "督導小組決議", "by": UserFactory()} | fields
    return revise(edition=ensure_taxonomy(), **asked)


def test_the_first_edition_is_whole() -> None:
    edition = ensure_taxonomy()
    assert ensure_taxonomy() == edition == current_edition()
    assert TaxonomyEdition.objects.count() == 1
    counts = {dimension.value: len(entries_of(edition, dimension)) for dimension in Dimension}
    assert counts == {"category": 10, "stage": 6, "pattern": 9, "cause": 18, "measure": 18}
    assert not edition.entries.filter(source="").exists()
    assert not edition.entries.filter(name_en="").exists()
    for cause in entries_of(edition, Dimension.CAUSE):
        assert cause.stage is not None
        assert cause.measures.all()
        assert cause.question
        assert cause.question_en


def test_every_measure_answers_a_cause() -> None:
    edition = ensure_taxonomy()
    answering = {m.code for cause in entries_of(edition, Dimension.CAUSE) for m in cause.measures.all()}
    assert answering == {measure.code for measure in entries_of(edition, Dimension.MEASURE)}


def test_short_material_is_no_cause() -> None:
    """工程會採購法規題庫: not a cause that lies in the case; the edition says that it is left out."""
    edition = ensure_taxonomy()
    assert not edition.entries.filter(dimension=Dimension.CAUSE, name__contains="材料").exists()
    assert "材料短缺" in edition.source


def test_entries_are_narrowed_to_the_kind_of_procurement() -> None:
    edition = ensure_taxonomy()
    goods = [entry.code for entry in entries_of(edition, Dimension.CATEGORY, ProcurementKind.GOODS)]
    assert goods == ["A09"]
    causes = {entry.code for entry in entries_of(edition, Dimension.CAUSE, ProcurementKind.SERVICES)}
    assert "B10" not in causes  # works that are difficult to build
    assert "B01" in causes


def test_entries_speak_the_reader_s_language() -> None:
    cause = entries_of(ensure_taxonomy(), Dimension.CAUSE)[0]
    assert str(cause) == "預算編列偏低，不符市場行情"
    with override("en"):
        assert str(cause) == "Budget below market prices"


def test_the_edition_in_force_is_the_newest_published_that_has_begun() -> None:
    old = TaxonomyEditionFactory(effective_from=datetime.date(2018, 1, 1))
    new = TaxonomyEditionFactory(effective_from=datetime.date(2026, 1, 1))
    TaxonomyEditionFactory(effective_from=datetime.date(2026, 2, 1), published_at=None)
    assert current_edition() == new
    assert current_edition(datetime.date(2025, 12, 31)) == old
    assert current_edition(datetime.date(2017, 12, 31)) is None


def test_a_revision_copies_entries_stages_and_measures() -> None:
    first = ensure_taxonomy()
    second = revision()
    assert second.published_at is None
    assert changes_between(first, second) == []
    assert {entry.pk for entry in first.entries.all()}.isdisjoint(entry.pk for entry in second.entries.all())
    for cause in entries_of(second, Dimension.CAUSE):
        assert cause.stage is not None
        assert cause.stage.edition == second
        assert {measure.edition for measure in cause.measures.all()} == {second}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "name"),
        ({"name": "第一版"}, "name"),
        ({"source": ""}, "source"),
        ({"effective_from": datetime.date(2018, 1, 1)}, "effective_from"),
    ],
)
def test_what_is_no_revision(fields: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        revision(**fields)
    assert refusal.value.code == code


def test_a_published_edition_never_changes() -> None:
    edition, by = ensure_taxonomy(), UserFactory()
    entry = entries_of(edition, Dimension.CAUSE)[0]
    entry.name = "別的名稱"
    for change in (
        lambda: save_entry(entry=entry, measures=[], by=by),
        lambda: delete_entry(entry=entry, by=by),
        lambda: discard_edition(edition=edition, by=by),
        lambda: publish_edition(edition=edition, by=by),
    ):
        with pytest.raises(DomainError) as refusal:
            change()
        assert refusal.value.code == "published"
    assert TaxonomyEntry.objects.get(pk=entry.pk).name == "預算編列偏低，不符市場行情"


def test_what_changed_is_told_by_code_and_field() -> None:
    first, by = ensure_taxonomy(), UserFactory()
    second = revision()
    cause = next(entry for entry in entries_of(second, Dimension.CAUSE) if entry.code == "B01")
    measures = [measure for measure in entries_of(second, Dimension.MEASURE) if measure.code in {"M01", "M02"}]
    cause.name = "預算不足"
    save_entry(entry=cause, measures=measures, by=by)
    delete_entry(entry=next(e for e in entries_of(second, Dimension.CATEGORY) if e.code == "A10"), by=by)
    new = TaxonomyEntry(edition=second, dimension=Dimension.PATTERN, code="T10", name="新態樣", source="決議")
    save_entry(entry=new, by=by)
    changes = changes_between(first, second)
    assert [(change.entry.code, change.before is None, change.after is None) for change in changes] == [
        ("A10", False, True),
        ("T10", True, False),
        ("B01", False, False),
    ]
    assert [field[0] for field in changes[2].fields] == ["name", "measures"]
    assert changes[2].fields[1] == ("measures", "M01, M02, M03", "M01, M02")


def test_entries_do_not_reach_into_another_edition() -> None:
    first, by = ensure_taxonomy(), UserFactory()
    cause = entries_of(revision(), Dimension.CAUSE)[0]
    with pytest.raises(DomainError) as refusal:
        save_entry(entry=cause, measures=entries_of(first, Dimension.MEASURE), by=by)
    assert refusal.value.code == "measures"
    cause.stage = entries_of(first, Dimension.STAGE)[0]
    with pytest.raises(DomainError) as refusal:
        save_entry(entry=cause, measures=[], by=by)
    assert refusal.value.code == "stage"


def test_a_stage_that_causes_name_is_not_deleted() -> None:
    stage = entries_of(revision(), Dimension.STAGE)[0]
    with pytest.raises(DomainError) as refusal:
        delete_entry(entry=stage, by=UserFactory())
    assert refusal.value.code == "in_use"


def test_an_edition_is_published_only_when_it_is_whole_and_not_for_the_past() -> None:
    by = UserFactory()
    second = revision(effective_from=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(DomainError) as refusal:
        publish_edition(edition=second, by=by)
    assert refusal.value.code == "past"
    second.effective_from = timezone.localdate()
    second.save()
    cause = entries_of(second, Dimension.CAUSE)[0]
    measures = list(cause.measures.all())
    save_entry(entry=cause, measures=[], by=by)
    with pytest.raises(DomainError) as refusal:
        publish_edition(edition=second, by=by)
    assert refusal.value.code == "incomplete"
    assert cause.code in str(refusal.value)
    save_entry(entry=cause, measures=measures, by=by)
    publish_edition(edition=second, by=by)
    assert current_edition() == second


def test_an_unpublished_edition_can_be_thrown_away() -> None:
    second = revision()
    discard_edition(edition=second, by=UserFactory())
    assert [edition.name for edition in TaxonomyEdition.objects.all()] == ["第一版"]
