"""What this app adds to Wagtail's admin: the rosters, and the seats in the list of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks

from courses.catalogue.models import CourseRun
from courses.catalogue.run_columns import add_run_column

from .selectors import with_seats
from .viewsets import RosterViewSet


@hooks.register("register_admin_viewset")
def register_rosters() -> RosterViewSet:
    """Add the rosters."""
    return RosterViewSet()


def taken_seats(runs: Sequence[CourseRun]) -> Mapping[int, str]:
    """Return how many seats are taken and how many people wait, in words, by key of run."""
    counted = with_seats(CourseRun.objects.filter(pk__in=[run.pk for run in runs]))
    rows = counted.values_list("pk", "seats_taken", "waiting_count")
    return {
        pk: _("%(taken)s, %(waiting)s waiting") % {"taken": taken, "waiting": waiting} if waiting else str(taken)
        for pk, taken, waiting in rows
    }


add_run_column(label=gettext_lazy("Seats taken"), values=taken_seats)
