"""Verification by anybody, the download by its holder, and issuing by the administrator."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.decorators import ratelimit

from common.errors import DomainError
from courses.catalogue.models import CourseRun
from notifications.wording import without_mail
from website.files import serve_file

from . import services
from .forms import VerifyForm
from .models import Certificate, IssueBatch
from .permissions import can_download_certificate, can_issue_certificates
from .selectors import find_public, is_in_doubt, issuing_of_run, normalise_public_id, people_not_told


def _verify_rate(group: str, request: HttpRequest) -> str:
    return settings.RATE_LIMITS["verify"]


@require_safe
@login_not_required
@ratelimit(key="ip", rate=_verify_rate)
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a certificate, and lead to what it says."""
    form = VerifyForm(request.GET) if "number" in request.GET else VerifyForm()
    if form.is_bound and form.is_valid():
        return redirect("certificates:verify_one", public_id=form.cleaned_data["number"])
    return _unlisted(render(request, "certificates/verify.html", {"form": form}, status=422 if form.errors else 200))


@require_safe
@login_not_required
@ratelimit(key="ip", rate=_verify_rate)
def verify_one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show to anybody what a certificate says, with the name masked: valid, revoked, or valid and under review."""
    written = normalise_public_id(public_id)
    certificate = find_public(written)
    if certificate is None:
        form = VerifyForm(initial={"number": public_id[:80]})
        return _unlisted(render(request, "certificates/unknown.html", {"form": form}, status=404))
    if written != public_id:
        return redirect("certificates:verify_one", public_id=written)
    context = {"certificate": certificate, "is_in_doubt": is_in_doubt(certificate)}
    return _unlisted(render(request, "certificates/verify_one.html", context))


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Keep search engines and caches from these pages."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the PDF as it was issued, to its holder or an administrator."""
    certificate = get_object_or_404(Certificate.objects.ready().select_related("person"), public_id=public_id)
    if not can_download_certificate(request.user, certificate):
        raise PermissionDenied
    services.note_collected(certificate=certificate, by=request.user)  # type: ignore[arg-type]  # signed in
    return serve_file(request, certificate.file, filename=f"{certificate.serial}.pdf", inline=False)


@require_http_methods(["GET", "HEAD", "POST"])
def issuing(request: HttpRequest, code: str) -> HttpResponse:
    """Show who of a run gets a certificate and who does not and why; on POST issue them."""
    if not can_issue_certificates(request.user):
        raise PermissionDenied
    run = get_object_or_404(CourseRun.objects.select_related("course", "curriculum"), code=code)
    error = None
    if request.method == "POST":
        try:
            found = services.request_batch(run=run, by=request.user)  # type: ignore[arg-type]  # signed in
        except DomainError as refusal:
            latest = run.issue_batches.first()
            if refusal.code == "all_issued" and latest is not None:  # the second of two clicks came late
                return redirect("certificates:batch", pk=latest.pk)
            error = refusal.message
        else:
            return redirect("certificates:batch", pk=found.pk)
    overview = issuing_of_run(run)
    batches = run.issue_batches.select_related("requested_by__person")
    return render(
        request,
        "certificates/issuing.html",
        {
            "run": run,
            "overview": overview,
            "not_told": without_mail(overview.without_address),
            "batches": list(batches),
            "open_batch": next((batch for batch in batches if batch.is_open), None),
            "error": error,
        },
        status=409 if error else 200,
    )


@never_cache
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a batch has come; htmx asks again for the middle of the page while it runs."""
    if not can_issue_certificates(request.user):
        raise PermissionDenied
    found = IssueBatch.objects.select_related("run__course", "requested_by__person").filter(pk=pk).first()
    if found is None:
        raise Http404
    template = "certificates/batch_progress.html" if request.htmx else "certificates/batch.html"  # type: ignore[attr-defined]  # django-htmx
    not_told = "" if found.is_open else without_mail(people_not_told(found))
    return render(request, template, {"batch": found, "not_told": not_told})
