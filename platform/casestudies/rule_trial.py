"""Which rule decides a printed reason: for who keeps the rules and wants to see what they do."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .enums import Failure
from .models import FailureRule


@dataclass(frozen=True)
class Trial:
    """What the rules say of `reason`: the one that decides, the words it found, and those that would have followed."""

    reason: str
    rule: FailureRule | None
    found: str
    later: tuple[FailureRule, ...]

    @property
    def failure(self) -> Failure:
        """How the tender failed by these words."""
        return Failure(self.rule.failure) if self.rule else Failure.UNDECIDED


def try_rules(reason: str) -> Trial:
    """Return what the rules, in their order, say of `reason`. One query."""
    text = unicodedata.normalize("NFKC", reason)
    matching: list[tuple[FailureRule, str]] = []
    for rule in FailureRule.objects.all():
        try:
            found = re.search(rule.pattern, text)
        except re.error:
            continue
        if found:
            matching.append((rule, found.group()))
    if not matching:
        return Trial(reason, None, "", ())
    (rule, words), *later = matching
    return Trial(reason, rule, words, tuple(rule for rule, _words in later))
