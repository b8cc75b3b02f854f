"""The one gate of staff: who may enter the back office, choose in its dialogues, and with how many factors."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .choosing import are_keys, can_choose, has_no_form, model_chosen_by
from .permissions import needs_second_factor

_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
_OPEN_WITHOUT_FACTOR = ("account_", "mfa_")
_ALWAYS_OPEN = frozenset({"set_language", "healthz"})


class StaffGateMiddleware:
    """Let nobody into /cms/ or its choosers without the permission, and no staff anywhere without a second factor.

    allauth asks for a second factor that exists; it knows none that must exist. So staff who have not set one
    up yet are sent to do so from every page of the site, not only from the back office: their rights to see
    other people's data do not end at /cms/.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass every request on; the gate stands in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponse], view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        """Answer in the view's place where the gate is closed. Raises PermissionDenied and, at choosers, Http404."""
        user = request.user
        match = request.resolver_match
        if not user.is_authenticated or match is None:
            return None
        # 403 and not a redirect: Wagtail's own would lead to the sign-in page and back, for ever
        if match.route.startswith("cms/"):
            if not user.has_perm("wagtailadmin.access_admin"):
                raise PermissionDenied
            chosen = model_chosen_by(view_func)
            if chosen is not None and not can_choose(user, chosen):
                raise PermissionDenied
            if has_no_form(view_func) or (chosen is not None and not are_keys(chosen, _keys(request, view_kwargs))):
                raise Http404
        name = match.url_name or ""
        if (
            not settings.STAFF_SECOND_FACTOR_REQUIRED
            or name in _ALWAYS_OPEN
            or (match.namespace == "" and name.startswith(_OPEN_WITHOUT_FACTOR))
            or not needs_second_factor(user)
            or get_adapter().is_mfa_enabled(user, types=_FACTORS)
        ):
            return None
        messages.warning(request, _("Your role sees other people’s data: set up a second factor to go on."))
        return redirect("mfa_index")


def _keys(request: HttpRequest, view_kwargs: dict[str, Any]) -> list[str]:
    """Return the keys that a chooser is asked for, in its address and its parameters."""
    return request.GET.getlist("id") + ([view_kwargs["pk"]] if "pk" in view_kwargs else [])
