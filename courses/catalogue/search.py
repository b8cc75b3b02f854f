"""What the search finds of this app: runs, for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelsearch.backends import get_search_backend

from common.templatetags.common_tags import rocdate
from website.search_sources import Hit, register

from .models import CourseRun
from .selectors import runs_visible


def find_runs(query: str, user: Any) -> Any:
    """Return the runs that match, best first; runs are public, whoever asks."""
    return get_search_backend().search(query, runs_visible(), operator="and")


def run_hits(runs: Sequence[CourseRun]) -> list[Hit]:
    """Return the lines to print for `runs`."""
    return [
        Hit(
            title=str(run),
            url=reverse("enrolment:run", args=[run.code]),
            text=" ".join(filter(None, [run.place, str(run.district or "")])),
            note=f"{rocdate(run.starts_on)} · {run.state.label}",
        )
        for run in runs
    ]


register(key="runs", label=_("Classes"), order=20, find=find_runs, hits=run_hits)
