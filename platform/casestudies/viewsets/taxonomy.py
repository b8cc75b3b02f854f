"""The taxonomy under /cms/tenders/taxonomy/: its editions, what stands in them, revising and publishing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from accounts.permissions import signed_in
from common.errors import DomainError

from ..enums import Dimension
from ..models import TaxonomyEdition, TaxonomyEntry
from ..services import taxonomy as services
from ..taxonomies import by_dimension, changes_between, current_edition, edition_before, editions
from ..taxonomy_forms import EditionForm, EntryForm, next_edition_name
from .managed import TAXONOMY, ManagedScreen, ManagersOnlyMenuItem


class EditionListView(ManagedScreen, TemplateView):
    """All editions, the one in force marked."""

    template_name = "casestudies/backoffice/taxonomy_index.html"
    page_title = TAXONOMY[1]
    header_icon = "list-ol"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the editions."""
        return super().get_context_data(editions=editions(), current=current_edition(), **kwargs)


class _EditionScreen(ManagedScreen):
    """A screen about one edition."""

    page_title = TAXONOMY[1]
    header_icon = "list-ol"
    parents = (TAXONOMY,)
    kwargs: dict[str, Any]

    @cached_property
    def edition(self) -> TaxonomyEdition:
        """The edition that is asked for."""
        return get_object_or_404(editions(), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the edition."""
        return self.edition.name


class EditionView(_EditionScreen, TemplateView):
    """What stands in an edition, and what it changed against the edition before."""

    template_name = "casestudies/backoffice/taxonomy_edition.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the entries and the changes."""
        before = edition_before(self.edition)
        return super().get_context_data(
            edition=self.edition,
            dimensions=by_dimension(self.edition),
            is_current=self.edition == current_edition(),
            before=before,
            changes=changes_between(before, self.edition) if before else [],
            labels={field.name: field.verbose_name for field in TaxonomyEntry._meta.get_fields() if field.concrete},
            **kwargs,
        )


class _FormScreen(_EditionScreen, FormView):
    """A form that a service saves; what it refuses stands at the field that its code names, with all that was typed."""

    template_name = "casestudies/backoffice/taxonomy_form.html"

    def save(self, form: Any) -> str:
        """Save, and return the address to go on to. Raises DomainError to refuse."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, or show why not."""
        try:
            return redirect(self.save(form))
        except DomainError as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else None, str(refusal))
            return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what is wrong, with all that was typed."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ReviseView(_FormScreen):
    """Copy an edition into a new one that may be changed."""

    form_class = EditionForm
    extra_context = {
        "lead": gettext_lazy("All entries are copied. Nothing changes for anybody until the revision is published."),
        "deed": gettext_lazy("Make the revision"),
    }

    def get_initial(self) -> dict[str, Any]:
        """Propose a name."""
        return {"name": next_edition_name()}

    def save(self, form: EditionForm) -> str:
        """Copy it."""
        copy = services.revise(edition=self.edition, **form.cleaned_data, by=signed_in(self.request))
        messages.success(self.request, _("The revision is made. Change its entries, then publish it."))
        return reverse("casestudies_taxonomy:edition", args=[copy.pk])


class EditionEditView(_FormScreen):
    """Change the name, day and source of an edition that is not published."""

    form_class = EditionForm
    extra_context = {"deed": gettext_lazy("Save the edition")}

    def get_initial(self) -> dict[str, Any]:
        """Show what is there."""
        edition = self.edition
        return {"name": edition.name, "effective_from": edition.effective_from, "source": edition.source}

    def save(self, form: EditionForm) -> str:
        """Change it."""
        services.change_edition(edition=self.edition, **form.cleaned_data, by=signed_in(self.request))
        messages.success(self.request, _("Saved."))
        return reverse("casestudies_taxonomy:edition", args=[self.edition.pk])


class EntryView(_FormScreen):
    """An entry of an edition that is not published: a new one of a dimension, or one that is there."""

    form_class = EntryForm
    extra_context = {"deed": gettext_lazy("Save the entry")}

    @cached_property
    def entry(self) -> TaxonomyEntry:
        """The entry that is asked for. Raises Http404 for a dimension that there is not."""
        if "entry_pk" in self.kwargs:
            entries = TaxonomyEntry.objects.select_related("edition")
            return get_object_or_404(entries, pk=self.kwargs["entry_pk"], edition=self.edition)
        if self.kwargs["dimension"] not in Dimension.values:
            raise Http404
        return TaxonomyEntry(edition=self.edition, dimension=self.kwargs["dimension"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tie the form to the entry."""
        return {**super().get_form_kwargs(), "instance": self.entry}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which dimension it is."""
        lead = Dimension(self.entry.dimension).label
        return super().get_context_data(lead=lead, entry=self.entry, edition=self.edition, **kwargs)

    def save(self, form: EntryForm) -> str:
        """Save it."""
        entry = form.save(commit=False)
        services.save_entry(entry=entry, measures=form.cleaned_data.get("measures", []), by=signed_in(self.request))
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": entry})
        return f"{reverse('casestudies_taxonomy:edition', args=[self.edition.pk])}#{entry.dimension}"


class EditionDeedView(_EditionScreen, View):
    """Publish an edition, throw it away, or take an entry out of it."""

    def post(self, request: HttpRequest, pk: int, deed: str, entry_pk: int = 0) -> HttpResponse:
        """Do it, or say why not."""
        by = signed_in(request)
        try:
            if deed == "publish":
                services.publish_edition(edition=self.edition, by=by)
                messages.success(request, _("Published: from its day on cases are diagnosed by this edition."))
            elif deed == "discard":
                services.discard_edition(edition=self.edition, by=by)
                messages.success(request, _("The revision is thrown away."))
                return redirect("casestudies_taxonomy:index")
            else:
                entry = get_object_or_404(TaxonomyEntry, pk=entry_pk, edition=self.edition)
                services.delete_entry(entry=entry, by=by)
                messages.success(request, _("“%(entry)s” is taken out.") % {"entry": entry})
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("casestudies_taxonomy:edition", pk)


class TaxonomyViewSet(ViewSet):
    """流廢標類別、態樣、原因及精進措施."""

    name = "casestudies_taxonomy"
    url_prefix = "tenders/taxonomy"
    icon = "list-ol"
    menu_label = TAXONOMY[1]
    menu_hook = "register_tenders_menu_item"
    menu_order = 70
    menu_item_class = ManagersOnlyMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The editions, one of them with its entries, and what is done to them."""
        deed = EditionDeedView.as_view()
        return [
            path("", EditionListView.as_view(), name="index"),
            path("<int:pk>/", EditionView.as_view(), name="edition"),
            path("<int:pk>/edit/", EditionEditView.as_view(), name="edit"),
            path("<int:pk>/revise/", ReviseView.as_view(), name="revise"),
            path("<int:pk>/publish/", deed, {"deed": "publish"}, name="publish"),
            path("<int:pk>/discard/", deed, {"deed": "discard"}, name="discard"),
            path("<int:pk>/new/<slug:dimension>/", EntryView.as_view(), name="new_entry"),
            path("<int:pk>/entries/<int:entry_pk>/", EntryView.as_view(), name="entry"),
            path("<int:pk>/entries/<int:entry_pk>/delete/", deed, {"deed": "delete"}, name="delete_entry"),
        ]
