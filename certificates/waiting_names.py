"""No certificate bears a name that its holder gave themselves since they enrolled, until somebody gives their word."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.selectors import people_whose_name_waits
from courses.enrolment.models import Enrolment

REASON: str | Promise = _("The name was changed since the enrolment and waits for a word of the agency or the office.")


def enrolments_whose_name_waits(enrolments: Iterable[Enrolment]) -> set[int]:
    """Return the keys of the enrolments whose person waits for that word. One query."""
    rows = sorted(enrolments, key=lambda row: row.confirmed_at, reverse=True)
    waiting = people_whose_name_waits({row.person_id: row.confirmed_at for row in rows})  # the earliest of each counts
    return {row.pk for row in rows if row.person_id in waiting}
