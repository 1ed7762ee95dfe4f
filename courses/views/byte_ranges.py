"""Sending a part of a sound or a film: some players ask for nothing else, and none can go on in the middle without it."""

import re
from collections.abc import Iterator
from typing import Final

from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_CHUNK_BYTES: Final = 64 * 1024


def send(request: HttpRequest, opened: File, *, content_type: str) -> HttpResponseBase:
    """Return all of ``opened``, or the one range that is asked for; 416 where there is none. Closes it when sent.

    RFC 9110, section 14: what is no single range of bytes, or stands beside ``If-Range``, which compares with what we do
    not say, is answered with the whole.
    """
    size_bytes = opened.size
    asked = "" if "If-Range" in request.headers else request.headers.get("Range", "")
    found = _bounds(asked, size_bytes) if request.method == "GET" else None
    start, end = found or (0, size_bytes - 1)
    if start > end and found:
        opened.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}", "Cache-Control": "no-store"})
    response = StreamingHttpResponse(
        _between(opened, start, end), status=206 if found else 200, content_type=content_type
    )
    # Compressed on the way, a part would not be the part that was asked for.
    about = {"Accept-Ranges": "bytes", "Cache-Control": "no-store", "Content-Encoding": "identity"}
    about["Content-Length"] = str(end - start + 1)
    if found:
        about["Content-Range"] = f"bytes {start}-{end}/{size_bytes}"
    for name, value in about.items():
        response.headers[name] = value
    response._resource_closers.append(opened.close)  # type: ignore[attr-defined]  # as its own FileResponse does
    return response


def _bounds(asked: str, size_bytes: int) -> tuple[int, int] | None:
    """Return the first and the last byte, the first behind the last where no byte is meant; None: all are."""
    named = _RANGE.fullmatch(asked)
    if named is None or named.groups() == ("", ""):
        return None
    first, last = named.groups()
    if not first:
        return max(size_bytes - int(last), 0), size_bytes - 1
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last), size_bytes - 1) if last else size_bytes - 1


def _between(opened: File, start: int, end: int) -> Iterator[bytes]:
    opened.seek(start)
    left = end - start + 1
    while left > 0 and (piece := opened.read(min(left, _CHUNK_BYTES))):
        left -= len(piece)
        yield piece
