"""Addresses of committee members' and buyers' pages."""

from django.urls import URLPattern

app_name = "casestudies"
urlpatterns: list[URLPattern] = []
