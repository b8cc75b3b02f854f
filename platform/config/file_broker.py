"""The embedded default's broker: kombu's messages in a folder, each of which appears whole or not at all.

kombu writes a message under the name by which the worker looks for it, and the table of an exchange under the name by
which everybody reads it. On a busy machine a worker can so take what is half written, and ends. Here both are written
under another name first.
"""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "folder"


class Channel(filesystem.Channel):
    """kombu's channel, but for how files get into the folders."""

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Add a queue to the table of `exchange`, which others may be reading and making at the same time."""
        table = self._exchange_file(exchange)
        self.control_folder.mkdir(parents=True, exist_ok=True)
        if not table.exists():
            empty = table.with_name(f".{uuid.uuid4()}")
            empty.write_text("[]", encoding="utf-8")
            with suppress(FileExistsError):  # somebody else was first: theirs may hold a queue already
                os.link(empty, table)
            empty.unlink()
        super()._queue_bind(exchange, routing_key, pattern, queue)

    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: Any) -> None:  # type: ignore[override]  # kombu's own classes disagree on its name
        """Put `payload` onto `queue`. Raises ChannelError when the folder cannot be written."""
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f".{name}"  # workers compare what follows the first full stop with the queue's name
        try:
            unfinished.write_text(dumps(payload), encoding="utf-8")
            unfinished.replace(folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}: {error.strerror}") from error


class Transport(filesystem.Transport):
    """kombu's transport over a folder, with this channel."""

    Channel = Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
