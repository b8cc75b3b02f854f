"""Addresses of this app, inside the language prefix."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path

from . import views
from .feeds import AnnouncementFeed

app_name = "library"
urlpatterns: list[URLPattern | URLResolver] = [
    path("laws/", views.law_list, name="law_list"),
    path("laws/<slug:pcode>/", views.law, name="law"),
    path("laws/<slug:pcode>/<slug:number>/", views.article, name="article"),
    path("zone/", views.zone, name="zone"),
    path("tasks/", views.task_list, name="task_list"),
    path("tasks/<slug:slug>/", views.task, name="task"),
    path("announcements.atom", login_not_required(AnnouncementFeed()), name="announcement_feed"),
]
