"""Forms of those who ask: the question, asking on, and whether an answer helped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from library.models import Subject

from .services.asking import LONGEST, SHORTEST, TOO_LONG, TOO_SHORT


class TextField(forms.CharField):
    """Running text; a line break is one character, as the browser counts it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """Return the text with plain line breaks."""
        return str(super().to_python(value)).replace("\r\n", "\n").strip()


class AskOnForm(forms.Form):
    """A question."""

    question = TextField(
        label=_("Your question"),
        min_length=SHORTEST,
        max_length=LONGEST,
        error_messages={
            "required": _("Please write your question."),
            "min_length": TOO_SHORT,
            "max_length": TOO_LONG,
        },
    )


class QuestionForm(AskOnForm):
    """A question and, if the asker knows, what it is about."""

    subject = forms.ModelChoiceField(
        label=_("What it is about"),
        queryset=Subject.objects.all(),
        required=False,
        empty_label=_("I am not sure"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].help_text = _(
            "Say what kind of purchase it is, about how much it costs, how far you have come, and by when you need to "
            "know. Leave out names of companies and of people."
        )


class HelpedForm(forms.Form):
    """Whether the answer helped; what was missing is asked only of those whom it did not help."""

    helped = forms.ChoiceField(choices=[("yes", _("Yes, it helped")), ("no", _("No, something is missing"))])
    note = forms.CharField(label=_("What was missing?"), max_length=500, required=False, widget=forms.Textarea)
