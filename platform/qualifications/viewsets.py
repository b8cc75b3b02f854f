"""Qualification records in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from common.backoffice import DayColumn
from website.admin_policies import KeptRecordsPolicy

from . import views
from .models import QualificationRecord


class QualificationRecordViewSet(ModelViewSet):
    """The national certificates, as far as we know of them."""

    model = QualificationRecord
    name = "qualification_records"
    icon = "doc-full-inverse"
    menu_label = _("Qualification records")
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = [
        "number",
        Column("person", label=_("Person"), accessor="person"),
        Column("agency", label=_("Agency"), accessor="person.agency"),
        "level",
        DayColumn("issued_on", label=_("issued on"), sort_key="issued_on"),
        "state",
    ]
    list_filter = ["level", "state", "issued_on"]
    search_fields = ["number"]
    panels = [
        FieldPanel("person"),
        FieldPanel("level"),
        FieldPanel("number"),
        FieldPanel("issued_on"),
        FieldPanel("source"),
    ]
    index_view_class = views.RecordIndexView
    add_view_class = views.RecordAddView
    edit_view_class = views.RecordEditView

    @property
    def permission_policy(self) -> KeptRecordsPolicy:
        """Nobody deletes."""
        return KeptRecordsPolicy(self.model)

    def get_urlpatterns(self) -> list[Any]:
        """Add the change of state."""
        return [*super().get_urlpatterns(), path("state/<int:pk>/", views.ChangeStateView.as_view(), name="state")]
