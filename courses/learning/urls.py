"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "learning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("my/", views.my_learning, name="my_learning"),
    path("runs/<slug:code>/materials/", views.materials, name="materials"),
    path("materials/<int:pk>/withdraw/", views.withdraw_material, name="withdraw_material"),
    path("materials/<int:pk>/<str:name>", views.material, name="material"),
]
