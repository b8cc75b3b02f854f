"""Addresses of files, outside the language prefix; every one checks permission."""

from django.urls import URLPattern, URLResolver, path

from .views import files

app_name = "files"
urlpatterns: list[URLPattern | URLResolver] = [
    path("documents/<int:pk>/<str:filename>", files.document, name="document"),
    path("images/<int:pk>/", files.rendition, name="rendition"),
]
