"""The audit trail reads as sentences: every action that the code writes has its Chinese words."""

import ast
from pathlib import Path

from django.utils.translation import override, pgettext

from accounts.viewsets.audit import describe_action
from common.models import AuditEntry

ROOT = Path(__file__).resolve().parents[2]


def written_actions() -> set[str]:
    """Return the literal first arguments of every call of audit() in the project."""
    found: set[str] = set()
    for folder in ("platform", "courses", "certificates"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "audit":
                    first = node.args[0] if node.args else None
                    choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                    for choice in choices:
                        assert not isinstance(choice, ast.JoinedStr), f"{path.name}:{node.lineno} computes its action"
                        if isinstance(choice, ast.Constant):
                            found.add(choice.value)
    return found


def test_every_action_has_words() -> None:
    actions = written_actions()
    assert "account.role_given" in actions
    with override("zh-hant"):
        assert {action for action in actions if pgettext("audit", action) == action} == set()


def test_english_reads_the_code_as_words() -> None:
    with override("en"):
        assert describe_action(AuditEntry(action="account.role_given")) == "account role given"
