"""What a row of the run list says about a run: length, facts, state, seats, and the one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from courses.catalogue.enums import RunState
from courses.catalogue.selectors import hours_of

SOON_DAYS = 3
"""From so many days before its end, the tag counts the days enrolment still lasts."""

STATES_WITH_SEATS = (RunState.ANNOUNCED, RunState.OPEN, RunState.CLOSED)
"""Before a run begins its seats are of interest."""


@dataclass(frozen=True)
class RunSummary:
    """The words of one row."""

    title_language: str
    length: str
    facts: str
    tag_state: str
    tag_label: str
    shows_seats: bool
    seats_label: str
    seats_text: str
    seats_tone: str
    action_label: str
    action_url: str
    is_main_action: bool


def summary_of(run: Any) -> RunSummary:
    """Return the words of `run`, which must come from `selectors.runs_to_list`; asks the database nothing."""
    state = run.state
    is_full = run.seats_free == 0
    tag_state, tag_label = _tag(run, state, is_full=is_full)
    action_label, action_url, is_main = _action(run, state, is_full=is_full)
    return RunSummary(
        title_language=_title_language(run),
        length=_length(run.starts_on, run.ends_on),
        facts=_separator().join(_facts(run)),
        tag_state=tag_state,
        tag_label=tag_label,
        shows_seats=state in STATES_WITH_SEATS,
        seats_label=_("Seats taken"),
        seats_text=_seats_in_words(run, state),
        seats_tone="sun" if is_full else "",
        action_label=action_label,
        action_url=action_url,
        is_main_action=is_main,
    )


def _title_language(run: Any) -> str:
    """Return the language of the title where it is not the page's: no English one was written."""
    has_english = run.title_en or run.course.name_en
    return "" if has_english or get_language() != "en" else "zh-Hant"


def _length(first: date, last: date) -> str:
    if first == last:
        return _weekday(first)
    days = (last - first).days + 1
    return ngettext("%(weekday)s, %(days)s day", "%(weekday)s, %(days)s days", days) % {
        "weekday": _weekday(first), "days": days,
    }  # fmt: skip


def _weekday(day: date) -> str:
    if (get_language() or "").startswith("zh"):
        return f"週{'一二三四五六日'[day.weekday()]}"
    return dateformat.format(day, "D")


def _facts(run: Any) -> list[str]:
    facts = [run.code]
    if hours := hours_of(run):
        facts.append(_("%(hours)s hours") % {"hours": f"{hours:f}"})
    place = str(run.district) if run.district and str(run.district) not in run.place else ""
    facts.extend(filter(None, [place, run.place, str(run.get_delivery_display())]))
    return facts


def _tag(run: Any, state: RunState, *, is_full: bool) -> tuple[str, str]:
    standing = getattr(run, "standing", "")
    if standing == "enrolled" and state != RunState.CANCELLED:
        return "confirmed", _("you are enrolled")
    if standing == "waiting" and state in (RunState.OPEN, RunState.CLOSED):
        return "waiting", _("you are on the waiting list")
    if state != RunState.OPEN:
        return state.value, str(state.label)
    if is_full:
        return "full", _("full; waiting list")
    days = (timezone.localdate(run.enrolment_closes_at) - timezone.localdate()).days
    if days <= SOON_DAYS:
        if days == 0:
            return "soon", _("enrolment closes today")
        return "soon", ngettext("%(days)s day left to enrol", "%(days)s days left to enrol", days) % {"days": days}
    return state.value, str(state.label)


def _seats_in_words(run: Any, state: RunState) -> str:
    if state not in STATES_WITH_SEATS:
        return ""
    seats = ngettext("%(seats)s seat", "%(seats)s seats", run.seats) % {"seats": run.seats}
    if run.waiting_count:
        more = _("%(waiting)s waiting") % {"waiting": run.waiting_count}
    elif run.seats_free:
        more = _("%(free)s left") % {"free": run.seats_free}
    else:
        more = _("full")
    return f"{seats}{_comma()}{more}"


def _action(run: Any, state: RunState, *, is_full: bool) -> tuple[str, str, bool]:
    page = reverse("enrolment:run", args=[run.code])
    if getattr(run, "standing", "") or state in (RunState.RUNNING, RunState.FINISHED, RunState.CLOSED):
        return _("Look at the class"), page, False
    if state == RunState.OPEN:
        enrol = reverse("enrolment:enrol", args=[run.code])
        return (_("Join the waiting list"), enrol, False) if is_full else (_("Enrol"), enrol, True)
    if state == RunState.ANNOUNCED:
        return _("Look at the class"), page, False
    return "", "", False


def _separator() -> str:
    return "・" if (get_language() or "").startswith("zh") else " · "


def _comma() -> str:
    return "，" if (get_language() or "").startswith("zh") else ", "
