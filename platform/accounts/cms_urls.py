"""Addresses of this app that replace Wagtail's own under /cms/."""

from django.urls import URLPattern, URLResolver, path, re_path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.chooser import ExternalLinkView
from wagtail.contrib.redirects.views import process_import

from .cms_views import BackOfficeAccountView, BackOfficeWordsView, ChosenPagesView, not_here, refusing_without

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", require_admin_access(BackOfficeAccountView.as_view())),
    path("jsi18n/", require_admin_access(BackOfficeWordsView.as_view())),
    # roles are code, and accounts change only through their services, which write the audit trail
    re_path(r"^groups/", not_here),
    re_path(r"^bulk/accounts/user/", not_here),
    path("choose-page/chosen-multiple/", require_admin_access(ChosenPagesView.as_view())),
    # nobody makes workflows by hand, and Wagtail lists their tasks to everybody
    re_path(r"^workflows/task_chooser/", not_here),
    # pages on which Wagtail shows its own errors
    path("failwhale/", not_here),
    path("test404/", not_here),
    # these fail where a form that somebody made by hand lacks its fields
    path(
        "choose-external-link/",
        require_admin_access(refusing_without(ExternalLinkView.as_view(), "external-link-chooser-url")),
    ),
    path(
        "redirects/import/process/",
        require_admin_access(refusing_without(process_import, "import_file_name", "input_format")),
    ),
]
