"""Lists of people are in the order of strokes, on every database."""

import pytest

from accounts.models import Person
from common.strokes import Strokes, check_collation, stroke_key
from tests.factories.accounts import PersonFactory


def test_names_are_ordered_by_strokes_then_as_the_dictionary_has_them():
    expected = ["一甲", "乙", "丁一", "王小明", "丙"]
    assert sorted(["丁一", "丙", "乙", "一甲", "王小明"], key=stroke_key) == expected


@pytest.mark.django_db
def test_the_database_orders_people_by_strokes():
    for name in ["bob", "丙", "丁一", "王小明", "Ann", "乙", "一甲", "1號"]:
        PersonFactory(name=name)
    expected = ["1號", "一甲", "乙", "丁一", "王小明", "丙", "Ann", "bob"]
    assert list(Person.objects.order_by(Strokes("name"), "pk").values_list("name", flat=True)) == expected
    assert check_collation(databases=["default"]) == []


@pytest.mark.postgres
@pytest.mark.django_db
def test_both_databases_have_the_same_order_of_all_characters_of_big5():
    characters = [chr(point) for point in range(0x4E00, 0xA000) if _in_big5(chr(point))]
    Person.objects.bulk_create([PersonFactory.build(name=f"{each}明", agency=None) for each in characters])
    by_database = list(Person.objects.order_by(Strokes("name"), "pk").values_list("name", flat=True))
    assert by_database == sorted(by_database, key=stroke_key)
    assert len(by_database) == len(characters) > 13_000


def _in_big5(character: str) -> bool:
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return False
    return True
