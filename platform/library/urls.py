"""Addresses of this app, inside the language prefix."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path

from . import views
from .feeds import AnnouncementFeed

app_name = "library"
urlpatterns: list[URLPattern | URLResolver] = [
    path("laws/", views.law_list, name="law_list"),
    path("laws/<slug:pcode>/", views.law, name="law"),
    path("laws/<slug:pcode>/compare/", views.compare, name="compare"),
    path("laws/<slug:pcode>/<slug:number>/", views.article, name="article"),
    path("zone/", views.zone, name="zone"),
    path("tasks/", views.task_list, name="task_list"),
    path("tasks/<slug:slug>/", views.task, name="task"),
    path("documents/", views.document_list, name="documents"),
    path("documents/<slug:slug>/", views.document, name="document"),
    path("documents/<slug:slug>/current.<str:file_format>", views.document_current_file, name="document_current_file"),
    path("documents/<slug:slug>/<str:label>/", views.document_version, name="document_version"),
    path(
        "documents/<slug:slug>/<str:label>/check-form.<str:file_format>",
        views.document_check_form,
        name="document_check_form",
    ),
    path("documents/<slug:slug>/<str:label>/<str:file_format>", views.document_file, name="document_file"),
    path("subscriptions/", views.subscriptions, name="subscriptions"),
    path("subscriptions/subscribe/", views.subscribe, name="subscribe"),
    path("subscriptions/unsubscribe/", views.unsubscribe, name="unsubscribe"),
    path("thresholds/", views.thresholds, name="thresholds"),
    path("announcements.atom", login_not_required(AnnouncementFeed()), name="announcement_feed"),
]
