"""Results in Wagtail's admin: importing score files, and the sittings with what came of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from common.errors import DomainError
from common.imports import Outcome
from common.spreadsheets import CONTENT_TYPES, SpreadsheetError, write
from courses.catalogue.enums import KINDS_WITH_EXAM
from courses.catalogue.models import CourseRun
from courses.enrolment.enums import COUNTABLE_STATES
from reports.forms import DayField

from .enums import ImportState
from .models import Certification, Result, ScoreImport, Sitting
from .permissions import can_import_scores
from .presentation import has_remark, import_lines, sitting_name
from .score_sheet import MAX_ROWS
from .score_template import template_sheet
from .selectors import sittings_offered
from .services import apply_scores, discard_scores, move_sitting, preview_scores, untie_certification

ROWS_PER_PAGE = 100
RECENT = 20
SHOWN_PROBLEMS = 50


class UploadForm(forms.Form):
    """The file with the scores."""

    file = forms.FileField(
        label=gettext_lazy("File with the scores"),
        help_text=gettext_lazy(
            "An .ods, .xlsx or .csv with the headings 期別, 學號, 姓名, 場次, 測驗日期, a column for each paper, 缺考,"
            " 違規, and where known 及格證書字號 and 發證日期; at most 20,000 rows. National certificates may come"
            " alone: leave everything of the exam empty, or send only 期別, 學號, 姓名, 及格證書字號 and 發證日期."
        ),
        widget=forms.FileInput(attrs={"accept": ".ods,.xlsx,.csv"}),
    )


class _ScoreView(WagtailAdminTemplateMixin):
    """A screen of results; for those who may import scores."""

    header_icon = "upload"
    page_title = gettext_lazy("Import scores")
    index_url_name = "score_import:index"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_import_scores(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the first screen."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]


class UploadView(_ScoreView, FormView):
    """Choose a file, take a template, see the imports so far."""

    form_class = UploadForm
    template_name = "assessment/backoffice/score_upload.html"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Show the preview, or say cell by cell what is wrong with the file."""
        upload = form.cleaned_data["file"]
        try:
            score_import = preview_scores(stream=upload, name=upload.name, by=self.request.user)  # type: ignore[arg-type]  # signed in
        except SpreadsheetError as error:
            context = self.get_context_data(
                form=form, problems=error.problems[:SHOWN_PROBLEMS], more=len(error.problems) - SHOWN_PROBLEMS
            )
            return self.render_to_response(context, status=422)
        return redirect("score_import:preview", score_import.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the runs that templates are offered for, and the imports so far."""
        runs = CourseRun.objects.filter(
            course__kind__in=KINDS_WITH_EXAM, cancelled_at__isnull=True, curriculum__papers__isnull=False
        )
        recent = ScoreImport.objects.defer("rows").select_related("uploaded_by__person")
        page = Paginator(recent, RECENT).get_page(self.request.GET.get("p"))
        shown = list(runs.distinct().select_related("course").order_by("-starts_on", "code")[:RECENT])
        offered = sittings_offered(shown)
        return super().get_context_data(
            runs=[(run, [(number, sitting_name(number)) for number in offered[run.pk]]) for run in shown],
            page_obj=page,
            max_rows=MAX_ROWS,
            **kwargs,
        )


class PreviewView(_ScoreView, TemplateView):
    """The verdict on every row, the refused first; POST writes what is announced here, or puts the file aside."""

    template_name = "assessment/backoffice/score_preview.html"

    @cached_property
    def score_import(self) -> ScoreImport:
        """The file that was read."""
        return get_object_or_404(ScoreImport.objects.select_related("uploaded_by__person"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the file."""
        return self.score_import.file_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the rows asked for."""
        counts = self.score_import.counts
        wanted = self.request.GET.get("verdict", "")
        lines = import_lines(self.score_import, wanted=wanted)
        earlier = (
            ScoreImport.objects.filter(sha256=self.score_import.sha256, state=ImportState.APPLIED)
            .exclude(pk=self.score_import.pk)
            .defer("rows")
            .first()
        )
        return super().get_context_data(
            score_import=self.score_import,
            is_open=self.score_import.state == ImportState.PREVIEWED,
            counts=[(outcome.value, outcome.label, counts.get(outcome.value, 0)) for outcome in Outcome],
            row_count=counts.get("rows", 0),
            refused=counts.get("refused", 0),
            warned=counts.get("warned", 0),
            remarked=sum(has_remark(item) for item in self.score_import.rows),
            accepted=counts.get("rows", 0) - counts.get("refused", 0),
            wanted=wanted,
            page_obj=Paginator(lines, ROWS_PER_PAGE).get_page(self.request.GET.get("p")),
            earlier=earlier,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Apply or discard the file."""
        here = redirect("score_import:preview", self.score_import.pk)
        try:
            if request.POST.get("deed") == "discard":
                discard_scores(score_import=self.score_import, by=request.user)  # type: ignore[arg-type]  # signed in
                messages.success(request, _("The file was put aside; nothing of it was imported."))
                return redirect("score_import:index")
            apply_scores(
                score_import=self.score_import,
                by=request.user,  # type: ignore[arg-type]  # signed in
                only_accepted=request.POST.get("deed") == "accepted",
            )
        except DomainError as error:
            messages.error(request, str(error.message))
            return here
        counts = self.score_import.counts
        written = counts.get("new", 0) + counts.get("changed", 0)
        messages.success(
            request,
            ngettext("%(count)d row was imported.", "%(count)d rows were imported.", written) % {"count": written},
        )
        return here


class TemplateFileView(_ScoreView, View):
    """The score file of a run to fill in; `sitting` is 0 for the first exam, n for make-up n."""

    def get(self, request: HttpRequest, code: str, file_format: str) -> StreamingHttpResponse:
        """Send the file."""
        run = get_object_or_404(CourseRun.objects.select_related("curriculum"), code=code)
        given = request.GET.get("sitting", "0")
        if not (given.isascii() and given.isdecimal() and int(given[:4]) in sittings_offered([run])[run.pk]):
            raise Http404
        sitting = int(given)
        response = StreamingHttpResponse(
            write(file_format, template_sheet(run, sitting=sitting)), content_type=CONTENT_TYPES[file_format]
        )
        name = f"scores-{run.code}-make-up-{sitting}" if sitting else f"scores-{run.code}"
        response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
        response["Cache-Control"] = "private, no-store"
        return response


class SittingForm(forms.Form):
    """The day of a sitting."""

    held_on = DayField(label=gettext_lazy("Held on"))


class SittingListView(_ScoreView, TemplateView):
    """Every sitting with what came of it; `q` is the code of a run."""

    page_title = gettext_lazy("Results")
    header_icon = "list-ul"
    index_url_name = "sittings:index"
    template_name = "assessment/backoffice/sitting_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Count results by sitting, but for those of enrolments entered in error."""
        query = self.request.GET.get("q", "").strip()
        counted = Q(results__enrolment__state__in=COUNTABLE_STATES)
        sittings = Sitting.objects.select_related("run__course").annotate(
            result_count=Count("results", filter=counted),
            passed_count=Count("results", filter=counted & Q(results__passed=True)),
            absent_count=Count("results", filter=counted & Q(results__absent=True)),
        )
        if query:
            sittings = sittings.filter(run__code__icontains=query)
        page = Paginator(sittings.order_by("-held_on", "run__code", "number"), ROWS_PER_PAGE)
        return super().get_context_data(page_obj=page.get_page(self.request.GET.get("p")), query=query, **kwargs)


class SittingView(_ScoreView, FormView):
    """One sitting: its results, and the correction of its day."""

    page_title = gettext_lazy("Results")
    header_icon = "list-ul"
    index_url_name = "sittings:index"
    form_class = SittingForm
    template_name = "assessment/backoffice/sitting.html"

    @cached_property
    def sitting(self) -> Sitting:
        """The sitting shown."""
        return get_object_or_404(Sitting.objects.select_related("run__course", "run__curriculum"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the sitting."""
        return str(self.sitting)

    def get_initial(self) -> dict[str, Any]:
        """Begin with the day that is recorded."""
        return {"held_on": self.sitting.held_on}

    def form_valid(self, form: SittingForm) -> HttpResponse:
        """Move the sitting, or say why not."""
        try:
            move_sitting(sitting=self.sitting, held_on=form.cleaned_data["held_on"], by=self.request.user)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            form.add_error("held_on", str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("The day of the sitting is saved."))
        return redirect("sittings:sitting", self.sitting.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the results, by number of the trainee."""
        results = (
            Result.objects.filter(sitting=self.sitting, enrolment__state__in=COUNTABLE_STATES)
            .select_related("enrolment__person", "enrolment__certification__record")
            .prefetch_related("scores")
            .order_by("enrolment__number")
        )
        papers = list(self.sitting.run.curriculum.papers.all())
        rows = []
        for result in results:
            points = {score.paper_id: score.points for score in result.scores.all()}
            rows.append((result, [points.get(paper.pk, "–") for paper in papers]))
        return super().get_context_data(sitting=self.sitting, papers=papers, rows=rows, **kwargs)


class UntieForm(forms.Form):
    """Why a national certificate is untied from an enrolment."""

    reason = forms.CharField(
        label=gettext_lazy("reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the audit trail."),
    )  # fmt: skip


class UntieView(_ScoreView, FormView):
    """Take back that a national certificate came of an enrolment."""

    page_title = gettext_lazy("Untie a certificate")
    header_icon = "warning"
    index_url_name = "sittings:index"
    form_class = UntieForm
    template_name = "assessment/backoffice/untie.html"

    @cached_property
    def certification(self) -> Certification:
        """What is untied."""
        tied = Certification.objects.select_related("record", "enrolment__person", "enrolment__run__course")
        return get_object_or_404(tied, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the certificate."""
        return self.certification.record.number

    def form_valid(self, form: UntieForm) -> HttpResponse:
        """Untie it, and go back to the results of the class."""
        code = self.certification.enrolment.run.code
        try:
            untie_certification(certification=self.certification, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]  # signed in
        except DomainError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("The certificate is no longer tied to this class."))
        return redirect(f"{reverse('sittings:index')}?q={code}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is untied."""
        return super().get_context_data(certification=self.certification, **kwargs)


class _ScoreMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_import_scores(request.user)


class ScoreImportViewSet(ViewSet):
    """Upload, preview, apply."""

    name = "score_import"
    url_prefix = "score-import"
    icon = "upload"
    menu_label = gettext_lazy("Import scores")
    menu_hook = "register_classes_menu_item"
    menu_order = 50
    menu_item_class = _ScoreMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The screens and the template files."""
        return [
            path("", UploadView.as_view(), name="index"),
            path("<int:pk>/", PreviewView.as_view(), name="preview"),
            *[
                path(
                    f"template/<slug:code>.{name}", TemplateFileView.as_view(), {"file_format": name},
                    name=f"template_{name}",
                )
                for name in CONTENT_TYPES
            ],
        ]  # fmt: skip


class SittingViewSet(ViewSet):
    """Sittings and their results."""

    name = "sittings"
    url_prefix = "sittings"
    icon = "list-ul"
    menu_label = gettext_lazy("Results")
    menu_hook = "register_classes_menu_item"
    menu_order = 60
    menu_item_class = _ScoreMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, one sitting, and untying a certificate."""
        return [
            path("", SittingListView.as_view(), name="index"),
            path("<int:pk>/", SittingView.as_view(), name="sitting"),
            path("untie/<int:pk>/", UntieView.as_view(), name="untie"),
        ]
