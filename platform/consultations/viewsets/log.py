"""The officer's screen in Wagtail's admin: one entry, saved as it is typed, with what helps beside it."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from accounts.permissions import signed_in
from common.errors import DomainError
from library.models import Subject

from ..case_form import FIELD_OF_CODE, CaseForm, typed_values
from ..enums import ConsultationState
from ..models import Consultation, ErrorPattern, HotlineOfficer
from ..permissions import officer_of
from ..selectors import agency_names, callers_known, earlier_in_thread, holder_of, waiting_for
from ..services import log
from .log_asides import OfficerMixin, entry_urls, shown_cases, standing

_REMEMBERED = 60 * 60 * 12
"""Seconds for which a screen may send again what it does not know to be saved: a long day at work."""


class EntryView(OfficerMixin, WagtailAdminTemplateMixin, TemplateView):
    """A blank entry, or a case that is not answered yet. Works by its buttons where there is no JavaScript.

    POST `action`: `autosave` and `save` write what was understood, `take_over` too, whoever writes there; `answer`
    and `keep` also want the whole form to be right, and end the entry; `discard` deletes a draft. Asked for JSON, it
    answers 200, 409 (somebody else writes or wrote), 410 (it is gone), 422 (something is wrong; what was understood
    is saved) or 503 (try again).
    """

    template_name = "consultations/backoffice/entry.html"
    header_icon = "comment"
    page_title = gettext_lazy("Log a case")

    @cached_property
    def case(self) -> Consultation | None:
        """The case, or None for an entry of which nothing is saved yet."""
        if "pk" not in self.kwargs:
            return None
        return get_object_or_404(shown_cases(), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the entry and hold it, or show who does; an answered case has a page of its own."""
        case = self.case
        if case is None:
            return self._show(CaseForm(initial={"entry": uuid.uuid4()}))
        if case.state == ConsultationState.ANSWERED:
            return redirect("consultations_log:view", case.pk)
        is_mine = log.hold(consultation=case, by=signed_in(request))
        return self._show(self._form_of(case), is_mine=is_mine)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, and do what the button says."""
        if "pk" in self.kwargs and not Consultation.objects.filter(pk=self.kwargs["pk"]).exists():
            return self._refuse_gone()
        action = request.POST.get("action", "save")
        if action == "discard":
            return self._discard()
        asked_on = timezone.localtime(self.case.asked_at).date() if self.case else None
        form = CaseForm(request.POST, asked_on=asked_on)
        form.is_valid()
        if action == "take_over" and self.case is not None:
            log.take_over(consultation=self.case, by=signed_in(request))
        try:
            case = self._save(form)
        except (log.HeldError, log.StaleError) as refusal:
            return self._refuse_over(form, refusal.code, refusal.consultation, str(refusal))
        except DomainError as refusal:
            if refusal.code == "try_again" and self._wants_json:
                return HttpResponse(status=503)
            if refusal.code == "answered" and self.case is not None:
                return self._refuse_over(form, refusal.code, shown_cases().get(pk=self.case.pk), str(refusal))
            return self._refuse(form, self.case, refusal)
        if case is None:
            return self._nothing_written(form, action)
        if action in ("answer", "keep"):
            return self._finish(form, case, action)
        if self._wants_json:
            return JsonResponse(self._saved(form, case))
        messages.success(request, _("Saved."))
        return redirect("consultations_log:edit", case.pk) if form.is_valid() else self._show(form, case, status=422)

    # --- saving ---

    def _save(self, form: CaseForm) -> Consultation | None:
        """Write what was understood and return the case; None for a blank entry. Raises what `save_case` does."""
        by = signed_in(self.request)
        case, version = self.case, form.cleaned_data.get("version") or 0
        entry = form.cleaned_data.get("entry", "")
        if case is None:
            if form.is_blank:
                return None
            known = self._begun(entry)
            if not known:
                return self._begin(form, entry)
            case, version = get_object_or_404(shown_cases(), pk=known), -1
        fields = form.fields_to_save(case)
        try:
            saved = log.save_case(consultation=case, version=version, by=by, **fields)
        except log.StaleError as refusal:
            # our own last save, of which the screen never heard: the connection broke before the answer came
            if not entry or cache.get(f"hotline:writer:{case.pk}") != entry:
                raise
            saved = log.save_case(consultation=case, version=refusal.consultation.lock_version, by=by, **fields)
        cache.set(f"hotline:writer:{saved.pk}", entry, _REMEMBERED)
        return saved

    def _begun(self, entry: str) -> int:
        """Return the key of the case that this very screen has begun already, or 0."""
        return int(cache.get(f"hotline:entry:{self.request.user.pk}:{entry}") or 0) if entry else 0

    def _begin(self, form: CaseForm, entry: str) -> Consultation:
        case = log.begin_case(by=signed_in(self.request), **form.fields_to_save(None))
        if entry:
            cache.set(f"hotline:entry:{self.request.user.pk}:{entry}", case.pk, _REMEMBERED)
            cache.set(f"hotline:writer:{case.pk}", entry, _REMEMBERED)
        return case

    def _finish(self, form: CaseForm, case: Consultation, action: str) -> HttpResponse:
        if not form.is_valid():
            return self._refuse(form, case, None)
        by = signed_in(self.request)
        if case.minutes is None and (minutes := form.minutes_since_opening()) is not None:
            case = log.save_case(consultation=case, version=case.lock_version, by=by, minutes=minutes)
        try:
            if action == "answer":
                case = log.answer_case(consultation=case, by=by)
            else:
                case = log.register_case(consultation=case, by=by)
                log.release(consultation=case, by=by)
        except log.HeldError as refusal:
            return self._refuse_over(form, refusal.code, refusal.consultation, str(refusal))
        except DomainError as refusal:
            return self._refuse(form, case, refusal)
        messages.success(self.request, *self._done(case))
        target = reverse("consultations_log:new")
        return JsonResponse({"redirect": target}) if self._wants_json else redirect(target)

    @staticmethod
    def _done(case: Consultation) -> tuple[str, list[Any]]:
        """Return what the fresh entry says of the case before it, with the buttons beside it."""
        if case.state == ConsultationState.OPEN:
            edit = messages.button(reverse("consultations_log:edit", args=[case.pk]), _("Open the case"))
            return _("%(number)s is kept open.") % {"number": case.number}, [edit]
        view = messages.button(reverse("consultations_log:view", args=[case.pk]), _("Open the case"))
        publish = messages.button(reverse("consultations_publishing:start", args=[case.pk]), _("Publish as Q&A"))
        return _("%(number)s saved.") % {"number": case.number}, [view, publish]

    def _discard(self) -> HttpResponse:
        target = reverse("consultations_log:new")
        if self.case is not None:
            try:
                log.discard_draft(consultation=self.case, by=signed_in(self.request))
            except DomainError as refusal:
                messages.error(self.request, str(refusal))
                target = reverse("consultations_log:edit", args=[self.case.pk])
            else:
                messages.success(self.request, _("The entry was discarded."))
        return redirect(target)

    # --- answering ---

    @property
    def _wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    @staticmethod
    def _form_of(case: Consultation) -> CaseForm:
        return CaseForm(initial={**typed_values(case), "version": case.lock_version, "entry": uuid.uuid4()})

    def _saved(self, form: CaseForm, case: Consultation) -> dict[str, Any]:
        return {
            "pk": case.pk,
            "version": case.lock_version,
            "at": f"{timezone.localtime():%H:%M:%S}",
            "errors": {name: [str(error) for error in errors] for name, errors in form.errors.items()},
            "meant": {name: str(form.cleaned_data.get(name) or "") for name in ("agency", "subject", "error_pattern")},
            "caller": str(case.caller or ""),
            "urls": entry_urls(case),
        }

    def _nothing_written(self, form: CaseForm, action: str) -> HttpResponse:
        if action in ("answer", "keep"):
            form.add_error("question", _("A case needs its question."))
            return self._refuse(form, None, None)
        if self._wants_json:
            return JsonResponse({"blank": True})
        return redirect("consultations_log:new")

    def _refuse(self, form: CaseForm, case: Consultation | None, refusal: DomainError | None) -> HttpResponse:
        """Say what is wrong, at its field; what was understood is saved."""
        if refusal is not None:
            field = FIELD_OF_CODE.get(refusal.code)
            if field not in form.errors:
                form.add_error(field, str(refusal))
        if self._wants_json:
            errors = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            saved = self._saved(form, case) if case is not None else {}
            return JsonResponse({**saved, "errors": errors}, status=422)
        return self._show(form, case, status=422)

    def _refuse_over(self, form: CaseForm, code: str, theirs: Consultation, words: str) -> HttpResponse:
        """Say who writes or wrote in the case meanwhile, and what stands there; nothing typed is lost."""
        if self._wants_json:
            return JsonResponse({"reason": code, "message": words, **standing(theirs)}, status=409)
        form.add_error(None, words)
        return self._show(form, theirs, status=409, conflict=code, theirs=typed_values(theirs))

    def _refuse_gone(self) -> HttpResponse:
        words = _("This entry was discarded.")
        if self._wants_json:
            return JsonResponse({"reason": "gone", "message": words}, status=410)
        messages.error(self.request, words)
        return redirect("consultations_log:new")

    # --- showing ---

    def get_header_title(self) -> str:
        """Name the case."""
        return self._title()

    def _title(self) -> str:
        case = self.case
        return _("Log a case") if case is None or case.number is None else _("Case %(number)s") % {"number": case}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead to the list."""
        cases = {"url": reverse("consultations_log:index"), "label": _("Cases")}
        return [*self.breadcrumbs_items, cases, {"url": "", "label": self._title()}]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """The history of a case that is saved."""
        if self.case is None:
            return []
        url = reverse("consultations_log:history", args=[self.case.pk])
        return [HeaderButton(label=_("History"), url=url, icon_name="history")]

    def _show(
        self, form: CaseForm, case: Consultation | None = None, *, status: int = 200, is_mine: bool = True, **more: Any
    ) -> HttpResponse:
        case = case or self.case
        if case is not None and form.is_bound:
            # the buttons work on what stands there now: a second press means it
            form.data = {**self.request.POST.dict(), "version": str(case.lock_version)}
        by = signed_in(self.request)
        context = self.get_context_data(
            form=form,
            case=case,
            is_mine=is_mine,
            holder=None if is_mine or case is None else holder_of(case),
            urls=entry_urls(case),
            agencies=agency_names(),
            subjects=Subject.objects.all(),
            patterns=ErrorPattern.objects.filter(is_active=True),
            callers=callers_known(case.agency) if case is not None and case.agency else [],
            earlier=earlier_in_thread(case) if case is not None else [],
            waiting=waiting_for(by, officer_of(by), but=case.pk if case is not None else None),
            officers=HotlineOfficer.objects.filter(is_active=True).select_related("person"),
            today=timezone.localdate(),
            **more,
        )
        return self.render_to_response(context, status=status)
