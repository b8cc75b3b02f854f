"""My account and My agency."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.errors import DomainError

from . import services
from .forms import AccountForm
from .models import NameChange, Person
from .permissions import agency_of_contact, can_confirm_membership, can_decide_name, can_open_my_agency, signed_in
from .selectors import agencies_by_kind, declared_members, name_changes_to_decide, people_of

PEOPLE_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show what the platform knows of the reader, and let them change name, job title and agency."""
    user = signed_in(request)
    person = user.person
    form = None
    if person is not None:
        initial = {"name": person.name, "job_title": person.job_title, "agency": person.agency or None}
        form = AccountForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                services.change_details(
                    person=person, name=form.cleaned_data["name"], job_title=form.cleaned_data["job_title"], by=user
                )
                if form.cleaned_data["agency"] is not None:
                    services.declare_agency(person=person, agency=form.cleaned_data["agency"], by=user)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Your changes are saved."))
                return redirect("accounts:account")
    return render(
        request,
        "accounts/account.html",
        {
            "form": form,
            "person": person,
            "has_second_factor": get_mfa_adapter().is_mfa_enabled(user),
            "has_single_sign_on": bool(settings.SOCIALACCOUNT_PROVIDERS),
        },
    )


@login_not_required
@require_GET
def agency_options(request: HttpRequest) -> HttpResponse:
    """Answer the search box above the list of agencies with the options that match. Names of agencies are public."""
    search = request.GET.get("agency_search", "")[:60]
    groups = agencies_by_kind(search)
    found = sum(len(agencies) for _label, agencies in groups)
    return render(
        request, "accounts/agency_options.html", {"groups": groups, "found": found, "is_search": bool(search.strip())}
    )


@require_GET
def my_agency(request: HttpRequest) -> HttpResponse:
    """Show an agency's contact who declared the agency, and who belongs to it."""
    user = signed_in(request)
    if not can_open_my_agency(user):
        raise PermissionDenied
    agency = agency_of_contact(user)
    if agency is None:
        return render(request, "accounts/my_agency_unconfirmed.html", {"person": user.person})
    people = people_of(agency).select_related("user")
    return render(
        request,
        "accounts/my_agency.html",
        {
            "agency": agency,
            "declared": declared_members(agency),
            "name_changes": name_changes_to_decide()
            .filter(person__agency=agency, person__agency_confirmed_at__isnull=False)
            .exclude(person=user.person_id),
            "page_obj": Paginator(people, PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
        },
    )


@require_POST
def confirm_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that somebody works at the agency they declared."""
    return _decide(request, pk, services.confirm_membership, _("%(name)s is confirmed."))


@require_POST
def refuse_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that somebody does not work at the agency they declared."""
    return _decide(request, pk, services.refuse_membership, _("%(name)s is no longer listed with your agency."))


@require_POST
def accept_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that somebody bears the name they gave themselves."""
    return _decide_name(request, pk, services.accept_name_change, _("%(name)s is confirmed."))


@require_POST
def refuse_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody the name back under which the records knew them."""
    return _decide_name(request, pk, services.refuse_name_change, _("The name is %(name)s again."))


def _decide_name(request: HttpRequest, pk: int, service: Callable[..., NameChange], done: str) -> HttpResponse:
    user = signed_in(request)
    change = get_object_or_404(NameChange.objects.select_related("person__agency"), pk=pk)
    if not can_decide_name(user, change.person):
        raise PermissionDenied
    change = service(change=change, by=user)
    messages.success(request, done % {"name": change.person.name})
    return redirect(_target(request))


def _target(request: HttpRequest) -> str:
    """Return where the form wants to go afterwards, if it is a page of ours."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else "accounts:my_agency"


def _decide(request: HttpRequest, pk: int, service: Callable[..., Person], done: str) -> HttpResponse:
    user = signed_in(request)
    person = get_object_or_404(Person.objects.select_related("agency"), pk=pk)
    target = _target(request)
    if person.agency_id is None and can_open_my_agency(user):
        return redirect(target)  # a doubled click on “refuse”: it is done already
    if not can_confirm_membership(user, person):
        raise PermissionDenied
    try:
        service(person=person, by=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"name": person.name})
    return redirect(target)
