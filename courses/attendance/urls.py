"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "attendance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("today/sessions/<int:pk>/", views.roll_call, name="roll_call"),
    path("today/runs/<slug:code>/", views.run_attendance, name="run"),
    path("today/runs/<slug:code>/attendance.<str:document_format>", views.sheet, name="sheet"),
]
