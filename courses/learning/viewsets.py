"""Materials in Wagtail's admin: those of the runs one teaches; posted, withdrawn, never edited or deleted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from common.backoffice import SavedByServiceMixin
from common.templatetags.common_tags import rocdatetime

from . import services
from .forms import MaterialAdminForm
from .models import Material
from .permissions import can_post_material, can_use_materials
from .selectors import materials_kept_by


class MaterialPolicy(ModelPermissionPolicy):
    """Those who teach a run keep its materials; "delete" means to withdraw, and nobody changes one."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` may do `action` to some material."""
        return action in {"add", "view", "delete"} and can_use_materials(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Whether `user` may do any of `actions`."""
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Material) -> bool:
        """Whether `user` may do `action` to this material."""
        return self.user_has_permission(user, action) and can_post_material(user, instance.run)

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Material) -> bool:
        """Whether `user` may do any of `actions` to this material."""
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)


class MaterialIndexView(generic.IndexView):
    """The list, narrowed to the runs that the reader teaches."""

    def get_base_queryset(self) -> QuerySet[Material]:
        """Return the materials of the runs one teaches."""
        return materials_kept_by(self.request.user).select_related("run", "subject", "posted_by__person")


class MaterialCreateView(SavedByServiceMixin, generic.CreateView):
    """Post a file to one of the runs that the reader teaches."""

    log_action = "wagtail.create"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who posts."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_success_buttons(self) -> list[Any]:
        """There is no page to edit a material."""
        return []

    def save_by_service(self, form: Any) -> Model:
        """Post the file."""
        return services.post_material(by=self.request.user, **form.cleaned_data)


class MaterialWithdrawView(generic.DeleteView):
    """Ask, and withdraw."""

    page_title = _("Take back")
    success_message = _("“%(object)s” is taken back; nobody enrolled can open it any more.")
    template_name = "learning/admin/withdraw_material.html"

    def get_object(self, queryset: QuerySet[Material] | None = None) -> Material:
        """Return the material; those of runs one does not teach are closed."""
        material: Material = super().get_object(queryset)
        if not can_post_material(self.request.user, material.run):
            raise PermissionDenied
        return material

    def get_usage_url(self) -> None:
        """Nothing refers to a material."""
        return

    def delete_action(self) -> None:
        """Withdraw; the file is kept."""
        services.withdraw_material(material=self.object, by=self.request.user)


class MaterialFilterSet(WagtailFilterSet):
    """What the list is narrowed by."""

    class Meta:
        model = Material
        fields = ["visibility"]


class MaterialViewSet(ModelViewSet):
    """Materials of runs."""

    model = Material
    name = "materials"
    icon = "doc-full"
    menu_label = _("Materials")
    menu_order = 260
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = False
    permission_policy = MaterialPolicy(Material)
    index_view_class = MaterialIndexView
    add_view_class = MaterialCreateView
    delete_view_class = MaterialWithdrawView
    filterset_class = MaterialFilterSet
    search_fields = ["title", "run__code"]
    form_fields = ["run", "title", "file", "subject", "visibility"]
    list_display = [
        TitleColumn("title", label=_("title"), get_url=lambda material: material.get_absolute_url()),
        Column("run", label=_("course run"), accessor="run.code"),
        Column("visibility", label=_("visible to"), accessor="get_visibility_display"),
        Column(
            "posted_at", label=_("posted at"), accessor=lambda row: rocdatetime(row.posted_at), sort_key="posted_at"
        ),
        Column("withdrawn_at", label=_("taken back at"), accessor=lambda row: rocdatetime(row.withdrawn_at)),
    ]

    def get_form_class(self, for_update: bool = False) -> type[MaterialAdminForm]:
        """Return the form that knows who posts."""
        return MaterialAdminForm

    def get_urlpatterns(self) -> list[URLPattern]:
        """List, post, withdraw: nothing else."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("withdraw/<int:pk>/", self.delete_view, name="delete"),
        ]

    def register_admin_url_finder(self) -> None:
        """There is no page to edit these."""
