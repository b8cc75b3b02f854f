"""What rests on an enrolment, as the apps above tell it: attendance, results, and what was issued.

Each registers one finder at start-up, so that whoever ends an enrolment can be asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .issued import issued_to
from .models import Enrolment


@dataclass(frozen=True)
class Evidence:
    """One thing that rests on an enrolment, in words. `is_outcome`: a result or a certificate, not mere attendance."""

    sentence: str | Promise
    is_outcome: bool = True

    def __str__(self) -> str:
        return str(self.sentence)


Finder = Callable[[Enrolment], Sequence[Evidence]]

_finders: dict[str, Finder] = {}


def register_evidence(key: str, finder: Finder) -> None:
    """Let `finder` say what of the app `key` rests on an enrolment."""
    _finders[key] = finder


def evidence_of(enrolment: Enrolment) -> list[Evidence]:
    """Return all that rests on `enrolment`: in the order of the apps' keys, what was issued (`issued`) last."""
    found = [evidence for _key, finder in sorted(_finders.items()) for evidence in finder(enrolment)]
    issued = issued_to([enrolment.pk]).get(enrolment.pk, [])
    return [*found, *(Evidence(_("the certificate %(serial)s") % {"serial": number}) for number in issued)]


def outcomes_of(enrolment: Enrolment) -> list[Evidence]:
    """Return the results and certificates that rest on `enrolment`."""
    return [found for found in evidence_of(enrolment) if found.is_outcome]
