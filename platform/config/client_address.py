"""Whose request it is, seen through the proxies in front of us."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the entry that the outermost of our own proxies wrote.

    A client may put anything at the beginning of X-Forwarded-For; only the last `TRUSTED_PROXY_COUNT` entries are
    written by proxies of ours. A request that came past them counts by its own address.
    """
    entries = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",") if entry.strip()]
    count = settings.TRUSTED_PROXY_COUNT
    return entries[-count] if 0 < count <= len(entries) else str(request.META["REMOTE_ADDR"])
