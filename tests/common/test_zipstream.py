"""A streamed archive is an archive like any other."""

import io
import zipfile

from common.zipstream import ZipStream


def test_other_programs_read_what_was_streamed():
    stream = ZipStream()
    pieces = [
        *stream.stored("王小明.pdf", b"%PDF"),
        *stream.deflated("b.txt", (b"line\n" for _number in range(10_000))),
        *stream.stored("empty", b""),
        *stream.end(),
    ]
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["王小明.pdf", "b.txt", "empty"]
        assert archive.read("b.txt") == b"line\n" * 10_000
        assert archive.read("王小明.pdf") == b"%PDF"


def test_an_archive_without_members_is_one_too():
    with zipfile.ZipFile(io.BytesIO(b"".join(ZipStream().end()))) as archive:
        assert archive.namelist() == []
