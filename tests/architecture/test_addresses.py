"""Every address either demands sign-in or stands on this list."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# The only addresses that anyone may open without signing in, by name (allauth's own by prefix).
PUBLIC = {
    "accounts:agency_options",  # names of agencies, for the sign-up form
    "casestudies:checklist",  # filled and printed without an account; nothing is stored
    "healthz",
    "robots",
    "set_language",
    "wagtail_serve",
    "certificates:verify",
    "consultations:vote",  # whether a published answer helped: nobody is asked who they are
    "certificates:verify_one",
    "enrolment:run",
    "enrolment:run_list",
    "enrolment:calendar",
    "files:document",
    "files:rendition",
    "learning:material",
    "library:article",
    "library:compare",
    "library:law",
    "library:announcement_feed",
    "library:document",
    "library:document_check_form",
    "library:document_current_file",
    "library:document_file",
    "library:document_version",
    "library:documents",
    "library:law_list",
    "library:task",
    "library:task_list",
    "library:thresholds",
    "library:zone",
    "website:home",
    "website:search",
    "website:site_map",
}
# Wagtail's admin asks for sign-in by its own decorator, ahead of each view.
GATED_BY_WAGTAIL = ("cms/",)


def _all_views(resolver: URLResolver, prefix: str = "", names: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            namespace = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from _all_views(entry, route, namespace)
        elif isinstance(entry, URLPattern):
            yield route, names + (entry.name or ""), entry.callback


def test_every_address_demands_sign_in_or_is_listed_as_public():
    open_ones = {
        name or route
        for route, name, view in _all_views(get_resolver())
        if not getattr(view, "login_required", True)
        and not route.startswith(GATED_BY_WAGTAIL)
        and not name.startswith(("account_", "mfa_", "socialaccount_", "openid_connect_"))
    }
    assert open_ones == PUBLIC


def test_anonymous_visitors_of_the_back_office_are_sent_to_sign_in(client, db):
    for address in ("/cms/", "/cms/pages/", "/cms/images/", "/cms/documents/", "/cms/reports/locked/"):
        response = client.get(address)
        assert response.status_code == 302, address
        assert "/login/" in response["Location"], address
