"""What happens after a commit, and may fail without taking the commit with it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction


def after_commit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call `function` once the transaction is committed; at once where there is none.

    What it raises is logged: the change stands, and a periodic task repeats what was lost. (Django's own
    `robust=True` stumbles over a `functools.partial`, which has no name to log.)
    """

    def call() -> None:
        function(*args, **kwargs)

    transaction.on_commit(call, robust=True)
