"""Views of the site itself: where to go, what waits, search, the map, and what to say when something fails."""

from .errors import bad_request, csrf_failure, forbidden, not_found, server_error, too_many_requests
from .finding import robots, search, site_map
from .workplaces import desk, start, today

__all__ = [
    "bad_request",
    "csrf_failure",
    "desk",
    "forbidden",
    "not_found",
    "robots",
    "search",
    "server_error",
    "site_map",
    "start",
    "today",
    "too_many_requests",
]
