"""The cache of production: Redis, and what to do while Redis is away."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = 5  # seconds: while Redis is away, not every request waits for it anew
_YES, _NO = True, False  # what is answered in Redis's place
# What must be remembered all the same, by the beginning of its key: attempts at signing in and used one-time codes
# (allauth), attempts at everything else (django-ratelimit), and which screen saved last where two may write.
KEPT_IN_DATABASE = ("allauth", "rl:", "hotline:", "casestudies:opinion-screen:")


class TolerantCache(RedisCache):
    """Redis as a cache whose absence takes no page away.

    While Redis does not answer, nothing is found and nothing is kept, but for the keys `KEPT_IN_DATABASE`: those go to
    the cache called `limits`, a table of the database, so that limits hold. Said in the log once as it goes and once
    as it comes back.
    """

    _away_until = 0.0
    _is_away = False

    def is_answering(self) -> bool:
        """Ask Redis now, whatever was found before."""
        try:
            self.client.get_client().ping()
        except (RedisError, OSError):
            return False
        return True

    def get(self, key: Any, default: Any = None, version: int | None = None, client: Any = None) -> Any:
        """Return what is kept, or `default`."""
        return self._ask("get", default, key, default, version=version)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        """Keep `value` unless there is one; True when it was kept, or when nobody can tell."""
        return self._ask("add", _YES, key, value, timeout=timeout, version=version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        """Keep `value`."""
        return self._ask("set", None, key, value, timeout=timeout, version=version)

    def delete(self, key: Any, version: int | None = None) -> Any:
        """Forget the key; whether there was one."""
        return self._ask("delete", _NO, key, version=version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        """Keep the key for longer; whether there is one."""
        return self._ask("touch", _NO, key, timeout=timeout, version=version)

    def has_key(self, key: Any, version: int | None = None) -> Any:
        """Whether something is kept."""
        return self._ask("has_key", _NO, key, version=version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        """Count up. Raises ValueError where nothing is kept under this key."""
        return self._ask("incr", None, key, delta, version=version)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        """Return what is kept of `keys`."""
        return {key: found for key in keys if (found := self.get(key, version=version)) is not None}

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Keep them all."""
        for key, value in data.items():
            self.set(key, value, timeout=timeout, version=version)
        return []

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        """Forget them all."""
        for key in keys:
            self.delete(key, version=version)

    def clear(self) -> Any:
        """Forget everything."""
        caches["limits"].clear()
        return self._ask("clear", None)

    def _ask(self, name: str, otherwise: Any, *arguments: Any, **named: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                found = getattr(super(), name)(*arguments, **named)
            except (RedisError, OSError) as error:
                self._note_away(error)
            else:
                self._note_answering()
                return found
        if arguments and str(arguments[0]).startswith(KEPT_IN_DATABASE):
            return getattr(caches["limits"], name)(*arguments, **named)
        return otherwise

    @staticmethod
    def _note_away(error: Exception) -> None:
        # of the whole process: every thread has a cache object of its own
        if not TolerantCache._is_away:
            logger.error("The cache does not answer (%s): pages go on without it.", type(error).__name__)
        TolerantCache._is_away, TolerantCache._away_until = True, time.monotonic() + ASK_AGAIN_AFTER

    @staticmethod
    def _note_answering() -> None:
        if TolerantCache._is_away:
            logger.warning("The cache answers again.")
            TolerantCache._is_away = False
