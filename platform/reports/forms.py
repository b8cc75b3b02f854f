"""What the parameters of reports are made of."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.selectors import agency_by_name
from common.typeddays import clean_day


class AgencyField(forms.CharField):
    """An agency by its name (former ones too, 台 or 臺) or its number."""

    def clean(self, value: Any) -> Agency | None:
        """Return the agency, or None where nothing was given."""
        text = super().clean(value)
        if not text:
            return None
        agency = Agency.objects.filter(pk=int(text)).first() if text.isdecimal() else agency_by_name(text)
        if agency is None:
            raise ValidationError(_("There is no agency “%(name)s”.") % {"name": text}, code="unknown")
        return agency


class DayField(forms.DateField):
    """A day, typed as ISO or as an ROC date (107/12/31); shown as the browser's own date field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """Return the day that was typed."""
        return None if value in self.empty_values else clean_day(value)
