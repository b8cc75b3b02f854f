"""Addresses of this app, inside the language prefix under reports/."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "reports"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="index"),
    path("<slug:key>/", views.report_page, name="report"),
    path("<slug:key>/people/", views.people, name="people"),
    path("<slug:key>/people.<str:document_format>", views.people_export, name="people_export"),
    path("<slug:key>/export.<str:document_format>", views.export, name="export"),
]
