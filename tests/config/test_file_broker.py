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


def _bind(folder: Path, name: str) -> list[str]:
    with _connect(folder) as connection:
        channel = connection.channel()
        channel._queue_bind("shared", name, None, name)
        return [row.queue for row in channel.get_table("shared")]


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_the_table_of_an_exchange_is_whole_whoever_makes_it(tmp_path):
    for turn in range(20):
        folder = tmp_path / str(turn)
        (folder / "control").mkdir(parents=True)
        names = [f"queue-{number}" for number in range(8)]
        with ThreadPoolExecutor(len(names)) as pool:
            seen = list(pool.map(lambda name, folder=folder: _bind(folder, name), names))
        assert all(name in queues for name, queues in zip(names, seen, strict=True))
        assert sorted(_bind(folder, "queue-0")) == names


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_every_message_is_read_whole(tmp_path):
    (tmp_path / "control").mkdir()
    _write(tmp_path, range(0))  # the queue is there before anybody writes, as when a worker has started
    with ThreadPoolExecutor(3) as pool:
        read = pool.submit(_read, tmp_path, MESSAGES)
        half = MESSAGES // 2
        writers = [pool.submit(_write, tmp_path, numbers) for numbers in (range(half), range(half, MESSAGES))]
        assert [writer.result() for writer in writers] == [None, None]
        assert sorted(read.result()) == list(range(MESSAGES))
