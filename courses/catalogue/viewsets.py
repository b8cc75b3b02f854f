"""The catalogue in Wagtail's admin: runs, courses, curricula under "Classes"."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import SubmenuMenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from common.backoffice import DayColumn
from website.admin_policies import KeptRecordsPolicy

from . import views
from .forms import OpenRunForm
from .models import Course, CourseRun, Curriculum


class KeptModelViewSet(ModelViewSet):
    """A viewset of records that are never deleted."""

    copy_view_enabled = False
    add_to_reference_index = False

    @property
    def permission_policy(self) -> KeptRecordsPolicy:
        """Nobody deletes."""
        return KeptRecordsPolicy(self.model)


class CourseViewSet(KeptModelViewSet):
    """What is taught."""

    model = Course
    name = "course_kinds"
    icon = "openquote"
    list_display = ["code", "name", "kind", BooleanColumn("is_active", label=_("offered"))]
    form_fields = ["code", "kind", "name", "name_en", "required_level", "is_active"]
    menu_label = _("Courses")


class CurriculumViewSet(KeptModelViewSet):
    """By which rules, from when."""

    model = Curriculum
    name = "curricula"
    icon = "list-ol"
    menu_label = _("Curricula")
    list_display = [
        "course",
        DayColumn("effective_from", label=_("Effective from")),
        Column("table_hours", label=_("Hours"), accessor="table_hours"),
        "source",
    ]
    list_filter = ["course"]
    index_view_class = views.CurriculumIndexView
    add_view_class = views.CurriculumAddView
    edit_view_class = views.CurriculumEditView
    panels = [
        FieldPanel("course"),
        FieldPanel("effective_from"),
        FieldPanel("source"),
        FieldPanel("completion_rule"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("absence_numerator"), FieldPanel("absence_denominator")]),
                FieldPanel("excused_counts_as_missed"),
                FieldPanel("attendance_percent"),
                FieldPanel("minutes_per_hour"),
            ],
            heading=_("Attendance"),
        ),
        MultiFieldPanel([FieldPanel("pass_percent"), FieldPanel("zero_paper_fails")], heading=_("Exam")),
        InlinePanel(
            "papers", heading=_("Papers"), label=_("paper"),
            panels=[FieldPanel("order"), FieldPanel("name"), FieldPanel("name_en"), FieldPanel("full_marks"),
                    FieldPanel("minutes")],
        ),
        InlinePanel(
            "subjects", heading=_("Subjects and hours"), label=_("subject"),
            panels=[FieldPanel("order"), FieldPanel("subject"), FieldPanel("hours"), FieldPanel("paper_name")],
        ),
    ]  # fmt: skip

    def get_urlpatterns(self) -> list[Any]:
        """Add the successor of a curriculum in use."""
        return [*super().get_urlpatterns(), path("succeed/<int:pk>/", views.SucceedView.as_view(), name="succeed")]


class RunFilterSet(WagtailFilterSet):
    """What the list of runs is narrowed by."""

    class Meta:
        model = CourseRun
        fields = ["course", "roc_year", "delivery", "district"]


_DATES = [
    FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
    FieldRowPanel([FieldPanel("enrol_from"), FieldPanel("enrol_until")]),
    FieldPanel("withdraw_until"),
]
_PLACE = [FieldPanel("delivery"), FieldRowPanel([FieldPanel("place"), FieldPanel("district")])]

OPEN_PANELS = ObjectList(
    [
        FieldPanel("course"),
        FieldRowPanel([FieldPanel("term"), FieldPanel("seats")]),
        FieldRowPanel([FieldPanel("title"), FieldPanel("title_en")]),
        MultiFieldPanel(_DATES, heading=_("Dates")),
        MultiFieldPanel(_PLACE, heading=_("Place")),
        MultiFieldPanel(
            [
                FieldPanel("lay_out"),
                FieldRowPanel([FieldPanel("weekdays"), FieldPanel("day_parts")]),
                FieldPanel("holidays"),
                FieldRowPanel([FieldPanel("room"), FieldPanel("instructor")]),
                FieldPanel("hours"),
            ],
            heading=_("Sessions"),
        ),
    ],
    base_form_class=OpenRunForm,
)

REVISE_PANELS = ObjectList(
    [
        FieldRowPanel([FieldPanel("title"), FieldPanel("title_en")]),
        MultiFieldPanel(_DATES, heading=_("Dates")),
        MultiFieldPanel(_PLACE, heading=_("Place")),
        InlinePanel(
            "sessions",
            heading=_("Sessions"),
            label=_("session"),
            panels=[
                FieldRowPanel([FieldPanel("subject"), FieldPanel("title")]),
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("minutes")]),
                FieldRowPanel([FieldPanel("instructor"), FieldPanel("room"), FieldPanel("video_url")]),
            ],
        ),
    ]
)


class CourseRunViewSet(KeptModelViewSet):
    """When it is taught; seats and people are on the roster, which belongs to enrolment."""

    model = CourseRun
    name = "course_runs"
    icon = "calendar-alt"
    menu_label = _("Course runs")
    list_per_page = 30
    filterset_class = RunFilterSet
    search_fields = ["code", "title", "course__name", "place"]
    search_backend_name = None
    edit_handler = REVISE_PANELS
    index_view_class = views.RunIndexView
    add_view_class = views.RunAddView
    edit_view_class = views.RunEditView

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Open with a form of its own."""
        handler = OPEN_PANELS.bind_to_model(self.model)
        return super().get_add_view_kwargs(**{"panel": handler, "form_class": handler.get_form_class(), **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        """Add laying out and cancelling."""
        return [
            *super().get_urlpatterns(),
            path("lay-out/<int:pk>/", views.LayOutView.as_view(), name="lay_out"),
            path("cancel/<int:pk>/", views.CancelView.as_view(), name="cancel"),
        ]


class ClassesGroup(ModelViewSetGroup):
    """The menu "Classes"; apps above add to it through the hook `register_classes_menu_item`."""

    items = (CourseRunViewSet, CourseViewSet, CurriculumViewSet)
    menu_label = _("Classes")
    menu_icon = "calendar-alt"
    menu_order = 110

    def get_menu_item(self, order: int | None = None) -> SubmenuMenuItem:
        """Return the menu, open to the apps above."""
        item = super().get_menu_item(order)
        item.menu.register_hook_name = "register_classes_menu_item"
        return item
