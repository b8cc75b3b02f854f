"""What stands before everything else: the answer whether the platform works, and the headers of every page."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .views import healthz

# what pages may use of a device: passkeys and, to scan a code, the camera
PERMISSIONS_POLICY = (
    "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), "
    "geolocation=(), microphone=(), payment=(), usb=()"
)


class HealthMiddleware:
    """Answer /healthz before anything asks for the session, which may be what is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or pass the request on."""
        return healthz(request) if request.path_info == "/healthz" else self.get_response(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Send the strict policy everywhere and, under /cms/ only, the least relaxation Wagtail needs."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add both policies: what a page may load, and what it may use of the device."""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the parts of the policy for this response."""
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/cms/"):
            parts.update = {**(parts.update or {}), **settings.CONTENT_SECURITY_POLICY_CMS}
        return parts
