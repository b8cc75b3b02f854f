"""The embedded default's broker: kombu's messages in a folder, each of which appears whole or not at all.

kombu writes a message under the name by which the worker looks for it, so on a busy machine a worker can take one
that is half written, and ends. Here it is written under another name first.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "folder"


class Channel(filesystem.Channel):
    """kombu's channel, but for how a message gets into the folder."""

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
