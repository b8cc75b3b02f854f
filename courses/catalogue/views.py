"""Views of the back office beyond what Wagtail generates: opening, revising, laying out, cancelling."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.log_actions import log

from common.backoffice import DayColumn
from common.errors import DomainError
from common.templatetags.common_tags import duration

from . import services
from .forms import CancelForm, LayOutForm, SucceedForm, proposed_dates
from .models import CourseRun, Curriculum
from .permissions import can_manage_runs
from .run_columns import run_columns
from .selectors import hours_that_differ, is_in_use, runs_visible, with_table


class ServiceErrorsMixin:
    """Save through a service; what it refuses stands above the form, and nothing typed is lost."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, or show the form again with the rule that forbids it."""
        try:
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of Wagtail's view beside it
        except DomainError as error:
            form.add_error(None, str(error))
            self.produced_error_code = error.code
            self.produced_error_message = str(error)
            response = self.form_invalid(form)  # type: ignore[attr-defined]  # of Wagtail's view beside it
        return response


def warn_of_hours(request: HttpRequest, run: CourseRun) -> None:
    """Say where sessions and curriculum differ: a warning, for a run may be laid out step by step."""
    differing = hours_that_differ(run)
    if not differing:
        return
    lines = [
        _("%(what)s: the sessions have %(sessions)s, the curriculum %(curriculum)s.")
        % {
            "what": row.subject or _("Whole class"),
            "sessions": duration(row.by_sessions),
            "curriculum": duration(row.by_curriculum),
        }
        for row in differing
    ]
    lines.append(_("Absence and attendance are measured against the hours of the curriculum."))
    messages.warning(request, " ".join(lines))


class RunIndexView(generic.IndexView):
    """The list of runs, with the columns that the apps above add."""

    def get_base_queryset(self) -> Any:
        """Fetch what every row shows."""
        return runs_visible()

    @cached_property
    def columns(self) -> list[Any]:
        """Add the columns of the apps above."""
        own: list[Any] = [
            self._get_title_column("code"),
            Column("display_title", label=gettext_lazy("Title"), accessor="display_title"),
            DayColumn("starts_on", label=gettext_lazy("First day"), sort_key="starts_on"),
            Column("state", label=gettext_lazy("State"), accessor=lambda run: run.state.label),
            Column("seats", label=gettext_lazy("Seats"), accessor="seats", sort_key="seats"),
        ]
        own += [
            Column(f"added_{number}", label=column.label, accessor=f"added_{number}")
            for number, column in enumerate(run_columns())
        ]
        return own

    def get_table(self, object_list: Any) -> Any:
        """Compute the added columns for the rows shown, one query each."""
        rows = list(object_list)
        for number, column in enumerate(run_columns()):
            values = column.values(rows)
            for run in rows:
                setattr(run, f"added_{number}", values.get(run.pk, ""))
        return super().get_table(rows)

    def get_list_more_buttons(self, instance: CourseRun) -> list[Any]:
        """Offer the roster beside editing."""
        buttons = [
            Button(_("Roster"), url=reverse("rosters:roster", args=[instance.pk]), icon_name="group", priority=5),
            Button(_("View live"), url=reverse("enrolment:run", args=[instance.code]), icon_name="view", priority=30),
        ]
        return [*super().get_list_more_buttons(instance), *buttons]


class RunAddView(ServiceErrorsMixin, generic.CreateView):
    """Open a run; its sessions can be laid out in the same step."""

    def get_initial(self) -> dict[str, Any]:
        """Propose dates, and the course that the address names."""
        proposed = proposed_dates(timezone.localdate())
        course = self.request.GET.get("course", "")
        return {**proposed, "course": course} if course.isdigit() else proposed

    def save_instance(self) -> CourseRun:
        """Open the run and lay out its sessions, both or neither."""
        run = services.open_run(by=self.request.user, **self.form.run_arguments())
        if self.form.cleaned_data["lay_out"]:
            services.lay_out_sessions(run=run, by=self.request.user, **self.form.layout())
            run.refresh_from_db()
        log(instance=run, action="wagtail.create", content_changed=True)
        warn_of_hours(self.request, run)
        return run

    def get_success_url(self) -> str:
        """Go on to the run's own page, where its sessions stand."""
        return self.get_edit_url()


class _NotAgreedError(Exception):
    """Saving would change records, and whoever saves has not been asked yet."""

    def __init__(self, consequences: list[str]) -> None:
        super().__init__(consequences)
        self.consequences = consequences


class RunEditView(ServiceErrorsMixin, generic.EditView):
    """Revise a run and its sessions; what this does to records on file is said, and asked, before it is saved."""

    agreement_template_name = "catalogue/admin/agree.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Come back from the question to the form with everything typed, or save."""
        if "back" in request.POST:
            self.object = self.get_object()
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, or ask where records follow and nobody has agreed to exactly that."""
        try:
            return super().form_valid(form)
        except _NotAgreedError as question:
            return self._ask(form, question.consequences)

    def _ask(self, form: Any, consequences: list[str]) -> HttpResponse:
        kept = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "agreed_to")
        ]
        context = self.get_context_data(form=form, consequences=consequences, kept=kept)
        return self.response_class(self.request, self.agreement_template_name, context)

    def save_instance(self) -> CourseRun:
        """Save what the form left in memory through the service."""
        run = self.form.save(commit=False)
        consequences = services.foresee_revision(run=run)
        if consequences != self.request.POST.getlist("agreed_to"):
            raise _NotAgreedError(consequences)
        run = services.revise_run(run=run, by=self.request.user)
        log(instance=run, action="wagtail.edit", content_changed=self.form.has_changed())
        warn_of_hours(self.request, run)
        return run

    def get_success_url(self) -> str:
        """Stay with the run."""
        return self.get_edit_url()

    @cached_property
    def header_buttons(self) -> list[Any]:
        """Lead to the roster, the sessions still to be laid out, the public page."""
        run = self.object
        buttons = [HeaderButton(_("Roster"), url=reverse("rosters:roster", args=[run.pk]), icon_name="group")]
        if not run.sessions.exists():
            lay_out_url = reverse("course_runs:lay_out", args=[run.pk])
            buttons.append(HeaderButton(_("Lay out sessions"), url=lay_out_url, icon_name="calendar-alt"))
        return buttons

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """Offer the public page, and cancelling while there is something to cancel."""
        run = self.object
        buttons = [Button(_("View live"), url=reverse("enrolment:run", args=[run.code]), icon_name="view", priority=5)]
        if not run.cancelled_at and run.ends_on >= timezone.localdate():
            cancel_url = reverse("course_runs:cancel", args=[run.pk])
            buttons.append(Button(_("Cancel the class"), url=cancel_url, icon_name="cross", priority=50))
        return buttons


class BackOfficeFormView(WagtailAdminTemplateMixin, FormView):
    """One form about one object, in the back office. Subclasses set `index`, `get_object` and `form_valid`."""

    template_name = "wagtailadmin/generic/form.html"
    submit_button_label: Any = gettext_lazy("Save")
    submit_button_active_label: Any = gettext_lazy("Saving…")
    header_icon = "calendar-alt"
    index_url_name = ""
    index_label: Any = ""
    model: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let administrators pass."""
        if not can_manage_runs(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def object(self) -> Any:
        """The object of the address."""
        return get_object_or_404(self.model, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the object."""
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[Any]:
        """Lead back to the object and its list."""
        edit_url = reverse(f"{self.index_url_name}:edit", args=[self.object.pk])
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{self.index_url_name}:index"), "label": self.index_label},
            {"url": edit_url, "label": str(self.object)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give Wagtail's form template what it needs."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.update(
            action_url=self.request.path,
            submit_button_label=self.submit_button_label,
            submit_button_active_label=self.submit_button_active_label,
            media=context["form"].media,
        )
        return context

    def try_service(self, form: forms.Form, deed: Any, success_message: str, success_url: str) -> HttpResponse:
        """Do `deed`; go on with the message, or show the form again with the rule that forbids it."""
        try:
            deed()
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, success_message)
        return redirect(success_url)


class LayOutView(BackOfficeFormView):
    """Lay out the sessions of a run that has none."""

    model = CourseRun
    form_class = LayOutForm
    page_title = gettext_lazy("Lay out sessions")
    index_url_name = "course_runs"
    index_label = gettext_lazy("Course runs")

    def form_valid(self, form: LayOutForm) -> HttpResponse:
        """Lay them out."""
        response = self.try_service(
            form,
            lambda: services.lay_out_sessions(run=self.object, by=self.request.user, **form.layout()),  # type: ignore[arg-type]  # signed in
            _("The sessions are laid out."),
            reverse("course_runs:edit", args=[self.object.pk]),
        )
        warn_of_hours(self.request, self.object)
        return response


class CancelView(BackOfficeFormView):
    """Cancel a run."""

    model = CourseRun
    form_class = CancelForm
    page_title = gettext_lazy("Cancel the class")
    submit_button_label = gettext_lazy("Cancel the class and tell those enrolled")
    header_icon = "cross"
    index_url_name = "course_runs"
    index_label = gettext_lazy("Course runs")

    def form_valid(self, form: CancelForm) -> HttpResponse:
        """Cancel it."""
        return self.try_service(
            form,
            lambda: services.cancel_run(run=self.object, reason=form.cleaned_data["reason"], by=self.request.user),  # type: ignore[arg-type]  # signed in
            _("The class is cancelled; those enrolled are being told by e-mail. Here stands who has no address."),
            reverse("rosters:roster", args=[self.object.pk]),
        )


class CurriculumIndexView(generic.IndexView):
    """The list of curricula with their hours."""

    def get_base_queryset(self) -> Any:
        """Fetch the courses and sum the hours in the same query."""
        return with_table(Curriculum.objects.select_related("course"))


class CurriculumAddView(ServiceErrorsMixin, generic.CreateView):
    """A new curriculum."""

    def save_instance(self) -> Curriculum:
        """Save what the form left in memory through the service."""
        curriculum = services.save_curriculum(curriculum=self.form.save(commit=False), by=self.request.user)
        log(instance=curriculum, action="wagtail.create", content_changed=True)
        return curriculum


class CurriculumEditView(ServiceErrorsMixin, generic.EditView):
    """Edit a curriculum that no begun run uses; of the others, make a successor."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead on to the successor where the curriculum is history."""
        curriculum = get_object_or_404(Curriculum, pk=self.kwargs["pk"])
        if is_in_use(curriculum) and can_manage_runs(request.user):
            messages.info(
                request, _("A run by this curriculum has begun, so it stays as it is. Make a new one from a later day.")
            )
            return redirect("curricula:succeed", curriculum.pk)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def save_instance(self) -> Curriculum:
        """Save what the form left in memory through the service."""
        curriculum = services.save_curriculum(curriculum=self.form.save(commit=False), by=self.request.user)
        log(instance=curriculum, action="wagtail.edit", content_changed=self.form.has_changed())
        return curriculum


class SucceedView(BackOfficeFormView):
    """Make a curriculum that follows one in use, and go on to edit it."""

    model = Curriculum
    form_class = SucceedForm
    template_name = "catalogue/admin/succeed.html"
    page_title = gettext_lazy("New curriculum from a later day")
    header_icon = "list-ol"
    index_url_name = "curricula"
    index_label = gettext_lazy("Curricula")

    def get_breadcrumbs_items(self) -> list[Any]:
        """Leave out editing: it leads here."""
        items = super().get_breadcrumbs_items()
        return [*items[:-2], {"url": "", "label": str(self.object)}]

    def get_initial(self) -> dict[str, Any]:
        """Propose the same source."""
        return {"source": self.object.source, "effective_from": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the table as it stands."""
        return super().get_context_data(
            curriculum=self.object, subjects=self.object.subjects.select_related("subject"), **kwargs
        )

    def form_valid(self, form: SucceedForm) -> HttpResponse:
        """Copy it and edit the copy."""
        try:
            successor = services.succeed_curriculum(
                curriculum=self.object, by=self.request.user, **form.cleaned_data  # type: ignore[arg-type]  # signed in
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The new curriculum is a copy of the old one: change what is new in it."))
        return redirect("curricula:edit", successor.pk)
