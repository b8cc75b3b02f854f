"""Members of the review group in the back office: who they are, and whether they can sign in as such."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import signed_in
from accounts.services import register_person
from common.errors import DomainError
from common.strokes import Strokes

from ..meeting_forms import MemberEditForm, NewMemberForm
from ..models import CommitteeMember
from ..services import committee
from .review_screens import ReviewMenuItem, ReviewView

PER_PAGE = 50


class _CommitteeView(ReviewView):
    page_title = gettext_lazy("Members of the review group")
    index_name = "casestudies_committee:index"


class CommitteeView(_CommitteeView, FormView):
    """The members; POST adds one."""

    template_name = "casestudies/backoffice/committee.html"
    form_class = NewMemberForm

    def form_valid(self, form: NewMemberForm) -> HttpResponse:
        """Add the person, who is recorded first where the records do not know them; or say why not."""
        data, by = form.cleaned_data, signed_in(self.request)
        try:
            with transaction.atomic():
                person = data["person"] or register_person(name=data["name"], email=data["email"], by=by)
                values = {name: data[name] for name in ("is_external", "is_chair", "organisation", "expertise")}
                member = committee.add_member(person=person, **values, by=by)
        except DomainError as refusal:
            form.add_error("is_chair" if refusal.code == "chair" else None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is a member now. Let them sign in next.") % {"name": member})
        return redirect("casestudies_committee:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the list."""
        page = Paginator(members_listed(), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page_obj=page, **kwargs)


def members_listed() -> QuerySet[CommitteeMember]:
    """Return the members, the active ones first, with their meetings and whether they can sign in."""
    accounts = User.objects.filter(person=OuterRef("person"), is_active=True)
    return (
        CommitteeMember.objects.select_related("person__agency")
        .annotate(
            has_access=Exists(accounts.filter(groups__name=Role.COMMITTEE_MEMBER.value)),
            attended=Count("meetings", filter=Q(meetings__was_present=True), distinct=True),
            invited=Count("meetings", distinct=True),
        )
        .order_by("-is_active", "-is_chair", "is_external", Strokes("person__name"), "pk")
    )


class MemberView(_CommitteeView, FormView):
    """What the records say of one member."""

    template_name = "casestudies/backoffice/committee_member.html"
    form_class = MemberEditForm

    @cached_property
    def member(self) -> CommitteeMember:
        """The member shown."""
        return get_object_or_404(CommitteeMember.objects.select_related("person__agency"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the member."""
        return self.member.person.name

    def get_initial(self) -> dict[str, Any]:
        """What stands there."""
        return MemberEditForm.values_of(self.member)

    def form_valid(self, form: MemberEditForm) -> HttpResponse:
        """Save, or say why not."""
        try:
            committee.change_member(member=self.member, **form.cleaned_data, by=signed_in(self.request))
        except DomainError as refusal:
            form.add_error("is_chair" if refusal.code == "chair" else None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect("casestudies_committee:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the member."""
        return super().get_context_data(member=self.member, **kwargs)


class AccessView(_CommitteeView, View):
    """POST `deed`: give or take the role of a committee member."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, or say why not."""
        member = get_object_or_404(CommitteeMember.objects.select_related("person"), pk=pk)
        deed, by = request.POST.get("deed"), signed_in(request)
        if deed not in ("give", "take"):
            raise Http404
        try:
            if deed == "give":
                committee.give_access(member=member, by=by)
                messages.success(request, _("%(name)s can sign in as a member now.") % {"name": member})
            else:
                committee.take_access(member=member, by=by)
                messages.success(request, _("%(name)s sees no meeting and no case any more.") % {"name": member})
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect(f"{reverse('casestudies_committee:index')}#member-{member.pk}")


class CommitteeViewSet(ViewSet):
    """The members of the review group."""

    name = "casestudies_committee"
    url_prefix = "tenders/committee"
    icon = "group"
    menu_label = gettext_lazy("Committee members")
    menu_name = "committee-members"
    menu_hook = "register_tenders_menu_item"
    menu_order = 65
    menu_item_class = ReviewMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list and one member."""
        return [
            path("", CommitteeView.as_view(), name="index"),
            path("<int:pk>/", MemberView.as_view(), name="member"),
            path("<int:pk>/access/", AccessView.as_view(), name="access"),
        ]
