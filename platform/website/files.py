"""Serving files: always through a view that has checked permission, with ranges, from any storage.

What a browser would run (HTML, SVG, XML) or does not know is only ever downloaded.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import BinaryIO

from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

CHUNK = 128 * 1024  # bytes read at a time

# what a browser's own viewers of PDF, pictures and video need, and nothing that a file could run
SHOWN_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)
DOWNLOADED_POLICY = "sandbox; default-src 'none'"

INLINE_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".vtt": "text/vtt; charset=utf-8",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
# browsers run these, or might take other things for them
_NEVER_NAMED = re.compile(r"html|xml|svg|script|^text/(?!plain|csv)|^multipart|^message", re.IGNORECASE)
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


def serve_file(request: HttpRequest, file: FieldFile, *, filename: str, inline: bool = True) -> HttpResponseBase:
    """Return `file` as the answer to `request`; the caller has checked permission.

    `inline` lets the browser show what is safe to show (images, PDF, audio, video, captions); everything
    else, and everything when it is False, is a download named `filename`. Answers GET with one range
    (206, 416), If-Range, ETag, If-None-Match, If-Modified-Since and HEAD. A storage that signs addresses
    (S3) answers with a short-lived one. Raises Http404 when the storage has lost the file.
    """
    content_type, is_shown = _presentation(filename, inline=inline)
    disposition = content_disposition_header(not is_shown, filename) or "inline"
    # captions must come from our own address: browsers refuse a <track> from elsewhere
    if _signs_addresses(file.storage) and not content_type.startswith("text/vtt"):
        response: HttpResponseBase = HttpResponseRedirect(_signed_url(request, file, content_type, disposition))
        response["Cache-Control"] = "private, no-store"
        return response
    try:
        size, modified = file.size, _modified(file)
        response = _answer(request, file, size, modified)
    except FileNotFoundError as error:
        raise Http404(filename) from error
    if response.status_code in (200, 206):
        response["Content-Type"] = content_type
        response["Content-Disposition"] = disposition
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SHOWN_POLICY if is_shown else DOWNLOADED_POLICY
    return response


def _presentation(filename: str, *, inline: bool) -> tuple[str, bool]:
    """Return the content type for a file of this name and whether the browser may show it."""
    extension = PurePosixPath(filename).suffix.lower()
    if extension in INLINE_TYPES:
        return INLINE_TYPES[extension], inline
    guessed = mimetypes.guess_type(filename)[0] or ""
    return (guessed if guessed and not _NEVER_NAMED.search(guessed) else "application/octet-stream"), False


def _signs_addresses(storage: Storage) -> bool:
    return bool(getattr(storage, "querystring_auth", False))


def _signed_url(request: HttpRequest, file: FieldFile, content_type: str, disposition: str) -> str:
    parameters = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
    return file.storage.url(file.name, parameters=parameters, http_method=request.method)  # type: ignore[call-arg]  # S3's storage takes them


def _modified(file: FieldFile) -> datetime | None:
    try:
        return file.storage.get_modified_time(file.name or "")
    except NotImplementedError:
        return None


def _answer(request: HttpRequest, file: FieldFile, size: int, modified: datetime | None) -> HttpResponseBase:
    digest = hashlib.sha256(f"{file.name}:{size}:{modified.timestamp() if modified else ''}".encode()).hexdigest()
    etag = f'"{digest[:32]}"'
    last_modified = int(modified.timestamp()) if modified else None
    conditional = get_conditional_response(request, etag=etag, last_modified=last_modified)
    if conditional is not None:
        response: HttpResponseBase = conditional
    else:
        response = _content(request, file, size, etag, last_modified)
    response["ETag"] = etag
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified)
    return response


def _content(
    request: HttpRequest, file: FieldFile, size: int, etag: str, last_modified: int | None
) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(headers={"Content-Length": str(size)})
    wanted = _wanted_range(request, size, etag, last_modified)
    if wanted is None:
        response = StreamingHttpResponse(_Pieces(file, 0, size))
        response["Content-Length"] = str(size)
        return response
    start, end = wanted
    if start >= end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_Pieces(file, start, end), status=206)
    response["Content-Length"] = str(end - start)
    response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def _wanted_range(request: HttpRequest, size: int, etag: str, last_modified: int | None) -> tuple[int, int] | None:
    """Return the wanted bytes as [start, end), or None for the whole file; an empty range cannot be satisfied.

    What is not one well-formed range is ignored, as RFC 9110 §14.2 wants ("bytes=5-2" too).
    """
    match = _RANGE.match(request.headers.get("Range", "").replace(" ", ""))
    if match is None or not _range_still_holds(request, etag, last_modified):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        return max(0, size - int(last)), size
    start = int(first)
    if last and int(last) < start:
        return None
    return start, min(size, int(last) + 1) if last else size


def _range_still_holds(request: HttpRequest, etag: str, last_modified: int | None) -> bool:
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == etag
    return last_modified is not None and parse_http_date_safe(condition) == last_modified


class _Pieces:
    """The bytes [start, end) of a file: opened at the first read, closed at the last or with the response."""

    def __init__(self, file: FieldFile, start: int, end: int) -> None:
        self._file = file
        self._start = start
        self._left = end - start
        self._stream: BinaryIO | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._read() if self._left > 0 else b""
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def _read(self) -> bytes:
        if self._stream is None:
            stream: BinaryIO = self._file.storage.open(self._file.name or "", "rb")  # type: ignore[assignment]  # reads as one
            stream.seek(self._start)
            self._stream = stream
        return self._stream.read(min(CHUNK, self._left))
