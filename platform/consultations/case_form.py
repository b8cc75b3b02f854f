"""What an officer types into the log, and what it means."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from common.typeddays import TypedDayField, typed_day

from .asking_forms import TextField
from .enums import Channel
from .models import Consultation
from .naming import EXAMPLE, parse_articles
from .selectors import agency_typed, caller_typed, error_pattern_typed, subject_typed

LONGEST_CALL = 240
"""Minutes; a screen that stood open longer says nothing about the length of a call."""

FIELD_OF_CODE = {
    "no_question": "question", "no_answer": "answer", "unknown_article": "articles_named", "no_date": "promised_for",
}  # fmt: skip
"""At which field the screen shows a refusal of `services.log`."""


class NamedField(forms.CharField):
    """Text that names one thing; cleaned to the thing, or None where nothing was typed."""

    def __init__(self, *, find: Any, unknown: Any, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)
        self.find, self.unknown = find, unknown

    def clean(self, value: Any) -> Any:
        """Return what was named. Raises ValidationError when that is nothing we know."""
        text = super().clean(value)
        if not text:
            return None
        found = self.find(text)
        if found is None:
            raise ValidationError(self.unknown, code="unknown", params={"text": text})
        return found


class CaseForm(forms.Form):
    """One case. Everything may be left out while it is being written; the services say what an answered one needs."""

    question = TextField(label=_("question"), required=False, max_length=4000)
    agency = NamedField(
        label=_("agency"), find=agency_typed, unknown=_("No agency, or more than one, is called “%(text)s”.")
    )
    caller_name = forms.CharField(label=_("caller"), required=False, max_length=80)
    channel = forms.ChoiceField(label=_("channel"), choices=Channel.choices, initial=Channel.PHONE)
    minutes = forms.IntegerField(label=_("minutes"), required=False, min_value=0, max_value=999)
    subject = NamedField(
        label=_("subject"), find=subject_typed, unknown=_("No subject, or more than one, is called “%(text)s”.")
    )
    error_pattern = NamedField(
        label=_("error pattern"),
        find=error_pattern_typed,
        unknown=_("No error pattern, or more than one, is called “%(text)s”."),
    )
    articles_named = forms.CharField(label=_("articles of law"), required=False, max_length=250)
    answer = TextField(label=pgettext_lazy("of a case", "answer"), required=False, max_length=8000)
    follow_up = forms.CharField(label=_("follow-up"), required=False, max_length=250)
    promised_for = TypedDayField(label=_("answer promised for"), required=False)
    caller_contact = forms.CharField(label=_("how to reach the caller"), required=False, max_length=120)

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    entry = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    seconds = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    article_example = EXAMPLE

    def __init__(self, *args: Any, asked_on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_on = asked_on or timezone.localdate()

    def clean_articles_named(self) -> str:
        """Return the text. Raises ValidationError with a sentence for each article that does not exist."""
        text: str = self.cleaned_data["articles_named"]
        if not_found := parse_articles(text).not_found:
            raise ValidationError([str(missing) for missing in not_found], code="unknown_article")
        return text

    def clean_promised_for(self) -> date | None:
        """Return the day. Raises ValidationError for one before the question was asked."""
        day: date | None = self.cleaned_data["promised_for"]
        if day is not None and day < self.asked_on:
            raise ValidationError(_("This day was over before the question was asked."), code="past")
        return day

    def fields_to_save(self, consultation: Consultation | None) -> dict[str, Any]:
        """Return what `services.log.save_case` is to write: all that was understood.

        What was not understood keeps the value it had, but for the articles: their text is kept as it was typed.
        """
        names = (
            "question", "answer", "channel", "minutes", "subject", "error_pattern", "agency", "caller_name",
            "caller_contact", "follow_up", "promised_for",
        )  # fmt: skip
        fields = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        fields["articles_named"] = str(self.data.get("articles_named", ""))[:250].strip()
        if "caller_name" in fields:
            fields["caller"] = self._caller(fields, consultation)
        return fields

    @staticmethod
    def _caller(fields: dict[str, Any], consultation: Consultation | None) -> Person | None:
        """Who is meant: whoever it was, as long as name and agency stay; else the one of that name in the agency."""
        agency = fields["agency"] if "agency" in fields else getattr(consultation, "agency", None)
        if consultation is not None and consultation.caller is not None and consultation.agency == agency:
            known: Person = consultation.caller
            if known.name == fields["caller_name"]:
                return known
        return caller_typed(fields["caller_name"], agency)

    def minutes_since_opening(self) -> int | None:
        """Return how long the screen was open, in whole minutes begun; None where that says nothing about a call."""
        seconds = self.cleaned_data.get("seconds")
        if seconds is None or seconds > LONGEST_CALL * 60:
            return None
        return max(1, -(-int(seconds) // 60))

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed that would make an entry."""
        written = set(self.fields) - {"channel", "minutes", "version", "entry", "seconds"}
        return not any(str(self.data.get(name, "")).strip() for name in written)


def typed_values(consultation: Consultation) -> dict[str, str]:
    """Return what the fields of the form show of a case, as text."""
    return {
        "question": consultation.question,
        "agency": str(consultation.agency or ""),
        "caller_name": consultation.caller_name or (consultation.caller.name if consultation.caller else ""),
        "channel": consultation.channel,
        "minutes": "" if consultation.minutes is None else str(consultation.minutes),
        "subject": str(consultation.subject or ""),
        "error_pattern": str(consultation.error_pattern or ""),
        "articles_named": consultation.articles_named,
        "answer": consultation.answer,
        "follow_up": consultation.follow_up,
        "promised_for": typed_day(consultation.promised_for),
        "caller_contact": consultation.caller_contact,
    }
