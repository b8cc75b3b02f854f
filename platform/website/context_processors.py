"""What every template knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name in the reader's language, owner and telephone, and the name of the token's cookie."""
    return {
        "SITE_NAME": _("Sunshine Procurement Academy"),
        "ORGANISATION": settings.ORGANISATION,
        "PHONE_NUMBER": settings.PHONE_NUMBER,
        "CSRF_COOKIE_NAME": settings.CSRF_COOKIE_NAME,
    }
