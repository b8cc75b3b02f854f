"""Instructors in Wagtail's admin."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from accounts.selectors import person_matches
from website.admin_policies import KeptRecordsPolicy

from .models import Instructor


class InstructorIndexView(generic.IndexView):
    """The list, with people and agencies in one query."""

    def get_base_queryset(self) -> QuerySet[Instructor]:
        """Fetch what every row shows."""
        return Instructor.objects.select_related("person__agency")

    def search_queryset(self, queryset: QuerySet[Instructor]) -> QuerySet[Instructor]:
        """Search name, e-mail and agency, as in the list of people."""
        return queryset.filter(person_matches(self.search_query, "person__")) if self.search_query else queryset


class InstructorViewSet(ModelViewSet):
    """Who teaches. Whoever stops is made inactive: past sessions keep their names."""

    model = Instructor
    name = "instructors"
    icon = "user"
    menu_label = _("Instructors")
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = [
        "person",
        Column("agency", label=_("Agency"), accessor="person.agency"),
        BooleanColumn("is_seed_teacher", label=_("seed teacher")),
        BooleanColumn("is_active", label=_("active")),
    ]
    list_filter = ["is_seed_teacher", "is_active", "districts", "subjects"]
    search_fields = ["person__name"]
    panels = [
        FieldPanel("person"),
        FieldPanel("is_seed_teacher"),
        FieldPanel("districts", widget=forms.CheckboxSelectMultiple),
        FieldPanel("subjects", widget=forms.CheckboxSelectMultiple),
        FieldPanel("introduction"),
        FieldPanel("is_active"),
    ]

    index_view_class = InstructorIndexView

    @property
    def permission_policy(self) -> KeptRecordsPolicy:
        """Nobody deletes."""
        return KeptRecordsPolicy(self.model)
