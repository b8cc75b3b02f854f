"""Forms of the back office: opening a run, laying out its sessions, cancelling it; a curriculum's successor."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from common.rocdates import parse_date, roc_year
from faculty.models import Instructor
from faculty.selectors import active_instructors

from .enums import CourseKind
from .models import Course, CourseRun
from .selectors import next_term
from .services import AFTERNOON, EVENING, MORNING, DayPart

RUN_FIELDS = (
    "course", "term", "title", "title_en", "starts_on", "ends_on", "seats", "delivery", "place", "district",
    "enrol_from", "enrol_until", "withdraw_until",
)  # fmt: skip

DAY_PARTS = {"morning": MORNING, "afternoon": AFTERNOON, "evening": EVENING}

_WEEKDAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
    (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip


def _shown(part: DayPart) -> str:
    ends = datetime.combine(date.min, part.starts) + timedelta(minutes=part.minutes)
    return f"{part.starts:%H:%M}–{ends:%H:%M}"


class LayoutFields(forms.Form):
    """What `services.lay_out_sessions` needs; part of the form that opens a run and a form by itself."""

    fields: dict[str, Any]

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), choices=_WEEKDAYS, coerce=int, required=False, initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    day_parts = forms.MultipleChoiceField(
        label=_("Parts of the day"),
        choices=[
            ("morning", format_lazy("{} {}", _("morning"), _shown(MORNING))),
            ("afternoon", format_lazy("{} {}", _("afternoon"), _shown(AFTERNOON))),
            ("evening", format_lazy("{} {}", _("evening"), _shown(EVENING))),
        ],
        required=False,
        initial=["morning", "afternoon"],
        widget=forms.CheckboxSelectMultiple,
    )
    holidays = forms.CharField(
        label=_("Days off"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Days on which nobody teaches, one after the other: 2026-12-25, 115/12/25, 115年12月25日."),
    )  # fmt: skip
    hours = forms.DecimalField(
        label=_("Hours"), required=False, min_value=0.5, max_value=500, decimal_places=1,
        help_text=_("Only where the curriculum has no table of subjects."),
    )  # fmt: skip
    room = forms.CharField(label=_("Room"), required=False, max_length=120)
    instructor = forms.ModelChoiceField(
        label=_("Instructor"), queryset=Instructor.objects.none(), required=False,
        help_text=_("For all sessions at first; each can be given another one."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instructor"].queryset = active_instructors()

    def clean_holidays(self) -> list[date]:
        """Return the days off; any way of writing a date is understood."""
        days = []
        for text in filter(None, re.split(r"[,，、;；\s]+", self.cleaned_data["holidays"])):
            try:
                days.append(parse_date(text))
            except ValueError as error:
                raise forms.ValidationError(str(error), code="date") from error
        return days

    def layout(self) -> dict[str, Any]:
        """Return the arguments for `services.lay_out_sessions`."""
        hours = self.cleaned_data["hours"]
        return {
            "weekdays": self.cleaned_data["weekdays"],
            "day_parts": [DAY_PARTS[name] for name in self.cleaned_data["day_parts"]],
            "holidays": self.cleaned_data["holidays"],
            "instructor": self.cleaned_data["instructor"],
            "room": self.cleaned_data["room"],
            "minutes": int(hours * 60) if hours else None,
        }


class LayOutForm(LayoutFields):
    """Lay out the sessions of a run that has none."""


class OpenRunForm(LayoutFields, WagtailAdminModelForm):
    """Open a run: everything is proposed, and its sessions can be laid out in the same step."""

    term = forms.IntegerField(label=_("Term"), required=False, min_value=1)
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=AdminDateInput,
        help_text=_("Left empty, it is the day of the last session."),
    )  # fmt: skip
    lay_out = forms.BooleanField(label=_("Lay out the sessions now"), required=False, initial=True)

    class Meta:
        model = CourseRun
        fields = RUN_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = Course.objects.filter(is_active=True)
        self.fields["course"].help_text = _next_terms(self.initial["starts_on"])

    def clean(self) -> dict[str, Any]:
        """Demand a last day unless the sessions give it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("ends_on") and cleaned.get("starts_on"):
            if not cleaned.get("lay_out"):
                self.add_error("ends_on", _("Please give the last day, or let the sessions be laid out."))
            cleaned["ends_on"] = self.instance.ends_on = cleaned["starts_on"]
        return cleaned

    def run_arguments(self) -> dict[str, Any]:
        """Return the arguments for `services.open_run`."""
        return {name: self.cleaned_data[name] for name in RUN_FIELDS}


class CancelForm(forms.Form):
    """Cancel a run, with the reason that everybody enrolled is told."""

    reason = forms.CharField(
        label=_("Reason"), max_length=250, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the e-mail to everybody enrolled and on the page of the class."),
    )  # fmt: skip


class SucceedForm(forms.Form):
    """A curriculum that follows another one from a day on."""

    effective_from = forms.DateField(label=_("Effective from"), widget=AdminDateInput)
    source = forms.CharField(label=_("Source"), max_length=250, help_text=_("The document this table comes from."))


def proposed_dates(today: date) -> dict[str, Any]:
    """Return dates for a new run: a Monday in some six weeks, enrolment until two weeks before it."""
    first = today + timedelta(days=42)
    starts_on = first + timedelta(days=-first.weekday() % 7)
    return {
        "starts_on": starts_on,
        "enrol_from": _moment(today + timedelta(days=1), time(9)),
        "enrol_until": _moment(starts_on - timedelta(days=14), time(17)),
        "withdraw_until": _moment(starts_on - timedelta(days=7), time(17)),
        "seats": 70,
    }


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, timezone.get_current_timezone())


def _next_terms(starts_on: date) -> str:
    """Return what the next run of each kind would be, for the hint beside the choice."""
    by_kind = {course.kind: course for course in Course.objects.filter(is_active=True)}
    codes = [
        f"{CourseKind(kind).label} {roc_year(starts_on)}-{kind}-{next_term(course, starts_on)}"
        for kind, course in by_kind.items()
    ]
    return _("Next codes if the term is left empty: %(codes)s.") % {"codes": _(", ").join(codes)}
