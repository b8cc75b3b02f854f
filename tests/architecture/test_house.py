"""The shape of the house, held by tests so that nobody has to remember it."""

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

ROOT = Path(settings.BASE_DIR)

# From the ground up; a foreign key may point at its own app, a lower one, or Django and Wagtail.
ORDER = [
    "common",
    "accounts",
    "notifications",
    "reports",
    "website",
    "library",
    "qualifications",
    "faculty",
    "casestudies",
    "consultations",
    "catalogue",
    "enrolment",
    "attendance",
    "assessment",
    "learning",
    "certificates",
    "demo",
]


def test_platform_is_a_folder_and_not_a_package():
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()


def test_import_platform_is_the_standard_library():
    assert Path(platform.__file__).is_relative_to(Path(sys.base_prefix))
    assert platform.python_version()


def test_top_level_shows_the_storeys():
    for name in ("platform", "courses", "certificates", "templates", "tests", "manage.py", "requirements.txt"):
        assert (ROOT / name).exists(), name


def test_every_app_has_its_place_in_the_order():
    ours = {
        c.label for c in apps.get_app_configs() if Path(c.path).is_relative_to(ROOT) and "site-packages" not in c.path
    }
    assert ours - {"config"} == set(ORDER)


def _pointing_up() -> list[str]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.app_label
        if label not in ORDER:
            continue
        for field in model._meta.get_fields():
            if not (isinstance(field, models.Field) and field.is_relation and field.related_model):
                continue
            target = field.related_model._meta.app_label
            if target in ORDER and ORDER.index(target) > ORDER.index(label):
                found.append(f"{model._meta.label}.{field.name} → {target}")
    return found


def test_no_foreign_key_points_up():
    assert _pointing_up() == []


def test_imports_only_go_down():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_import_contracts_have_no_exceptions():
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text()


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_style_or_script_is_inline():
    offenders = []
    for path in (ROOT / "templates").rglob("*.html"):
        parts = path.relative_to(ROOT / "templates").parts
        if parts[0] in {"pdf", "emails"}:  # never shown in a browser under the policy
            continue
        text = path.read_text(encoding="utf-8")
        if " style=" in text or "<style" in text or " onclick=" in text or "<script>" in text:
            offenders.append(str(path.relative_to(ROOT)))
    assert offenders == []


INCLUDE = re.compile(r'{%\s*include\s+"([^"]+)"(.*?)%}', re.DOTALL)


def _holds_a_token(name: str, seen: tuple[str, ...] = ()) -> bool:
    """Whether a template writes the token of a form itself or through what it includes with its whole context."""
    path = ROOT / "templates" / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""  # Wagtail's own
    return "{% csrf_token %}" in text or any(
        _holds_a_token(inner, (*seen, name))
        for inner, words in INCLUDE.findall(text)
        if inner not in seen and not words.rstrip().endswith("only")
    )


def test_a_form_included_with_nothing_but_its_parameters_is_given_its_token():
    offenders = [
        f"{path.relative_to(ROOT)} includes {inner}: add csrf_token=csrf_token before only"
        for path in (ROOT / "templates").rglob("*.html")
        for inner, words in INCLUDE.findall(path.read_text(encoding="utf-8"))
        if words.rstrip().endswith("only") and "csrf_token=csrf_token" not in words and _holds_a_token(inner)
    ]
    assert offenders == []


NEEDLES = ('src="http', "src='http", "url(http", "url('http", 'url("http', "@import url(http", 'href="//', 'from "http')


def test_no_page_asks_a_third_party():
    offenders = []
    for folder in ("templates", "static"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in {".html", ".css", ".js", ".svg"}:
                continue
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
            offenders.extend(f"{path.relative_to(ROOT)}: {needle}" for needle in NEEDLES if needle in text)
    assert offenders == []
