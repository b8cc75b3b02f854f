"""Certificates in Wagtail's admin: classes to certify, what was issued (and revoking it), batches, serial words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from accounts.models import User
from common.backoffice import ViewOnlyPolicy, ViewOnlyViewSet
from common.errors import DomainError
from common.templatetags.common_tags import rocdate, rocdatetime
from courses.catalogue.models import CourseRun

from . import services
from .forms import KeepForm, RevokeForm
from .models import Certificate, IssueBatch, SerialSeries
from .permissions import can_issue_certificates
from .selectors import grounds_of, runs_with_counts


def _date_column(name: str, label: Any) -> Column:
    """Return a column that shows the day and time of `name` itself, not how long ago it was."""
    return Column(name, label=label, accessor=lambda row: rocdatetime(getattr(row, name)), sort_key=name)


def _link_column(name: str, label: Any, link: Callable[[Any], tuple[str, str, Any]]) -> Column:
    """Return a column of links: `link` gives the text, the name of the address and what it takes, from a row."""

    def anchor(row: Any) -> SafeString:
        text, url_name, argument = link(row)
        url = reverse(url_name, args=[argument])
        return format_html('<a href="{}">{}<span class="w-sr-only"> {}</span></a>', url, text, row)

    return Column(name, label=label, accessor=anchor)


class IssuersOnlyPolicy(ViewOnlyPolicy):
    """Those who issue certificates may look; nobody writes here by hand."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` issues certificates and only wants to look."""
        return action == "view" and can_issue_certificates(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Whether `user` may do any of `actions`."""
        return any(self.user_has_permission(user, action) for action in actions)


class IssuersOnlyViewSet(ViewOnlyViewSet):
    """A list for those who issue certificates."""

    inspect_view_enabled = False
    list_per_page = 30

    @property
    def permission_policy(self) -> IssuersOnlyPolicy:
        """The policy that only lets issuers look."""
        return IssuersOnlyPolicy(self.model)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Only the list."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]


class RunIndexView(generic.IndexView):
    """The runs, each with how many are enrolled and how many have a certificate."""

    def get_base_queryset(self) -> QuerySet[CourseRun]:
        """Return the runs with their counts; the latest first."""
        return runs_with_counts().order_by("-ends_on", "code")


class RunFilterSet(WagtailFilterSet):
    """What the list is narrowed by."""

    class Meta:
        model = CourseRun
        fields = ["course", "roc_year"]


class RunsToCertifyViewSet(IssuersOnlyViewSet):
    """Completion by run: who is complete, who is not and why; issuing."""

    model = CourseRun
    name = "runs_to_certify"
    icon = "tasks"
    menu_label = gettext_lazy("Completion by class")
    index_view_class = RunIndexView
    filterset_class = RunFilterSet
    search_fields = ["code", "title", "course__name"]
    search_backend_name = None
    list_display = [
        TitleColumn(
            "code",
            label=gettext_lazy("course run"),
            get_url=lambda run: reverse("certificates:issuing", args=[run.code]),
        ),
        Column("display_title", label=gettext_lazy("course")),
        Column("ends_on", label=gettext_lazy("last day"), accessor=lambda run: rocdate(run.ends_on)),
        Column("enrolled_count", label=gettext_lazy("Enrolled")),
        Column("certificate_count", label=gettext_lazy("Certificates")),
    ]


class CertificateIndexView(generic.IndexView):
    """What was issued."""

    def get_base_queryset(self) -> QuerySet[Certificate]:
        """Return the certificates with whom and what they are for."""
        return Certificate.objects.select_related("person", "run").defer("facts", "evidence")


class CertificateFilterSet(WagtailFilterSet):
    """What the list is narrowed by."""

    issued_at__year = django_filters.NumberFilter(
        label=gettext_lazy("Year of issue"), field_name="issued_at", lookup_expr="year",
        min_value=1912, max_value=9998,  # no database reckons with a year 0 or 10000
    )  # fmt: skip

    class Meta:
        model = Certificate
        fields = {"revoked_at": ["isnull"]}


class _DecisionView(WagtailAdminTemplateMixin, FormView):
    """Ask for the reason of a decision on a certificate, and carry it out."""

    header_icon = "warning"
    certificate: Certificate

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only those who issue may decide."""
        if not can_issue_certificates(request.user):
            raise PermissionDenied
        certificates = Certificate.objects.select_related("person", "run__course")
        self.certificate = get_object_or_404(certificates, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """Name the certificate."""
        return self.certificate.serial

    def get_breadcrumbs_items(self) -> list[Any]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("issued_certificates:index"), "label": gettext_lazy("Issued certificates")},
            {"url": "", "label": self.get_page_title()},
        ]

    def decide(self, by: User, **given: Any) -> str:
        """Carry the decision out; return what is told of it. Raises DomainError."""
        raise NotImplementedError

    def form_valid(self, form: Form) -> HttpResponse:
        """Decide, and go back to the class."""
        try:
            told = self.decide(self.request.user, **form.cleaned_data)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, told)
        return HttpResponseRedirect(reverse("certificates:issuing", args=[self.certificate.run.code]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the certificate, and what it rests on and is not met."""
        (ground,) = grounds_of([self.certificate])
        return super().get_context_data(certificate=self.certificate, lost=ground.lost, **kwargs)


class RevokeView(_DecisionView):
    """Revoke a certificate."""

    form_class = RevokeForm
    template_name = "certificates/admin/revoke.html"
    page_title = gettext_lazy("Revoke a certificate")

    def decide(self, by: User, **given: Any) -> str:
        """Revoke it."""
        services.revoke_certificate(certificate=self.certificate, by=by, **given)
        return _("Certificate %(serial)s is revoked.") % {"serial": self.certificate.serial}


class KeepView(_DecisionView):
    """Keep a certificate whose ground has fallen away."""

    form_class = KeepForm
    template_name = "certificates/admin/keep.html"
    page_title = gettext_lazy("Keep a certificate")

    def decide(self, by: User, **given: Any) -> str:
        """Keep it."""
        services.keep_certificate(certificate=self.certificate, by=by, **given)
        return _("Certificate %(serial)s is kept.") % {"serial": self.certificate.serial}


class CertificateViewSet(IssuersOnlyViewSet):
    """The certificates, with the way to revoke one."""

    model = Certificate
    name = "issued_certificates"
    icon = "doc-full"
    menu_label = gettext_lazy("Issued certificates")
    index_view_class = CertificateIndexView
    filterset_class = CertificateFilterSet
    search_fields = ["serial", "public_id", "person__name", "run__code"]
    list_display = [
        TitleColumn(
            "serial",
            label=gettext_lazy("serial number"),
            get_url=lambda certificate: reverse("certificates:verify_one", args=[certificate.public_id]),
        ),
        Column("name", label=gettext_lazy("name"), accessor="person.name"),
        Column("run", label=gettext_lazy("course run"), accessor="run.code"),
        _date_column("issued_at", gettext_lazy("issued at")),
        _date_column("collected_at", gettext_lazy("first downloaded by its holder")),
        _date_column("revoked_at", gettext_lazy("revoked at")),
        _link_column("pdf", gettext_lazy("PDF"), lambda row: (_("Download"), "certificates:download", row.public_id)),
        _link_column(
            "revoke", gettext_lazy("Revoke"),
            lambda row: (_("See why") if row.is_revoked else _("Revoke"), "issued_certificates:revoke", row.pk),
        ),
    ]  # fmt: skip

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add revoking and keeping."""
        return [
            *super().get_urlpatterns(),
            path("revoke/<int:pk>/", RevokeView.as_view(), name="revoke"),
            path("keep/<int:pk>/", KeepView.as_view(), name="keep"),
        ]


class BatchIndexView(generic.IndexView):
    """The batches, the latest first."""

    def get_base_queryset(self) -> QuerySet[IssueBatch]:
        """Return the batches with their runs and who asked for them."""
        return IssueBatch.objects.select_related("run__course", "requested_by__person")


class BatchViewSet(IssuersOnlyViewSet):
    """The batches and how far they have come."""

    model = IssueBatch
    name = "issue_batches"
    icon = "history"
    menu_label = gettext_lazy("Batches")
    index_view_class = BatchIndexView
    list_display = [
        TitleColumn(
            "run",
            label=gettext_lazy("course run"),
            get_url=lambda batch: reverse("certificates:batch", args=[batch.pk]),
        ),
        Column("state", label=gettext_lazy("state"), accessor="get_state_display"),
        Column("done", label=gettext_lazy("issued")),
        Column("remaining", label=gettext_lazy("still to issue")),
        _date_column("requested_at", gettext_lazy("requested at")),
        Column("requested_by", label=gettext_lazy("requested by")),
    ]


class SerialSeriesViewSet(ModelViewSet):
    """The word that a course's serial numbers carry."""

    model = SerialSeries
    name = "serial_series"
    icon = "tag"
    menu_label = gettext_lazy("Words of serial numbers")
    form_fields = ["course", "word"]
    list_display = ["course", "word"]
    copy_view_enabled = False
    add_to_reference_index = False


class CertificatesGroup(ModelViewSetGroup):
    """The menu "Certificates"."""

    items = (RunsToCertifyViewSet, CertificateViewSet, BatchViewSet, SerialSeriesViewSet)
    menu_label = gettext_lazy("Certificates")
    menu_icon = "doc-full"
    menu_order = 150
