"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "certificates"
urlpatterns: list[URLPattern | URLResolver] = [
    path("verify/", views.verify, name="verify"),
    path("verify/<str:public_id>/", views.verify_one, name="verify_one"),
    path("certificates/<str:public_id>.pdf", views.download, name="download"),
    path("certificates/batches/<int:pk>/", views.batch, name="batch"),
    path("certificates/runs/<slug:code>/", views.issuing, name="issuing"),
]
