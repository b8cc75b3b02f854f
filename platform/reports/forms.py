"""What the parameters of reports are made of."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from common.typeddays import clean_day


class DayField(forms.DateField):
    """A day, typed as ISO or as an ROC date (107/12/31); shown as the browser's own date field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """Return the day that was typed."""
        return None if value in self.empty_values else clean_day(value)
