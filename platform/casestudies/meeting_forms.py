"""Forms of meetings, members and decisions in the back office, and of what agencies report."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import LookAlikesMixin
from accounts.models import Agency, Person
from accounts.viewsets import agency_chooser, person_chooser
from common.rocdates import parse_time
from common.templatetags.common_tags import clock
from common.typeddays import TypedDayField

from .models import AgendaItem, CommitteeMember, Decision, ReviewMeeting


class TypedTimeField(forms.CharField):
    """A time of day as people type it: 14:30, 下午 2:30, 1430."""

    def clean(self, value: Any) -> datetime.time | None:
        """Return the time, None for an empty field that may be empty."""
        text = super().clean(value)
        try:
            return parse_time(text) if text else None
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class MeetingForm(forms.Form):
    """When and where a meeting is, and who takes its minutes."""

    name = forms.CharField(
        label=pgettext_lazy("of a meeting", "Name"),
        max_length=120,
        help_text=_("As the minutes bear it: 115 年第 2 次督導會議"),
    )
    day = TypedDayField(label=_("Day"), help_text=_("For example 115/11/20 or 2026-11-20"))
    begins = TypedTimeField(label=_("Begins"), help_text=_("For example 09:30"))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    recorder = forms.CharField(label=_("Minutes taken by"), max_length=80, required=False)

    def asked(self) -> dict[str, Any]:
        """Return what was entered, under the names that the services use."""
        data = self.cleaned_data
        starts_at = timezone.make_aware(datetime.datetime.combine(data["day"], data["begins"]))
        return {"name": data["name"], "starts_at": starts_at, "place": data["place"], "recorder": data["recorder"]}

    @staticmethod
    def values_of(meeting: ReviewMeeting) -> dict[str, Any]:
        """Return what the form shows of `meeting`."""
        return {
            "name": meeting.name,
            "day": timezone.localdate(meeting.starts_at),
            "begins": clock(meeting.starts_at),
            "place": meeting.place,
            "recorder": meeting.recorder,
        }


class WordsForm(forms.Form):
    """The chair's opening words, other business, and the end of a meeting. `seen` is what the page began with."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    opening = forms.CharField(
        label=_("Opening words of the chair"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    closing = forms.CharField(
        label=_("Other business"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Left empty, the minutes say: none."),
    )  # fmt: skip
    ended = TypedTimeField(label=_("Ended at"), required=False, help_text=_("On the day of the meeting, as in 11:40"))

    def ended_at(self, meeting: ReviewMeeting) -> datetime.datetime | None:
        """Return the end on the day of `meeting`."""
        ended = self.cleaned_data["ended"]
        if ended is None:
            return None
        return timezone.make_aware(datetime.datetime.combine(timezone.localdate(meeting.starts_at), ended))


class ItemForm(forms.Form):
    """What is before the meeting about one case, and what it concludes. `seen` is what the page began with."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    summary = forms.CharField(
        label=_("What is before the meeting"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}), help_text=_("Members read this; it stands in the minutes."),
    )  # fmt: skip
    conclusion = forms.CharField(
        label=_("Conclusion"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )


class DecisionForm(forms.Form):
    """What was decided, who does it, and by when."""

    text = forms.CharField(
        label=pgettext_lazy("of the review group", "Decision"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner = forms.ModelChoiceField(
        label=_("Agency that does it"), queryset=Agency.objects.all(), widget=agency_chooser.widget_class
    )
    owner_person = forms.ModelChoiceField(
        label=_("Who does it"), queryset=Person.objects.all(), widget=person_chooser.widget_class, required=False,
        help_text=_("Reminded besides the agency’s contacts; may be left empty."),
    )  # fmt: skip
    due_on = TypedDayField(label=_("Due on"), help_text=_("For example 115/11/20 or 2026-11-20"))

    @staticmethod
    def values_of(decision: Decision) -> dict[str, Any]:
        """Return what the form shows of `decision`."""
        names = ("text", "owner", "owner_person", "due_on")
        return {name: getattr(decision, name) for name in names}

    @staticmethod
    def proposed(item: AgendaItem | None) -> dict[str, Any]:
        """Return what a new decision begins with: the case's own agency."""
        return {"owner": item.case.agency} if item is not None and item.case.agency is not None else {}


class MemberForm(forms.Form):
    """What the records say of a member of the group."""

    is_external = forms.BooleanField(label=_("From outside the city government"), required=False)
    organisation = forms.CharField(
        label=_("Where they come from"), max_length=120, required=False,
        help_text=_("University, association or office; for members from inside their agency says it."),
    )  # fmt: skip
    expertise = forms.CharField(label=_("Expertise"), max_length=120, required=False)
    is_chair = forms.BooleanField(label=_("Chairs the meetings"), required=False)

    @staticmethod
    def values_of(member: CommitteeMember) -> dict[str, Any]:
        """Return what the form shows of `member`."""
        names = ("is_external", "organisation", "expertise", "is_chair", "is_active")
        return {name: getattr(member, name) for name in names}


class NewMemberForm(LookAlikesMixin, MemberForm):
    """A person of the records, or one who is new to them: people from outside need no agency."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.all(), widget=person_chooser.widget_class, required=False
    )
    name = forms.CharField(
        label=_("Or the name of somebody new"), max_length=80, required=False,
        help_text=_("For people whom the records do not know yet."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Their e-mail"), required=False, help_text=_("Invitations and the account go to this address.")
    )
    field_order = ("person", "name", "email", "is_external", "organisation", "expertise", "is_chair")

    def clean(self) -> dict[str, Any]:
        """Want one of the two."""
        data = super().clean() or self.cleaned_data
        if not data.get("person") and not data.get("name") and "person" not in self.errors:
            self.add_error("person", _("Choose a person, or enter a name below."))
        if data.get("person") and data.get("name"):
            self.add_error("name", _("Either choose a person or enter a name, not both."))
        if data.get("name") and not self.errors:
            self.ask_about_look_alikes(name=data["name"], agency=None, email=data["email"])
        return data


class MemberEditForm(MemberForm):
    """A member as they are now."""

    is_active = forms.BooleanField(label=_("Is invited to new meetings"), required=False)


class DoneForm(forms.Form):
    """What was done, and on which day."""

    done_note = forms.CharField(
        label=_("What was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In a sentence or two, with the document or notice that shows it."),
    )  # fmt: skip
    done_on = TypedDayField(label=_("Done on"), help_text=_("For example 115/11/20 or 2026-11-20"))


class OpinionForm(forms.Form):
    """A member's opinion; `version` is the one that the page has seen, `screen` which page it is."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    screen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    text = forms.CharField(required=False, strip=False, label=_("My opinion"), widget=forms.Textarea(attrs={"rows": 8}))
