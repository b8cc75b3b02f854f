"""Every address of the platform. Front-office addresses carry the language: / and /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.views import serve

from config.views import healthz
from website.views import robots

handler400 = "website.views.bad_request"
handler403 = "website.views.forbidden"
handler404 = "website.views.not_found"
handler500 = "website.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("language/", login_not_required(set_language), name="set_language"),
    # the back office; its own sign-in page gives way to ours
    path("cms/login/", login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))),
    path("cms/", include("accounts.cms_urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("files/", include("website.file_urls")),
]

urlpatterns += i18n_patterns(
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("reports/", include("reports.urls")),
    path("", include("website.urls")),
    path("", include("library.urls")),
    path("", include("casestudies.urls")),
    path("", include("consultations.urls")),
    path("", include("courses.catalogue.urls")),
    path("runs/", include("courses.enrolment.urls")),
    path("", include("courses.attendance.urls")),
    path("", include("courses.assessment.urls")),
    path("", include("courses.learning.urls")),
    path("", include("certificates.urls")),
    # last: everything else is a page
    re_path(wagtail_urls.serve_pattern, login_not_required(serve), name="wagtail_serve"),
    prefix_default_language=False,
)
