"""The office calendar in the back office: the year to look at, the government's file to upload, single days by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from common.errors import DomainError
from common.models import OfficeDay
from common.moments import shifted
from common.officecalendar import (
    LARGEST_FILE,
    CalendarFile,
    OfficeCalendarError,
    forget_office_day,
    import_office_calendar,
    is_official,
    set_office_day,
)
from common.officedays import working_days
from common.templatetags.common_tags import rocdate

from ..permissions import can_keep_office_calendar, signed_in

SHOWN_PROBLEMS = 50


class CalendarUploadForm(forms.Form):
    """The file of a year."""

    file = forms.FileField(
        label=_("File of the office calendar"),
        help_text=_("The JSON file of one year as the government publishes it: date, name, holidayCategory, holiday."),
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )


class DayForm(forms.Form):
    """What a day is."""

    is_working = forms.ChoiceField(
        label=_("This day"),
        choices=[("no", _("is not worked")), ("yes", _("is worked"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Name or reason"), max_length=80, required=False, help_text=_("Such as 颱風停止上班.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("Who announced it, and when.")
    )


class ChooseDayForm(forms.Form):
    """A day to look at or change."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))


class _CalendarView(WagtailAdminTemplateMixin, FormView):
    """A screen of the office calendar; administrators only."""

    header_icon = "calendar-check"
    page_title = _("Office calendar")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_keep_office_calendar(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the year."""
        items = [*self.breadcrumbs_items, {"url": reverse("office_calendar:index"), "label": _CalendarView.page_title}]
        subtitle = self.get_page_subtitle()
        return [*items, {"url": "", "label": subtitle}] if subtitle else items


class YearView(_CalendarView):
    """The named and differing days of a year (`year`, Gregorian); POST imports a file."""

    form_class = CalendarUploadForm
    template_name = "accounts/backoffice/office_calendar.html"

    @cached_property
    def year(self) -> int:
        """The year shown: this one, unless the address names another."""
        text = self.request.GET.get("year", "")
        return int(text) if text.isdecimal() and 1912 <= int(text) <= 9998 else timezone.localdate().year

    def form_valid(self, form: CalendarUploadForm) -> HttpResponse:
        """Import the file, or name every defect."""
        upload = form.cleaned_data["file"]
        file = CalendarFile(upload.name, upload.read(LARGEST_FILE + 1))
        try:
            [result] = import_office_calendar(files=[file], by=signed_in(self.request))
        except OfficeCalendarError as error:
            problems = error.problems
            context = self.get_context_data(
                form=form, problems=problems[:SHOWN_PROBLEMS], more=len(problems) - SHOWN_PROBLEMS
            )
            return self.render_to_response(context, status=422)
        outcome = _("%(added)d days new, %(changed)d changed, %(removed)d removed") % {
            "added": result.added,
            "changed": result.changed,
            "removed": result.removed,
        }
        messages.success(self.request, f"{result.year}: {outcome if result.changed_anything else _('no change')}")
        for note in result.notes:
            messages.warning(self.request, note)
        return redirect(reverse("office_calendar:index") + f"?year={result.year}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the days of the year, and how many of it are worked."""
        days = list(OfficeDay.objects.filter(day__year=self.year))
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        return super().get_context_data(
            year=self.year,
            first=first,
            days=[(day, is_official(day)) for day in days],
            worked=len(working_days(first, last)),
            total=(last - first).days + 1,
            chooser=ChooseDayForm(),
            **kwargs,
        )


class DayView(_CalendarView):
    """One day, set by hand; POST `deed` forget takes that back."""

    form_class = DayForm
    template_name = "accounts/backoffice/office_day.html"

    @cached_property
    def day(self) -> date:
        """The day named in the address. Raises Http404."""
        try:
            return date.fromisoformat(self.kwargs["day"])
        except ValueError as error:
            raise Http404 from error

    @cached_property
    def known(self) -> OfficeDay | None:
        """What the calendar says of it."""
        return OfficeDay.objects.filter(pk=self.day).first()

    def get_page_subtitle(self) -> str:
        """Name the day."""
        return rocdate(self.day)

    def get_initial(self) -> dict[str, Any]:
        """Begin with what the day is now, but never with the official source."""
        if self.known is None:
            return {"is_working": "no" if self.day.weekday() < 5 else "yes"}
        source = "" if is_official(self.known) else self.known.source
        return {"is_working": "yes" if self.known.is_working else "no", "name": self.known.name, "source": source}

    def form_valid(self, form: DayForm) -> HttpResponse:
        """Set the day, or say why not."""
        try:
            set_office_day(
                day=self.day,
                is_working=form.cleaned_data["is_working"] == "yes",
                name=form.cleaned_data["name"],
                source=form.cleaned_data["source"],
                by=signed_in(self.request),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("%(day)s is saved.") % {"day": rocdate(self.day)})
        return self._back()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set the day, or take back what was set by hand."""
        if request.POST.get("deed") != "forget":
            return super().post(request, *args, **kwargs)
        try:
            forget_office_day(day=self.day, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(day)s follows the calendar again.") % {"day": rocdate(self.day)})
        return self._back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the day is now, and its neighbours."""
        return super().get_context_data(
            day=self.day,
            known=self.known,
            is_by_hand=self.known is not None and not is_official(self.known),
            before=shifted(self.day, -timedelta(days=1)),
            after=shifted(self.day, timedelta(days=1)),
            **kwargs,
        )

    def _back(self) -> HttpResponse:
        return redirect(reverse("office_calendar:index") + f"?year={self.day.year}")


class ChooseDayView(_CalendarView):
    """Leads to the day that was chosen; without one, back to the year."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect."""
        form = ChooseDayForm(request.GET)
        if form.is_valid():
            return redirect("office_calendar:day", form.cleaned_data["day"].isoformat())
        return redirect("office_calendar:index")


class _CalendarMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_keep_office_calendar(request.user)


class OfficeCalendarViewSet(ViewSet):
    """The year, and a day."""

    name = "office_calendar"
    url_prefix = "office-calendar"
    icon = "calendar-check"
    menu_label = _("Office calendar")
    menu_hook = "register_system_menu_item"
    menu_order = 30
    menu_item_class = _CalendarMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The year, the way to a day, the day."""
        return [
            path("", YearView.as_view(), name="index"),
            path("day/", ChooseDayView.as_view(), name="choose"),
            path("day/<str:day>/", DayView.as_view(), name="day"),
        ]
