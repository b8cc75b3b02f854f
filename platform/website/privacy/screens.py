"""Deciding in the back office, passage by passage, about what may give somebody away; then sending the page to review.

One set of screens for every checked page; an app that shows more beside them (`CheckedPages.screens`) builds on these.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from accounts.permissions import signed_in
from common.errors import DomainError

from . import services
from .clearing import decided_together, flags_of, for_search_engines, paragraphs_of, proposal_for, words_by_field
from .enums import FlagKind, FlagState
from .models import PassageFlag
from .registry import OF_EVERY_PAGE, SCREENS, check_of

SEVERAL = 3
"""From so many waiting passages of a kind on, deciding about them together saves work."""


class PageScreen(WagtailAdminTemplateMixin):
    """Something about one checked page; for those who may edit it."""

    header_icon = "view"
    page_title = gettext_lazy("Clear of personal data")
    namespace: ClassVar[str] = SCREENS
    """The namespace of these addresses; pages of types that have other screens are not found here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not self.may_open():
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def may_open(self) -> bool:
        """Whether this person may see the screen at all."""
        return bool(self.page.permissions_for_user(self.request.user).can_edit())

    @cached_property
    def page(self) -> Page:
        """The page as its row has it; never an alias, which has no words of its own. Raises Http404."""
        found = get_object_or_404(Page.objects.filter(alias_of=None), pk=self.page_number).specific
        check = check_of(found)
        if check is None or check.screens != self.namespace:
            raise Http404
        return found

    @property
    def page_number(self) -> int:
        """The number of the page, from the address."""
        return int(self.kwargs["pk"])

    @cached_property
    def may_decide(self) -> bool:
        """Whether this person may change the page now: their own draft, or a reviewer."""
        lock = self.page.get_lock()
        is_locked = lock is not None and lock.for_user(self.request.user)
        return self.page.permissions_for_user(self.request.user).can_edit() and not is_locked

    def back(self) -> HttpResponse:
        """Lead back to the decisions.

        No fragment in the address: with one, browsers do not put the focus on the next decision.
        """
        return redirect(f"{self.namespace}:clear", self.page.pk)


class ClearView(PageScreen, TemplateView):
    """The words of the page, each passage that may give somebody away marked, and a decision for each."""

    template_name = "website/backoffice/clear.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list of pages and to the page in the editor."""
        page, above = self.page, self.page.get_parent()
        return [
            *self.breadcrumbs_items,
            {"url": reverse("wagtailadmin_explore", args=[above.pk]), "label": above.get_admin_display_title()},
            {"url": reverse("wagtailadmin_pages:edit", args=[page.pk]), "label": page.get_admin_display_title()},
            {"url": "", "label": self.page_title},
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at the words once more: names may have become known since."""
        services.refresh_flags(page=self.page)
        return super().get(request, *args, **kwargs)

    def label_of(self, name: str) -> str:
        """Return what the field `name` is called above its words."""
        return capfirst(str(self.page._meta.get_field(name).verbose_name))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words of the page, and the flags with a proposal for each."""
        newest = self.page.get_latest_revision_as_object()
        flags = flags_of(self.page)
        standing = [flag for flag in flags if flag.state != FlagState.REPLACED]
        undecided = [flag for flag in flags if flag.state == FlagState.OPEN]
        words = words_by_field(newest)
        workflow = self.page.current_workflow_state
        return super().get_context_data(
            page=self.page,
            screens={name: f"{self.namespace}:{name}" for name in ("decide", "submit", "together")},
            sections=[
                {"label": self.label_of(name), "paragraphs": paragraphs_of(text, standing)}
                for name, text in words.items()
                if name not in (*OF_EVERY_PAGE[1:], "slug")
            ],
            other_words=paragraphs_of(for_search_engines(words), standing),
            flags=[{"flag": flag, "proposal": proposal_for(flag.kind, flag.text)} for flag in flags],
            several=self.several(undecided) if self.may_decide else [],
            decided=len(flags) - len(undecided),
            total=len(flags),
            first_open=undecided[0] if undecided else None,
            may_decide=self.may_decide,
            workflow=workflow,
            is_in_review=workflow is not None and workflow.status == workflow.STATUS_IN_PROGRESS,
            needs_review=newest.has_unpublished_changes or not self.page.live,
            **kwargs,
        )

    def several(self, undecided: list[PassageFlag]) -> list[dict[str, Any]]:
        """Return the kinds of which many wait and may be decided together, each with its flags."""
        allowed = decided_together(self.page)
        by_kind = {kind: [flag for flag in undecided if flag.kind == kind] for kind in FlagKind if kind in allowed}
        return [{"kind": kind, "flags": flags} for kind, flags in by_kind.items() if len(flags) >= SEVERAL]


class DecideView(PageScreen, View):
    """One decision about one passage."""

    @cached_property
    def flag(self) -> PassageFlag:
        """The passage."""
        return get_object_or_404(PassageFlag, pk=self.kwargs["pk"])

    @property
    def page_number(self) -> int:
        """The number of the page on which the passage stands."""
        return self.flag.page_id

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide, and go on with the next passage."""
        if not self.may_decide:
            raise PermissionDenied
        by = signed_in(request)
        decision = request.POST.get("decision")
        try:
            if decision == "replace":
                services.replace_passage(flag=self.flag, replacement=request.POST.get("replacement", ""), by=by)
            elif decision == "harmless":
                services.clear_flag(flag=self.flag, by=by)
            elif decision == "reopen":
                services.reopen_flag(flag=self.flag, by=by)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return self.back()


class TogetherView(PageScreen, View):
    """One decision about several passages of one kind: harmless, those that are ticked."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide, and go on with the next passage."""
        if not self.may_decide:
            raise PermissionDenied
        numbers = [int(number) for number in request.POST.getlist("flag") if number.isdecimal() and len(number) < 19]
        if not numbers:
            messages.error(request, _("Tick the passages that are harmless."))
            return self.back()
        try:
            count = services.clear_flags(page=self.page, numbers=numbers, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            done = ngettext("%(count)d passage found harmless.", "%(count)d passages found harmless.", count)
            messages.success(request, done % {"count": count})
        return self.back()


class SubmitView(PageScreen, View):
    """Send the page to its reviewers."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it, or say what is still to decide."""
        if not self.may_decide:
            raise PermissionDenied
        try:
            services.submit_for_review(page=self.page, by=signed_in(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Sent to review. An administrator reads it and publishes it."))
        return self.back()


class PrivacyViewSet(ViewSet):
    """The shared screens. Reached from the editor and from lists of drafts, so they stand in no menu."""

    name = SCREENS
    url_prefix = "clearing"

    def get_urlpatterns(self) -> list[URLPattern]:
        """The page with its passages, a decision, several, the end."""
        return [
            path("page/<int:pk>/", ClearView.as_view(), name="clear"),
            path("page/<int:pk>/submit/", SubmitView.as_view(), name="submit"),
            path("page/<int:pk>/together/", TogetherView.as_view(), name="together"),
            path("passage/<int:pk>/", DecideView.as_view(), name="decide"),
        ]
