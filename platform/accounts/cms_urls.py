"""Addresses of this app that replace Wagtail's own under /cms/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
