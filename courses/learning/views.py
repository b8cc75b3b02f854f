"""My learning, the materials of a run, and the download of one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError
from courses.catalogue.models import CourseRun
from library.selectors import find_article
from website.files import serve_file
from website.slots import Slot, panels_for

from . import services
from .completion import EXAM_ARTICLE
from .forms import MaterialForm
from .models import Material
from .my_page import my_page_of
from .permissions import can_post_material, can_view_material


@require_safe
def my_learning(request: HttpRequest) -> HttpResponse:
    """Show where the reader stands in their classes, the next thing to do at the top."""
    person = getattr(request.user, "person", None)
    if person is None:
        return render(request, "learning/no_person.html")
    page = my_page_of(person, request.user, language=get_language() or "zh-hant")
    upcoming = panels_for(Slot.MY_NEXT, request, page)
    return render(
        request,
        "learning/my_learning.html",
        {
            "my": page,
            "next": upcoming[0] if upcoming else None,
            "exam_article": find_article(EXAM_ARTICLE.pcode, EXAM_ARTICLE.number),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def materials(request: HttpRequest, code: str) -> HttpResponse:
    """List the materials of a run to those who teach it, and take a new one."""
    run = get_object_or_404(CourseRun.objects.select_related("course", "curriculum"), code=code)
    if not can_post_material(request.user, run):
        raise PermissionDenied
    form = MaterialForm(request.POST or None, request.FILES or None, run=run)
    if request.method == "POST" and form.is_valid():
        try:
            posted = services.post_material(run=run, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%(title)s” is posted.") % {"title": posted.title})
            return redirect("learning:materials", code=run.code)
    rows = Material.objects.filter(run=run).select_related("subject", "posted_by__person").order_by("-pk")
    context = {"run": run, "form": form, "materials": rows}
    return render(request, "learning/materials.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw_material(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a material back."""
    found = get_object_or_404(Material.objects.select_related("run"), pk=pk)
    if not can_post_material(request.user, found.run):
        raise PermissionDenied
    services.withdraw_material(material=found, by=request.user)  # type: ignore[arg-type]  # signed in
    messages.success(request, _("“%(title)s” is taken back; nobody enrolled can open it any more.") % {"title": found})
    return redirect("learning:materials", code=found.run.code)


@require_safe
@login_not_required
def material(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Hand out a material to those who may have it; `name` in the address is for the reader only."""
    found = get_object_or_404(Material.objects.select_related("run"), pk=pk)
    if not can_view_material(request.user, found):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied
    return serve_file(request, found.file, filename=found.download_name)
