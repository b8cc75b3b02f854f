"""Addresses of this app that replace Wagtail's own under /cms/."""

from django.urls import URLPattern, URLResolver, path, re_path
from wagtail.admin.auth import require_admin_access

from .cms_views import BackOfficeAccountView, not_here

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", require_admin_access(BackOfficeAccountView.as_view())),
    # roles are code, and accounts change only through their services, which write the audit trail
    re_path(r"^groups/", not_here),
    re_path(r"^bulk/accounts/user/", not_here),
]
