"""Frozen files."""

import hashlib
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from courses.models import FrozenMedia

pytestmark = pytest.mark.django_db


def frozen(content: bytes, content_type: str, name: str) -> FrozenMedia:
    return FrozenMedia.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        file=ContentFile(content, name=name),
        content_type=content_type,
        size_bytes=len(content),
    )


def get(client: Client, media: FrozenMedia) -> Any:
    """Return the answer with its body read and the file closed."""
    response = client.get(f"/media/frozen/{media.sha256}/")
    response.body = b"".join(response.streaming_content)
    response.close()
    return response


def test_picture_is_shown_in_place_and_not_kept_by_the_browser(client: Client) -> None:
    media = frozen(b"\x89PNG", "image/png", "door.png")
    response = get(client, media)
    assert response.body == b"\x89PNG"
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Disposition"].startswith("inline")
    assert response.headers["Cache-Control"] == "no-store"
    assert "sandbox" not in response.headers["Content-Security-Policy"]


def test_drawing_is_opened_without_any_rights(client: Client) -> None:
    media = frozen(b"<svg/>", "image/svg+xml", "door.svg")
    response = get(client, media)
    assert response.headers["Content-Security-Policy"].startswith("sandbox")


def test_of_a_film_a_part_may_be_asked_for(client: Client) -> None:
    media = frozen(bytes(range(200)) * 1000, "video/mp4", "door.mp4")
    address = f"/media/frozen/{media.sha256}/"
    part = client.get(address, headers={"Range": "bytes=100000-199999"})
    assert (part.status_code, part.getvalue()) == (206, bytes(range(200)) * 500)
    assert part.headers["Content-Range"] == "bytes 100000-199999/200000"
    assert (part.headers["Content-Length"], part.headers["Accept-Ranges"]) == ("100000", "bytes")
    # A file of that name may be there from before.
    assert part.headers["Content-Disposition"].startswith('inline; filename="door')
    beyond = client.get(address, headers={"Range": "bytes=200000-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */200000")
    # What it would be compared with was never said.
    whole = client.get(address, headers={"Range": "bytes=0-9", "If-Range": '"x"'})
    assert (whole.status_code, len(whole.getvalue())) == (200, 200_000)
    assert client.head(address, headers={"Range": "bytes=0-9"}).status_code == 200


def test_other_files_are_to_keep(client: Client) -> None:
    media = frozen(b"<html>", "text/html", "page.html")
    response = get(client, media)
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("sha256", ["0" * 64, "nothing", "0" * 63 + "G"])
def test_file_unknown_is_not_found(client: Client, sha256: str) -> None:
    assert client.get(f"/media/frozen/{sha256}/").status_code == 404


def test_file_that_was_lost_is_not_found(client: Client) -> None:
    media = frozen(b"gone", "image/png", "gone.png")
    media.file.storage.delete(media.file.name)
    assert client.get(f"/media/frozen/{media.sha256}/").status_code == 404
