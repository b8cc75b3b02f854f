"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", views.account, name="account"),
    path("account/agencies/", views.agency_options, name="agency_options"),
    path("my-agency/", views.my_agency, name="my_agency"),
    path("my-agency/people/<int:pk>/confirm/", views.confirm_member, name="confirm_member"),
    path("my-agency/people/<int:pk>/refuse/", views.refuse_member, name="refuse_member"),
    path("my-agency/names/<int:pk>/confirm/", views.accept_name, name="accept_name"),
    path("my-agency/names/<int:pk>/refuse/", views.refuse_name, name="refuse_name"),
]
