"""One item of an agenda in the back office: its facts, what members think, the conclusion and the decisions."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages

from accounts.permissions import signed_in
from common.errors import DomainError

from ..case_facts import case_facts
from ..enums import MeetingState
from ..fingerprints import fingerprint
from ..meeting_forms import DecisionForm, ItemForm
from ..models import AgendaItem, Decision
from ..reviewed import opinions_of
from ..services import agenda, decisions
from .review_screens import ReviewView

_FIELD_OF_CODE = {"due": "due_on", "text": "text", "not_convened": None}


class ItemView(ReviewView, TemplateView):
    """What is before the meeting about one case. POST `deed`: `save`, `next`, `decide`, `change` or `strike`."""

    template_name = "casestudies/backoffice/meeting_item.html"

    @cached_property
    def item(self) -> AgendaItem:
        """The item shown."""
        items = AgendaItem.objects.select_related("meeting", "case__agency", "case__follows")
        return get_object_or_404(items, pk=self.kwargs["item_pk"], meeting=self.kwargs["pk"])

    @cached_property
    def neighbours(self) -> tuple[int | None, int | None, int, int]:
        """The keys of the item before and of the one after, the place of this one and how many there are."""
        keys = list(self.item.meeting.items.order_by("order", "pk").values_list("pk", flat=True))
        place = keys.index(self.item.pk)
        before = keys[place - 1] if place else None
        after = keys[place + 1] if place + 1 < len(keys) else None
        return before, after, place + 1, len(keys)

    def steps(self) -> list[dict[str, Any]]:
        """Name the meeting."""
        meeting = self.item.meeting
        return [{"url": reverse("casestudies_meetings:edit", args=[meeting.pk]), "label": meeting.name}]

    def get_page_subtitle(self) -> str:
        """Name the case."""
        return f"{self.item.case.number} {self.item.case.title}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the button says, or say why not."""
        deeds = {
            "save": self._save, "next": self._save, "decide": self._decide, "change": self._change,
            "strike": self._strike,
        }  # fmt: skip
        name = request.POST.get("deed", "")
        if name not in deeds:
            raise Http404
        return deeds[name]()

    def _save(self) -> HttpResponse:
        form = ItemForm(self.request.POST)
        if not form.is_valid():
            return self._show(form=form)
        data = form.cleaned_data
        try:
            agenda.write_item(
                item=self.item, summary=data["summary"], conclusion=data["conclusion"], seen=data["seen"],
                by=signed_in(self.request),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error("conclusion" if refusal.code == "not_convened" else None, str(refusal))
            now = AgendaItem.objects.get(pk=self.item.pk)
            # the button works on what stands there now: a second press means it
            form.data = {**self.request.POST.dict(), "seen": fingerprint(now.summary, now.conclusion)}
            return self._show(form=form, theirs=now if refusal.code == "stale" else None)
        messages.success(self.request, _("Saved."))
        after = self.neighbours[1]
        if self.request.POST["deed"] == "next" and after is not None:
            return redirect("casestudies_meetings:item", self.item.meeting_id, after)
        return redirect(self.request.path)

    def _decide(self) -> HttpResponse:
        form = DecisionForm(self.request.POST, prefix="new")
        if not form.is_valid():
            return self._show(decision_form=form)
        item = self.item
        try:
            decisions.add_decision(
                meeting=item.meeting, item=item, **form.cleaned_data, by=signed_in(self.request)
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(_FIELD_OF_CODE.get(refusal.code), str(refusal))
            return self._show(decision_form=form)
        messages.success(self.request, _("The decision is recorded."))
        return redirect(f"{self.request.path}#decisions")

    def _change(self) -> HttpResponse:
        decision = self._decision()
        form = DecisionForm(self.request.POST, prefix=f"d{decision.pk}")
        if not form.is_valid():
            return self._show(changed={decision.pk: form})
        try:
            decisions.change_decision(decision=decision, **form.cleaned_data, by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error(_FIELD_OF_CODE.get(refusal.code), str(refusal))
            return self._show(changed={decision.pk: form})
        messages.success(self.request, _("Saved."))
        return redirect(f"{self.request.path}#decisions")

    def _strike(self) -> HttpResponse:
        try:
            decisions.remove_decision(decision=self._decision(), by=signed_in(self.request))
        except DomainError as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, _("The decision is struck out."))
        return redirect(f"{self.request.path}#decisions")

    def _decision(self) -> Decision:
        wanted = self.request.POST.get("decision", "")
        rows = Decision.objects.select_related("meeting")
        return get_object_or_404(rows, pk=wanted if wanted.isdecimal() else 0, item=self.item)

    def _show(self, **more: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**more), status=422)

    def get_context_data(self, changed: dict[int, DecisionForm] | None = None, **kwargs: Any) -> dict[str, Any]:
        """Add facts, opinions and decisions, each decision with the form to change it."""
        item = self.item
        before, after, place, count = self.neighbours
        rows = item.decisions.select_related("owner", "owner_person", "meeting").order_by("due_on", "pk")
        forms = changed or {}
        kwargs.setdefault("form", self._form())
        kwargs.setdefault("decision_form", DecisionForm(prefix="new", initial=DecisionForm.proposed(item)))
        return super().get_context_data(
            item=item,
            meeting=item.meeting,
            is_open=item.meeting.state != MeetingState.CLOSED,
            facts=case_facts(item.case, self.request.user),
            opinions=opinions_of(item),
            decisions=[
                (row, forms.get(row.pk) or DecisionForm(prefix=f"d{row.pk}", initial=DecisionForm.values_of(row)))
                for row in rows
            ],
            changed=set(forms),
            before=before,
            after=after,
            place=place,
            count=count,
            **kwargs,
        )

    def _form(self) -> ItemForm:
        item = self.item
        seen = fingerprint(item.summary, item.conclusion)
        return ItemForm(initial={"seen": seen, "summary": item.summary, "conclusion": item.conclusion})
