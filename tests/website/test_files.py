"""What a browser, or a player that seeks, gets from a file."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile, FileField
from django.http import Http404
from django.test import RequestFactory
from storages.backends.s3 import S3Storage

from website.files import CHUNK, serve_file

CONTENT = bytes(range(256)) * 4  # 1,024 bytes, each place recognisable


@pytest.fixture
def video(tmp_path) -> FieldFile:
    return _file(tmp_path, "film.mp4", CONTENT)


def _file(tmp_path, name: str, content: bytes) -> FieldFile:
    storage = FileSystemStorage(location=tmp_path)
    file = FieldFile(None, FileField(), name)
    file.storage = storage
    storage.save(name, ContentFile(content))
    return file


def _get(file, *, method="get", inline=True, name=None, **headers):
    request = getattr(RequestFactory(), method)("/", headers=headers)
    return serve_file(request, file, filename=name or file.name, inline=inline)


def _body(response) -> bytes:
    return b"".join(response) if response.streaming else response.content


def test_the_whole_file_comes_with_its_size_and_the_offer_of_ranges(video):
    response = _get(video)
    assert (response.status_code, _body(response)) == (200, CONTENT)
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == "1024"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Disposition"] == 'inline; filename="film.mp4"'


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=100-199", 100, 199), ("bytes=1000-", 1000, 1023), ("bytes=-24", 1000, 1023),
     ("bytes=1000-5000", 1000, 1023), ("bytes=-9999", 0, 1023)],
)  # fmt: skip
def test_a_player_gets_the_bytes_it_asks_for(video, asked, first, last):
    response = _get(video, range=asked)
    assert (response.status_code, _body(response)) == (206, CONTENT[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/1024"
    assert response["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=-", "bytes=a-b", "pages=1-2", "bytes=0-1,5-6", "bytes=" + "9" * 400 + "-"]
)
def test_what_is_not_one_well_formed_range_is_ignored(video, asked):
    response = _get(video, range=asked)
    assert (response.status_code, _body(response)) == (200, CONTENT)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=2000-3000", "bytes=-0"])
def test_a_range_outside_the_file_cannot_be_satisfied(video, asked):
    response = _get(video, range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


def test_head_tells_the_size_and_sends_nothing(video):
    response = _get(video, method="head", range="bytes=0-9")
    assert (response.status_code, response["Content-Length"], _body(response)) == (200, "1024", b"")


def test_a_range_is_only_continued_while_the_file_is_the_same(video):
    etag = _get(video)["ETag"]
    assert _get(video, range="bytes=0-9", if_range=etag).status_code == 206
    assert _get(video, range="bytes=0-9", if_range='"another"').status_code == 200
    modified = _get(video)["Last-Modified"]
    assert _get(video, range="bytes=0-9", if_range=modified).status_code == 206
    assert _get(video, range="bytes=0-9", if_range="Wed, 21 Oct 2015 07:28:00 GMT").status_code == 200


def test_what_the_browser_has_already_is_not_sent_again(video):
    response = _get(video, if_none_match=_get(video)["ETag"])
    assert (response.status_code, _body(response)) == (304, b"")


def test_a_changed_file_has_another_etag(tmp_path):
    old = _get(_file(tmp_path / "a", "film.mp4", CONTENT))["ETag"]
    assert _get(_file(tmp_path / "b", "film.mp4", CONTENT + b"!"))["ETag"] != old


def test_a_large_file_is_read_piece_by_piece(tmp_path):
    response = _get(_file(tmp_path, "film.mp4", b"x" * (3 * CHUNK + 5)))
    assert [len(piece) for piece in response] == [CHUNK, CHUNK, CHUNK, 5]


def test_a_file_is_closed_when_the_reader_leaves_in_the_middle(db, video):
    response = _get(video)
    next(iter(response))
    response.close()  # an open file would warn, and warnings are errors


@pytest.mark.parametrize(
    "name", ["page.html", "page.HTM", "drawing.svg", "data.xml", "app.xhtml", "what.ever", "noextension", "run.js"]
)
def test_what_a_browser_would_run_or_does_not_know_is_only_downloaded(tmp_path, name):
    response = _get(_file(tmp_path, name, b"<script>alert(1)</script>"))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("name", "content_type", "disposition"),
    [
        ("a.pdf", "application/pdf", "inline"),
        ("a.vtt", "text/vtt; charset=utf-8", "inline"),
        ("a.png", "image/png", "inline"),
        ("a.ods", "application/vnd.oasis.opendocument.spreadsheet", "attachment"),
        ("a.txt", "text/plain", "attachment"),
    ],
)
def test_each_type_is_shown_or_downloaded(tmp_path, name, content_type, disposition):
    response = _get(_file(tmp_path, name, b"content"))
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'{disposition}; filename="{name}"'


def test_what_is_shown_may_run_nothing(video):
    policy = _get(video)["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy


def test_a_download_keeps_its_chinese_name(tmp_path):
    response = _get(_file(tmp_path, "a.pdf", b"%PDF"), inline=False, name="驗收紀錄.pdf")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E9%A9%97%E6%94%B6%E7%B4%80%E9%8C%84.pdf"


def test_a_file_that_the_storage_lost_is_not_found(video):
    video.storage.delete(video.name)
    with pytest.raises(Http404):
        _get(video)


def test_a_storage_that_signs_addresses_sends_the_reader_there(video):
    video.storage = S3Storage(
        access_key="key", secret_key="secret", bucket_name="bucket", endpoint_url="https://s3.example.test",
        region_name="tw", querystring_auth=True, querystring_expire=300, signature_version="s3v4",
    )  # fmt: skip
    response = _get(video)
    assert response.status_code == 302
    assert response["Location"].startswith("https://s3.example.test/bucket/film.mp4?")
    assert "X-Amz-Expires=300" in response["Location"]
    assert "response-content-type=video%2Fmp4" in response["Location"]
    assert response["Cache-Control"] == "private, no-store"
