"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver

app_name = "attendance"
urlpatterns: list[URLPattern | URLResolver] = []
