"""What was issued on the strength of enrolments, so that whoever corrects something under it is warned first.

The apps above know; they hand in a teller when they start:

    tell_what_was_issued(serials_of_enrolments)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

Teller = Callable[[Collection[int]], Mapping[int, str]]
"""Returns by enrolment the number of what was issued, for those of the given enrolments that have something."""

_tellers: list[Teller] = []


def tell_what_was_issued(teller: Teller) -> None:
    """Have `teller` asked whenever something is to be corrected."""
    _tellers.append(teller)


def issued_to(enrolment_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the numbers of what rests on these enrolments, by enrolment. Constant queries."""
    found: dict[int, list[str]] = defaultdict(list)
    for teller in _tellers:
        for enrolment_id, number in teller(enrolment_ids).items():
            found[enrolment_id].append(number)
    return dict(found)
