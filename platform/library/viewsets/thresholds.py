"""The amounts that divide procurement into bands, in the back office: what was in force is only looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.permissions import signed_in
from common.backoffice import DayColumn, SavedByServiceMixin
from common.typedamounts import AmountField
from reports.forms import DayField

from .. import services
from ..enums import ThresholdKind
from ..models import Threshold


class ThresholdPolicy(ModelPermissionPolicy):
    """The permissions of the roles; of one amount, nobody changes or deletes what is or was in force."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Threshold) -> bool:
        """Whether `user` may do `action` to this amount."""
        if action in {"change", "delete"} and instance.effective_from <= timezone.localdate():
            return False
        return bool(self.user_has_permission(user, action))

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Threshold) -> bool:
        """Whether `user` may do any of `actions` to this amount."""
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)


class ThresholdForm(forms.ModelForm[Threshold]):
    """One amount from a day on. Of an amount that is there, its kind stays."""

    amount = AmountField(label=_("amount, NT$"), help_text=_("For example 1,500,000 or 150萬."))
    effective_from = DayField(label=_("in force from"))

    class Meta:
        model = Threshold
        fields = ["kind", "procurement_kind", "amount", "effective_from", "source"]
        help_texts = {
            "source": _("Who set it, when, under which number; of a small purchase, whether your government set it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("kind", "procurement_kind"):
                self.fields[name].disabled = True


class ThresholdIndexView(generic.IndexView):
    """The list; only what is not in force yet leads to a form."""

    def get_edit_url(self, instance: Threshold) -> str | None:
        """Return the address of the form, or none for what stays as it is."""
        if instance.effective_from <= timezone.localdate():
            return None
        url: str | None = super().get_edit_url(instance)
        return url

    def get_delete_url(self, instance: Threshold) -> str | None:
        """Return the address of deleting, or none for what stays as it is."""
        if instance.effective_from <= timezone.localdate():
            return None
        url: str | None = super().get_delete_url(instance)
        return url


class ThresholdCreateView(SavedByServiceMixin, generic.CreateView):
    """An amendment, or what the local government has set for itself."""

    log_action = "wagtail.create"

    def save_by_service(self, form: ThresholdForm) -> Model:
        """Add the amount."""
        fields = dict(form.cleaned_data)
        return services.add_threshold(kind=ThresholdKind(fields.pop("kind")), by=signed_in(self.request), **fields)


class _OnlyBeforeItsDayMixin:
    """A view of an amount that is closed once the amount is in force."""

    deed: str
    permission_policy: ThresholdPolicy
    request: HttpRequest

    def get_object(self, *args: Any, **kwargs: Any) -> Threshold:
        """Return the amount. Raises PermissionDenied for what stays as it is."""
        threshold: Threshold = super().get_object(*args, **kwargs)  # type: ignore[misc]  # of Wagtail's view beside it
        if not self.permission_policy.user_has_permission_for_instance(self.request.user, self.deed, threshold):
            raise PermissionDenied
        return threshold


class ThresholdEditView(_OnlyBeforeItsDayMixin, SavedByServiceMixin, generic.EditView):
    """Correct an amount before its day."""

    deed = "change"

    def save_by_service(self, form: ThresholdForm) -> Model:
        """Change the amount."""
        asked = form.cleaned_data
        return services.change_threshold(
            threshold=self.object, amount=asked["amount"], effective_from=asked["effective_from"],
            source=asked["source"], article=self.object.article, by=signed_in(self.request),
        )  # fmt: skip


class ThresholdDeleteView(_OnlyBeforeItsDayMixin, generic.DeleteView):
    """Take back an amount before its day."""

    deed = "delete"

    def get_usage_url(self) -> None:
        """Nothing refers to an amount."""
        return

    def delete_action(self) -> None:
        """Take it back."""
        services.remove_threshold(threshold=self.object, by=signed_in(self.request))


class ThresholdViewSet(ModelViewSet):
    """Amounts with the days they hold for."""

    model = Threshold
    name = "thresholds"
    url_prefix = "thresholds"
    icon = "sliders"
    menu_label = _("Amounts of procurement")
    copy_view_enabled = False
    add_to_reference_index = False
    permission_policy = ThresholdPolicy(Threshold)
    index_view_class = ThresholdIndexView
    add_view_class = ThresholdCreateView
    edit_view_class = ThresholdEditView
    delete_view_class = ThresholdDeleteView
    list_filter = ["kind"]
    ordering = ["-effective_from", "kind"]
    list_display = [
        "__str__",
        Column("procurement_kind", label=_("kind of procurement"), accessor="get_procurement_kind_display"),
        DayColumn("effective_from", label=_("in force from"), sort_key="effective_from"),
        "source",
    ]

    def get_form_class(self, for_update: bool = False) -> type[ThresholdForm]:
        """Return the form that reads amounts as people type them."""
        return ThresholdForm
