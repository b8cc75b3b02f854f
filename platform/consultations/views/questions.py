"""What readers say about a published question. The pages themselves are Wagtail's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_ratelimit.decorators import ratelimit

from website.access import refuse_or_ask_to_sign_in

from ..models import QuestionPage
from ..questions import reader_of
from ..services.reading import vote as record_vote


class VoteForm(forms.Form):
    """Whether the page helped, and what was missing."""

    helped = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    note = forms.CharField(max_length=300, required=False)


def _vote_rate(group: str, request: HttpRequest) -> Any:
    return settings.RATE_LIMITS["vote"]


@login_not_required
@require_POST
@ratelimit(key="user_or_ip", rate=_vote_rate, method="POST", block=True)
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a reader says of a page: the last word of each counts. Leads back to the page."""
    page = get_object_or_404(QuestionPage.objects.live().public(), pk=pk)
    refusal = refuse_or_ask_to_sign_in(page, request)
    if refusal is not None:
        return refusal
    form = VoteForm(request.POST)
    if form.is_valid():
        if not request.user.is_authenticated and request.session.session_key is None:
            request.session.create()  # what tells one reader from another
        has_helped = form.cleaned_data["helped"] == "yes"
        note = form.cleaned_data["note"]
        record_vote(page=page, voter=reader_of(request), has_helped=has_helped, note=note)
        messages.success(
            request, _("Thank you. Your word is counted.") if not note else _("Thank you. The editors read it.")
        )
    else:
        messages.error(request, _("Your word was not counted: choose yes or no, and write at most 300 characters."))
    return redirect(f"{page.get_url(request)}#helped")
