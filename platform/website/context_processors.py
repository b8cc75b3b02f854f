"""What every template knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, owner and telephone."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "PHONE_NUMBER": settings.PHONE_NUMBER,
    }
