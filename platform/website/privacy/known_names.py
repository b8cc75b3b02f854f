"""The names that the platform knows, found in a text: its people, and the agencies with their short forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import F, Value
from django.db.models.functions import Length, Replace, StrIndex

from accounts.models import Agency, AgencyFormerName, Person
from accounts.name_rules import DISTRICTS

_CITY = "臺中市政府"
_HAN = "一-鿿"
# the city itself gives nobody away, and stands in the names of its own rules
_TOO_GENERAL = {_CITY, "臺中市", "臺中", "市政府"}
_DISTRICT = re.compile(rf"^(?:{'|'.join(name for _code, name, _english in DISTRICTS)})(?=[{_HAN}]{{4,}})")
_SHORT = (
    ("國民小學", "國小"), ("國民中學", "國中"),
    ("工業高級中等學校", "高工"), ("高級中等學校", "高中"), ("高級中學", "高中"),
    ("研究發展考核委員會", "研考會"), ("客家事務委員會", "客委會"), ("原住民族事務委員會", "原民會"),
)  # fmt: skip
_OF_FOUR = re.compile(rf"^([{_HAN}])[{_HAN}]([{_HAN}])[{_HAN}]([局處會])$")  # 環境保護局: 環保局
_NUMBERED = re.compile(r"^(.+)第([一二三四五])高級中(?:等學校|學)$")  # 臺中市立臺中第一高級中等學校: 臺中一中
_SCHOOL = re.compile("(?:國民[中小]學|高級中等?學校?|幼兒園)$")
# the name of a rule begins with the agency that made it, and is no agency
_RULE_FOLLOWS = re.compile(
    rf"(?:及所屬[機關學校]{{2,4}})?(?:採購|小額採購|工程|內部控制)(?:(?![依應適用的之於問詢在為所])[{_HAN}]){{0,12}}"
    "(?:要點|辦法|自治條例|規則|注意事項|規定|須知|手冊|範本)"
)


def people_in(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where names of the platform's people stand in `plain` (`deidentify.normalised`). One query.

    Names of one character are left out: they stand everywhere.
    """
    if not plain.strip():
        return
    name = Replace(F("name"), Value("台"), Value("臺"))
    names = (
        Person.objects.annotate(place=StrIndex(Value(plain), name), length=Length("name"))
        .filter(place__gt=0, length__gte=2)
        .values_list("name", flat=True)
    )
    for found in {item.replace("台", "臺") for item in names}:
        yield from _places(plain, found)


def agencies_in(plain: str) -> list[tuple[int, int]]:
    """Return where agencies are named in `plain`, by name, former name or short form, the longest first. Two queries.

    The name of a rule (臺中市政府秘書處採購作業要點) names none.
    """
    names = [*Agency.objects.values_list("name", flat=True), *AgencyFormerName.objects.values_list("name", flat=True)]
    forms = {form for name in names for form in short_forms(name.replace("台", "臺"))}
    found = [span for form in forms if form in plain for span in _places(plain, form)]
    free = [span for span in found if not is_part_of_rule(plain, span[1])]
    return sorted(free, key=lambda span: (span[0] - span[1], span[0]))


def short_forms(name: str) -> set[str]:
    """Return the forms in which people name the agency `name`: 臺中市政府環境保護局, 環境保護局, 環保局."""
    forms = {name}
    tail = name.removeprefix(_CITY).removeprefix("臺中市")
    if tail.startswith("立"):  # 立圖書館 is any library, 立臺中第一高級中等學校 one school
        tail = tail.removeprefix("立") if _SCHOOL.search(tail) else name
    forms |= {tail, _DISTRICT.sub("", tail)}
    forms |= {match[1] + match[2] + "中" for form in forms if (match := _NUMBERED.match(form))}
    for long, short in _SHORT:
        forms |= {form.replace(long, short) for form in forms if form.endswith(long)}
    forms |= {match[1] + match[2] + match[3] for form in forms if (match := _OF_FOUR.match(form))}
    return {form for form in forms if len(form) >= 3 and form not in _TOO_GENERAL}


def _places(plain: str, name: str) -> Iterator[tuple[int, int]]:
    position = plain.find(name)
    while position >= 0:
        yield position, position + len(name)
        position = plain.find(name, position + len(name))


def is_part_of_rule(plain: str, end: int) -> bool:
    """Whether the agency that ends at `end` only begins the name of a rule."""
    return bool(_RULE_FOLLOWS.match(plain, end))
