"""The audit trail in the back office: read, searched, never written."""

from __future__ import annotations

import json
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from common.backoffice import DayColumn, PlainInspectView, ViewOnlyViewSet
from common.models import AuditEntry

CONTEXT = "audit"


def describe_action(entry: AuditEntry) -> str:
    """Say in words what was done: the catalogue knows the actions by their code, in the context "audit"."""
    words = pgettext(CONTEXT, entry.action)
    if words == entry.action and get_language() == "en":
        return entry.action.replace(".", " ").replace("_", " ")
    return words


class AuditFilterSet(WagtailFilterSet):
    """Narrows the trail by what happened and when."""

    action = django_filters.CharFilter(label=_("Action begins with"), lookup_expr="startswith")
    object_type = django_filters.CharFilter(label=_("Kind of object"), lookup_expr="icontains")
    at = django_filters.DateFromToRangeFilter(label=_("Time"), widget=DateRangePickerWidget)

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class AuditIndexView(generic.IndexView):
    """The trail, newest first."""

    def search_queryset(self, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Search who did it and to what."""
        text = self.search_query
        if not text:
            return queryset
        return queryset.filter(
            Q(actor_label__icontains=text) | Q(object_label__icontains=text) | Q(action__icontains=text)
        )


class AuditInspectView(PlainInspectView):
    """One entry with its details."""

    def get_action_display_value(self) -> str:
        """Show the words beside the code, which filters understand."""
        return f"{describe_action(self.object)} ({self.object.action})"

    def get_data_display_value(self) -> SafeString:
        """Show the details as lines."""
        return format_html("<pre>{}</pre>", json.dumps(self.object.data, ensure_ascii=False, indent=2))


class AuditViewSet(ViewOnlyViewSet):
    """Who changed what, and when."""

    model = AuditEntry
    name = "audit"
    icon = "history"
    menu_label = _("Audit trail")
    menu_hook = "register_system_menu_item"
    menu_order = 90
    index_view_class = AuditIndexView
    inspect_view_class = AuditInspectView
    filterset_class = AuditFilterSet
    search_fields = ["actor_label", "object_label"]
    list_per_page = 50
    inspect_view_fields = [
        "at",
        "action",
        "actor_label",
        "actor_id",
        "object_type",
        "object_id",
        "object_label",
        "data",
    ]

    @property
    def list_display(self) -> list[Any]:
        """Time, deed, doer, object."""
        return [
            TitleColumn("action", label=_("Action"), accessor=describe_action, url_name=self.get_url_name("inspect")),
            Column("object_label", label=_("Object")),
            Column("actor_label", label=_("By")),
            DayColumn("at", label=_("Time")),
        ]
