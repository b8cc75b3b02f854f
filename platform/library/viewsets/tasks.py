"""The tasks of buyers ("我要辦理…") in the back office."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from ..models import ProcurementTask


class ProcurementTaskViewSet(SnippetViewSet):
    """What the front page of the zone leads to; documents are put to a task on their own screen."""

    model = ProcurementTask
    icon = "tasks"
    menu_label = _("Tasks of buyers")
    list_display = ["name", "name_en", "order"]
    search_fields = ["name", "name_en", "summary"]
    search_backend_name = None
    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("summary")], heading=_("In Chinese")),
        MultiFieldPanel([FieldPanel("name_en"), FieldPanel("summary_en")], heading=_("In English")),
        FieldPanel("slug"),
        FieldPanel("order"),
        FieldPanel("subjects", widget=forms.CheckboxSelectMultiple),
    ]
