"""The rosters in Wagtail's admin, reached from the list of runs."""

from __future__ import annotations

from typing import Any

from django.urls import path
from wagtail.admin.viewsets.base import ViewSet

from .views import rosters


class RosterViewSet(ViewSet):
    """Who has a seat and who waits, run by run."""

    name = "rosters"
    icon = "group"

    def get_urlpatterns(self) -> list[Any]:
        """Return the roster of a run and the deeds on it."""
        return [
            path("<int:pk>/", rosters.roster, name="roster"),
            path("<int:pk>/add/", rosters.add_person, name="add"),
            path("<int:pk>/register/", rosters.register, name="register"),
            path("<int:pk>/seats/", rosters.change_seats, name="seats"),
            path("<int:pk>/withdraw/<int:enrolment_id>/", rosters.withdraw, name="withdraw"),
            path("<int:pk>/in-error/<int:enrolment_id>/", rosters.mark_in_error, name="mark_in_error"),
            path("<int:pk>/restore/<int:enrolment_id>/", rosters.restore, name="restore"),
            path("<int:pk>/queue/<int:entry_id>/remove/", rosters.remove_from_queue, name="remove_from_queue"),
            path("<int:pk>/roster.<str:file_format>", rosters.export, name="export"),
            path("<int:pk>/print/", rosters.printed, name="print"),
        ]
