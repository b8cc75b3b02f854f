"""Whether the platform works."""

from collections.abc import Callable

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from .tasks import HEARTBEAT_KEY


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return False
    return True


def _cache_answers() -> bool:
    """Whether the cache's server answers; what has none (the embedded default) always does."""
    is_answering: Callable[[], bool] | None = getattr(cache, "is_answering", None)
    return is_answering is None or is_answering()


def _worker_answers() -> bool:
    """Whether a worker has left its sign in the cache; while the cache is away nobody can tell, which is no yes."""
    return cache.get(HEARTBEAT_KEY) is not None


PARTS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "cache": _cache_answers,
    "broker": _broker_answers,
    "worker": _worker_answers,
}


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Tell whether database, cache, broker and worker answer: 200 when all do, 503 otherwise."""
    parts = {name: answers() for name, answers in PARTS.items()}
    healthy = all(parts.values())
    return JsonResponse(
        {"status": "ok" if healthy else "failing", "parts": {k: "ok" if v else "failing" for k, v in parts.items()}},
        status=200 if healthy else 503,
        headers={"Cache-Control": "no-store"},
    )
