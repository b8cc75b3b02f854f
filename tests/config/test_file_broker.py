"""The embedded broker under load: no message is lost, and none is taken before it is whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from config.file_broker import SCHEME

MESSAGES = 60
LOAD = "序" * 300_000  # long enough that writing takes a while


def _connect(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.001,
    }
    return Connection(f"{SCHEME}://localhost/", transport_options=options)


def _write(folder: Path, numbers: range) -> None:
    with _connect(folder) as connection, SimpleQueue(connection, "work") as queue:
        for number in numbers:
            queue.put({"number": number, "load": LOAD})


def _read(folder: Path, count: int) -> list[int]:
    with _connect(folder) as connection, SimpleQueue(connection, "work", no_ack=True) as queue:
        return [queue.get(timeout=30).payload["number"] for _ in range(count)]


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_every_message_is_read_whole(tmp_path):
    (tmp_path / "control").mkdir()
    with ThreadPoolExecutor(3) as pool:
        read = pool.submit(_read, tmp_path, MESSAGES)
        half = MESSAGES // 2
        writers = [pool.submit(_write, tmp_path, numbers) for numbers in (range(half), range(half, MESSAGES))]
        assert [writer.result() for writer in writers] == [None, None]
        assert sorted(read.result()) == list(range(MESSAGES))
