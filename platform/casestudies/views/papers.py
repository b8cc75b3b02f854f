"""Papers of the review group as downloads, for members' pages and for the back office."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from ..minutes import file_name, minutes_of
from ..models import ReviewMeeting
from ..papers import FORMATS, Paper, print_paper


def minutes_response(meeting: ReviewMeeting, file_format: str) -> HttpResponse:
    """Return the minutes of `meeting`, of an open one the draft. Raises Http404 for a format that there is none of."""
    return paper_response(minutes_of(meeting), file_name(meeting, file_format), file_format)


def paper_response(paper: Paper, name: str, file_format: str) -> HttpResponse:
    """Return `paper` as a download called `name`. Raises Http404 for a format that there is none of."""
    if file_format not in FORMATS:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(print_paper(paper, file_format), content_type=FORMATS[file_format], headers=headers)
