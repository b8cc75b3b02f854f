"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "library"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.law_list, name="law_list"),
    path("<slug:pcode>/", views.law, name="law"),
    path("<slug:pcode>/<slug:number>/", views.article, name="article"),
]
