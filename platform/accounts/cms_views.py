"""Views of our own in the place of Wagtail's under /cms/."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel


class BackOfficeAccountView(AccountView):
    """Preferences of the back office. Name and e-mail belong to the person and to sign-in, not here."""

    def get_panels(self) -> list[Any]:
        """Leave out name and e-mail, which Wagtail would demand and save nowhere."""
        return [panel for panel in super().get_panels() if not isinstance(panel, NameEmailSettingsPanel)]


def not_here(request: HttpRequest) -> HttpResponse:
    """Answer that there is no such page. Raises Http404."""
    raise Http404
