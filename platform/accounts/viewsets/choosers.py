"""How the back office lets choose one of many people or agencies: a search in a dialogue."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm


class SearchForm(BaseFilterForm):
    """One box; the subclass says what it searches."""

    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to what was typed."""
        text = self.cleaned_data.get("q", "").strip()
        if not text:
            return objects
        self.is_searching = True
        self.search_query = text
        return self.search(objects, text)

    def search(self, objects: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Return those of `objects` that `text` finds."""
        raise NotImplementedError
