"""The filters of the run list, and the forms of the roster in the back office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, Q, QuerySet, When
from django.utils import dateformat, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import formfield_for_dbfield

from accounts.forms import LookAlikesMixin
from accounts.models import District, Person
from common.names import name_key
from common.rocdates import roc_year, to_gregorian_year
from courses.catalogue.enums import CourseKind, RunState
from courses.catalogue.models import CourseRun
from courses.catalogue.selectors import has_begun, in_state
from website.segmentation import normalise

from .evidence import Evidence
from .models import Enrolment
from .selectors import namesakes, runs_to_list


class RunFilterForm(forms.Form):
    """What the reader looks for; a parameter that makes no sense is ignored, never an error page."""

    fields: dict[str, Any]

    q = forms.CharField(label=_("Words in title or place"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    month = forms.ChoiceField(label=_("Month"), required=False)
    district = forms.ModelChoiceField(label=_("District"), required=False, queryset=District.objects.none())
    state = forms.ChoiceField(label=_("State"), required=False)
    free = forms.BooleanField(label=_("Only with free seats"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All kinds")), *CourseKind.choices]
        self.fields["state"].choices = [("", _("Coming and running")), *RunState.choices]
        self.fields["month"].choices = [("", _("All months")), *_months()]
        self.fields["district"].queryset = District.objects.filter(runs__isnull=False).distinct()
        self.fields["district"].empty_label = _("All districts")

    def runs(self) -> QuerySet[Any]:
        """Return the runs asked for, in the order of reading: what is ahead first, then what is under way."""
        runs = runs_to_list()
        self.full_clean()
        asked = self.cleaned_data
        state = asked.get("state")
        if state:
            runs = runs.filter(in_state(state))
        elif not asked.get("month"):
            runs = runs.filter(ends_on__gte=timezone.localdate(), cancelled_at__isnull=True)
        if asked.get("kind"):
            runs = runs.filter(course__kind=asked["kind"])
        if asked.get("district"):
            runs = runs.filter(district=asked["district"])
        if asked.get("month"):
            year, month = (int(part) for part in asked["month"].split("-"))
            runs = runs.filter(starts_on__year=to_gregorian_year(year), starts_on__month=month)
        for word in asked.get("q", "").split():
            runs = runs.filter(_mentions(word))
        if asked.get("free"):
            runs = runs.filter(seats_free__gt=0, cancelled_at__isnull=True, ends_on__gte=timezone.localdate())
        if state == RunState.FINISHED:
            return runs.order_by("-starts_on", "code")
        return runs.order_by(Case(When(has_begun(), then=1), default=0), "starts_on", "code")

    @property
    def is_narrowed(self) -> bool:
        """Whether the reader asked for anything."""
        return any(self.cleaned_data.values())


class _LateEntryForm(forms.Form):
    """What an administrator is asked besides, while they enrol somebody.

    Why, once the run has begun (demanded when it is over); and whether somebody of the same name is somebody else:
    the box appears only with that question.
    """

    def __init__(self, *args: Any, run: CourseRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run

    def add_questions(self) -> None:
        """Add the fields of this form behind those of its heirs."""
        if self.run.has_begun():
            self.fields["reason"] = forms.CharField(
                label=_("Reason"), max_length=200, required=self.run.state == RunState.FINISHED,
                help_text=_("The class has begun: please say why somebody is enrolled now. The reason is kept."),
            )  # fmt: skip
        if "is_another" in self.data:
            self.ask_for_another()

    def ask_for_another(self) -> None:
        """Offer the box that says: it is another person of the same name."""
        self.fields["is_another"] = forms.BooleanField(label=_("It is another person of the same name"), required=False)

    @property
    def reason(self) -> str:
        """Why somebody is enrolled late; nothing before the class has begun."""
        return self.cleaned_data.get("reason", "")

    def refuse_namesake(self, name: str, *, person: Person | None = None) -> bool:
        """Ask about somebody of this name on the roster or the waiting list, unless that was answered."""
        if self.cleaned_data.get("is_another") or not namesakes(self.run, name, but=person):
            return False
        self.ask_for_another()
        self.add_error(
            None, _("%(name)s: somebody of this name already is in this class. Is it another person?") % {"name": name}
        )
        return True


class AddPersonForm(_LateEntryForm):
    """Somebody on record, to be enrolled by an administrator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # the back office's chooser: a search, not a list of thousands
        self.fields["person"] = formfield_for_dbfield(Enrolment._meta.get_field("person"), label=_("Person"))
        self.add_questions()


class RegisterPersonForm(LookAlikesMixin, _LateEntryForm):
    """Somebody who is not on record yet, to be registered and enrolled by an administrator."""

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"] = formfield_for_dbfield(Enrolment._meta.get_field("agency"), label=_("Agency"))
        self.add_questions()

    @property
    def facts(self) -> dict[str, Any]:
        """What is recorded of the new person."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "job_title", "agency")}

    def clean(self) -> dict[str, Any]:
        """Ask once before somebody is recorded a second time."""
        entered = self.cleaned_data
        if not self.errors and self.known_person() is None:
            self.ask_about_look_alikes(name=entered["name"], agency=entered["agency"], email=entered["email"])
        return entered

    def known_person(self) -> Person | None:
        """Return who already bears this name and address: registering twice makes nobody twice."""
        email = self.cleaned_data["email"].strip().lower()
        if not email:
            return None
        key = name_key(self.cleaned_data["name"])
        return Person.objects.filter(email__iexact=email, name_key=key).order_by("pk").first()


class EndEnrolmentForm(forms.Form):
    """Why an enrolment ends; where something rests on it, that the administrator has seen it."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The reason is kept with the enrolment."))

    def __init__(self, *args: Any, evidence: Sequence[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evidence = evidence
        if evidence:
            self.fields["has_seen"] = forms.BooleanField(label=_("I have seen what rests on this enrolment."))


class SeatsForm(forms.Form):
    """How many seats a run has."""

    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=5000)


def _mentions(word: str) -> Q:
    """Return the condition that a run's title, course, place, district or code holds `word`; 台 is 臺."""
    spellings = {word, normalise(word), normalise(word).replace("臺", "台")}
    fields = ("title", "title_en", "course__name", "course__name_en", "place", "district__name", "code")
    condition = Q()
    for spelling in spellings:
        for field in fields:
            condition |= Q(**{f"{field}__icontains": spelling})
    return condition


def _months() -> list[tuple[str, str]]:
    """Return the months in which runs begin, as (115-11, shown), the latest first."""
    days = CourseRun.objects.filter(cancelled_at__isnull=True).dates("starts_on", "month", order="DESC")[:36]
    return [(f"{roc_year(day)}-{day.month:02}", _month_name(day)) for day in days]


def _month_name(day: date) -> str:
    """Return 115 年 11 月, in English November 2026."""
    if (get_language() or "").startswith("zh"):
        return f"{roc_year(day)} 年 {day.month} 月"
    return dateformat.format(day, "F Y")
