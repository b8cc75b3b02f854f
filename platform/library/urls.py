"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "library"
urlpatterns: list[URLPattern | URLResolver] = [
    path("laws/", views.law_list, name="law_list"),
    path("laws/<slug:pcode>/", views.law, name="law"),
    path("laws/<slug:pcode>/<slug:number>/", views.article, name="article"),
]
