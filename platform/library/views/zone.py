"""The procurement zone: its permanent address, and a task with what belongs to it. Public."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.views import serve

from ..models import ProcurementTask
from ..zone import articles_of, documents_of_task, interface_language, zone_page

_MOST_ARTICLES = 24


@login_not_required
@require_safe
def zone(request: HttpRequest) -> HttpResponse:
    """Show the front page of the zone, wherever editors have put it; before there is one, the laws."""
    page = zone_page(interface_language())
    if page is None:
        return redirect("library:law_list")
    address = page.get_url(request) or ""
    return serve(request, f"{page.slug}/") if address == request.path else redirect(address)


@login_not_required
@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """Lead to the tasks on the front page of the zone."""
    return redirect(f"{reverse('library:zone')}#tasks")


@login_not_required
@require_safe
def task(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a buyer needs for a task: documents, what the apps above add, the articles behind."""
    found = get_object_or_404(ProcurementTask, slug=slug)
    versions = documents_of_task(found)
    context = {
        "task": found,
        "versions": versions,
        "articles": articles_of((version.document for version in versions), limit=_MOST_ARTICLES),
        "others": ProcurementTask.objects.exclude(pk=found.pk),
    }
    return render(request, "library/task.html", context)
