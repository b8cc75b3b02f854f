"""Views of the back office: recording, correcting, and what becomes of a certificate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from accounts.selectors import person_matches
from common.backoffice import SavedByServiceMixin
from common.errors import DomainError

from . import services
from .forms import ChangeStateForm
from .models import QualificationRecord
from .permissions import can_record_qualifications


class RecordIndexView(generic.IndexView):
    """The list, with people in one query."""

    def get_base_queryset(self) -> Any:
        """Fetch what every row shows."""
        return QualificationRecord.objects.select_related("person__agency")

    def search_queryset(self, queryset: Any) -> Any:
        """Search numbers and people, names however they are written."""
        text = self.search_query
        return queryset.filter(Q(number__icontains=text) | person_matches(text, "person__")) if text else queryset


FIELD_OF_CODE = {
    "number_missing": "number",
    "number_of_another": "number",
    "number_differs": "number",
    "issued_in_future": "issued_on",
    "after_state": "issued_on",
}
"""The field beside which a refusal stands; one that speaks of several stands above the form."""


class RecordAddView(SavedByServiceMixin, generic.CreateView):
    """Record a certificate."""

    log_action = "wagtail.create"
    field_of_code = FIELD_OF_CODE

    def save_by_service(self, form: Any) -> QualificationRecord:
        """Record it through the service."""
        facts = {name: form.cleaned_data[name] for name in ("person", "level", "number", "issued_on", "source")}
        return services.record_qualification(by=self.request.user, **facts)


class RecordEditView(SavedByServiceMixin, generic.EditView):
    """Correct a record."""

    field_of_code = FIELD_OF_CODE

    def save_by_service(self, form: Any) -> QualificationRecord:
        """Correct it through the service."""
        return services.correct_record(record=form.save(commit=False), by=self.request.user)

    @cached_property
    def header_buttons(self) -> list[Any]:
        """Lead to what has become of the certificate."""
        url = reverse("qualification_records:state", args=[self.object.pk])
        return [HeaderButton(_("Change the state"), url=url, icon_name="warning")]


class ChangeStateView(WagtailAdminTemplateMixin, FormView):
    """Set what has become of a certificate."""

    template_name = "wagtailadmin/generic/form.html"
    form_class = ChangeStateForm
    page_title = gettext_lazy("Change the state")
    header_icon = "warning"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let administrators pass."""
        if not can_record_qualifications(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def record(self) -> QualificationRecord:
        """The record of the address."""
        return get_object_or_404(QualificationRecord.objects.select_related("person"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the certificate and its holder."""
        return f"{self.record.number} {self.record.person}"

    def get_breadcrumbs_items(self) -> list[Any]:
        """Lead back to the record and the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("qualification_records:index"), "label": _("Qualification records")},
            {"url": reverse("qualification_records:edit", args=[self.record.pk]), "label": str(self.record)},
            {"url": "", "label": self.page_title},
        ]

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is recorded."""
        return {"state": self.record.state, "since": timezone.localdate(), "reason": self.record.state_reason}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give Wagtail's form template what it needs."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.update(
            action_url=self.request.path,
            submit_button_label=_("Save"),
            submit_button_active_label=_("Saving…"),
            media=context["form"].media,
        )
        return context

    def form_valid(self, form: ChangeStateForm) -> HttpResponse:
        """Change it, or say why not."""
        try:
            services.change_state(record=self.record, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The state of the certificate is recorded."))
        return redirect("qualification_records:edit", self.record.pk)
