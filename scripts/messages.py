"""Find the strings to translate, and those without a translation. No system gettext needed.

Python is read by its own parser, templates by Django's `templatize`. Used by `make messages` and by a test.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hant"
FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
TEMPLATE_CALL = re.compile(r"\b(n?p?gettext|_)\(u?((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[,\s]|u(?=['\"]))+)")
LITERAL = re.compile(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
# templates and top-level folders say which catalogue a string belongs to
AREAS = {"components": "face", "blocks": "face", "errors": "face", "account": "accounts", "mfa": "accounts"}


def area_of(path: Path) -> str:
    """Return the catalogue (the app's label) that strings of this file belong to."""
    parts = path.relative_to(ROOT).parts
    if parts[0] == "templates":
        if len(parts) == 2:
            return "face"
        if parts[1] == "emails" and len(parts) > 3:
            return parts[2]
        return AREAS.get(parts[1], "accounts" if parts[1] == "socialaccount" else parts[1])
    return parts[0] if parts[0] == "certificates" else parts[1]


def strings_of_python(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (context, string) of every translation call in a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in FUNCTIONS:
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if not texts:
            continue
        if name in WITH_CONTEXT and len(texts) > 1:
            yield texts[0], texts[1]
        else:
            yield "", texts[0]


def strings_of_template(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (context, string) of every translation tag in a template."""
    for call in TEMPLATE_CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        texts = [ast.literal_eval(text) for text in LITERAL.findall(call.group(2))]
        if not texts:
            continue
        if "p" in call.group(1).removeprefix("n")[:1] and len(texts) > 1:
            yield texts[0], texts[1]
        else:
            yield "", texts[0]


def all_strings() -> dict[tuple[str, str], set[Path]]:
    """Return every (context, string) of the project with the files it stands in."""
    found: dict[tuple[str, str], set[Path]] = defaultdict(set)
    for folder in ("platform", "courses", "certificates"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                for key in strings_of_python(path):
                    found[key].add(path)
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            for key in strings_of_template(path):
                found[key].add(path)
    return {key: paths for key, paths in found.items() if key[1].strip()}


def all_translations() -> dict[tuple[str, str], set[str]]:
    """Return every (context, string) that our catalogues translate, with all its translations."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted((ROOT / "locale").glob(f"*/{LANGUAGE}/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            text = entry.msgstr or entry.msgstr_plural.get(0, "")
            if entry.msgid and text and not entry.obsolete and "fuzzy" not in entry.flags:
                known[(entry.msgctxt or "", entry.msgid)].add(text)
    return known


def missing() -> dict[tuple[str, str], set[Path]]:
    """Return the strings that no catalogue of ours translates."""
    known = all_translations()
    return {key: paths for key, paths in all_strings().items() if key not in known}


def write(strings: dict[tuple[str, str], set[Path]]) -> None:
    """Add untranslated entries to the catalogue of the app where each string first stands."""
    for (context, text), paths in strings.items():
        area = area_of(sorted(paths)[0])
        path = ROOT / "locale" / area / LANGUAGE / "LC_MESSAGES" / "django.po"
        if path.exists():
            catalogue = polib.pofile(str(path))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = polib.POFile()
            catalogue.metadata = {
                "Content-Type": "text/plain; charset=UTF-8",
                "Content-Transfer-Encoding": "8bit",
                "Language": LANGUAGE,
                "Plural-Forms": "nplurals=1; plural=0;",
            }
        if catalogue.find(text, msgctxt=context or False) is None:
            catalogue.append(polib.POEntry(msgid=text, msgctxt=context or None, msgstr=""))
            catalogue.save(str(path))


def main() -> None:
    """List what is missing; with --write, add it to the catalogues."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="add what is missing to the catalogues")
    strings = missing()
    for (context, text), paths in sorted(strings.items()):
        print(f"{sorted(paths)[0].relative_to(ROOT)}: {text!r}" + (f" [{context}]" if context else ""))
    if parser.parse_args().write:
        write(strings)
    print(f"{len(strings)} without a translation", file=sys.stderr)


if __name__ == "__main__":
    import os

    import django

    sys.path[:0] = [str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    main()
