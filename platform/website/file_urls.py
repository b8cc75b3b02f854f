"""Addresses of files, outside the language prefix; every one checks permission."""

from django.urls import URLPattern, URLResolver

app_name = "files"
urlpatterns: list[URLPattern | URLResolver] = []
