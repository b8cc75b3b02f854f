"""Addresses of this app, inside the language prefix."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path
from wagtail.views import serve

from . import views

app_name = "website"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", login_not_required(serve), {"path": ""}, name="home"),
    path("start/", views.start, name="start"),
    path("today/", views.today, name="today"),
    path("desk/", views.desk, name="desk"),
    path("search/", views.search, name="search"),
    path("sitemap/", views.site_map, name="site_map"),
]
