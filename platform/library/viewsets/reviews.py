"""To review after changes of law: what cites a changed article, and what a person did about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from accounts.permissions import signed_in
from common.errors import DomainError

from .. import services
from ..comparison import wordings
from ..models import CitationReview
from ..permissions import can_review_citations

ROWS_PER_PAGE = 50


class ReviewForm(forms.ModelForm[CitationReview]):
    """What was done about it."""

    class Meta:
        model = CitationReview
        fields = ("note",)
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"note": gettext_lazy("Such as: still right; or: paragraph 2 rewritten.")}


class _ReviewView(WagtailAdminTemplateMixin):
    """A screen of the reviews; for those who may close them."""

    header_icon = "glasses"
    page_title = gettext_lazy("To review after changes of law")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else. Raises PermissionDenied."""
        if not can_review_citations(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("law_reviews:index"), "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]


class ReviewListView(_ReviewView, TemplateView):
    """What waits, the newest change first; `?state=closed` shows what was reviewed."""

    template_name = "library/backoffice/review_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the page of the list that is asked for."""
        is_open = self.request.GET.get("state") != "closed"
        shown = _reviews().filter(closed_at__isnull=is_open)
        if not is_open:
            shown = shown.order_by("-closed_at", "-pk")
        page = Paginator(shown, ROWS_PER_PAGE).get_page(self.request.GET.get("p"))
        rows = [_described(review, self.request.user) for review in page]
        return super().get_context_data(rows=rows, page_obj=page, is_open=is_open, **kwargs)


class ReviewView(_ReviewView, FormView):
    """One of them: the words before and after, where to edit what cites them, and the note that closes it."""

    form_class = ReviewForm
    template_name = "library/backoffice/review.html"

    @cached_property
    def review(self) -> CitationReview:
        """The review that is asked for."""
        return get_object_or_404(_reviews(), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name what cites."""
        return str(self.review.citing or "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words before and after."""
        article = self.review.article
        history = wordings(article, list(article.versions.select_related("law_version")))
        wording = next((found for found in history if found.version.pk == self.review.version_id), None)
        row = _described(self.review, self.request.user)
        url = _url(self.review.citing)
        return super().get_context_data(row=row, url=url, review=self.review, wording=wording, **kwargs)

    def form_valid(self, form: ReviewForm) -> HttpResponse:
        """Close the review."""
        try:
            services.close_review(
                review=self.review, note=form.cleaned_data["note"], by=signed_in(self.request)
            )  # fmt: skip
        except DomainError as error:
            form.add_error("note", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Reviewed. Its readers are no longer warned of this change."))
        return redirect("law_reviews:index")


def _reviews() -> QuerySet[CitationReview]:
    found = CitationReview.objects.select_related(
        "article__law", "version__law_version", "version__article__law", "closed_by__person"
    )
    return found.prefetch_related("citing")


def _described(review: CitationReview, user: Any) -> dict[str, Any]:
    """Return what the screens say of `review`; what cites may be gone since."""
    citing: Model | None = review.citing
    return {
        "review": review,
        "title": str(citing) if citing is not None else _("no longer there"),
        "kind": capfirst(citing._meta.verbose_name or "") if citing is not None else "",
        "edit_url": _edit_url(citing, user),
    }


def _url(citing: Any) -> str | None:
    """Return where readers find `citing`, if anywhere."""
    url: str | None = citing.get_absolute_url() if hasattr(citing, "get_absolute_url") else getattr(citing, "url", None)
    return url


def _edit_url(citing: Model | None, user: Any) -> str | None:
    if citing is None:
        return None
    if isinstance(citing, Page):  # the editor asks itself who may; asking here would cost queries for each row
        return reverse("wagtailadmin_pages:edit", args=[citing.pk])
    url: str | None = AdminURLFinder(user).get_edit_url(citing)
    return url


class _ReviewMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_review_citations(request.user)


class CitationReviewViewSet(ViewSet):
    """The list, and one review."""

    name = "law_reviews"
    url_prefix = "law-reviews"
    icon = "glasses"
    menu_label = gettext_lazy("To review after changes of law")
    menu_item_class = _ReviewMenuItem

    def get_urlpatterns(self) -> Sequence[URLPattern]:
        """The list, one of them."""
        return [
            path("", ReviewListView.as_view(), name="index"),
            path("<int:pk>/", ReviewView.as_view(), name="review"),
        ]
