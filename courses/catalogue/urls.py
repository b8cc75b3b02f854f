"""Addresses of this app, inside the language prefix: courses are pages of Wagtail, runs belong to enrolment."""

from django.urls import URLPattern, URLResolver

app_name = "catalogue"
urlpatterns: list[URLPattern | URLResolver] = []
