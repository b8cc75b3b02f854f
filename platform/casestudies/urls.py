"""Addresses of committee members' and buyers' pages."""

from django.urls import URLPattern, path

from .views import cases, checklists, decisions, meetings, studies, summary

app_name = "casestudies"
urlpatterns: list[URLPattern] = [
    path("review-meetings/", meetings.my_meetings, name="meetings"),
    path("review-meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("review-meetings/<int:pk>/minutes.<str:file_format>", meetings.meeting_minutes, name="meeting-minutes"),
    path("review-meetings/<int:pk>/<int:item_pk>/", meetings.item, name="item"),
    path("my-agency/decisions/", decisions.decisions, name="decisions"),
    path("my-agency/decisions/<int:pk>/", decisions.decision, name="decision"),
    path("case-studies/<int:pk>/sheet/", studies.sheet, name="study-sheet"),
    path("checklist/", checklists.checklist, name="checklist"),
    path("checklist/new/", checklists.new_checklist, name="checklist-new"),
    path("my-checklists/", checklists.my_checklists, name="my-checklists"),
    path("my-checklists/<int:pk>/", checklists.my_checklist, name="my-checklist"),
    path("my-checklists/<int:pk>/copy/", checklists.copy_checklist, name="my-checklist-copy"),
    path("my-checklists/<int:pk>/delete/", checklists.delete_checklist, name="my-checklist-delete"),
    path("my-checklists/<int:pk>/<str:file_format>", checklists.my_checklist_file, name="my-checklist-file"),
    path("tender-cases/<int:pk>/", cases.case, name="case"),
    path("tender-cases/<int:pk>/notices/<int:notice_pk>/", cases.notice, name="notice"),
    path("failed-tenders/table/", summary.table, name="table"),
    path("failed-tenders/table.<str:file_format>", summary.table_file, name="table-file"),
]
