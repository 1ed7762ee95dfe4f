"""Recordings and films as learners get them: as loud as all others, recordings as Opus (ADR 21, 23, 24)."""

import hashlib
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import BinaryIO, Final, cast

from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile

from courses.containers.broken_off import BrokenOff
from courses.models import FrozenMedia
from courses.opus import NotOpus, is_whole, louder
from courses.recordings import HEAD_BYTES, length_ms
from courses.renditions.films import can_copy, copied
from courses.renditions.loudness import can_be_heard, decibels_missing
from courses.renditions.packing import can_pack, packed

_REMEMBERED_SECONDS: Final = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Released:
    """A recording as a release keeps it: a copy, or itself where there was nothing to do, or nothing could be done."""

    data: bytes
    is_level: bool
    """Whether it was heard and plays as loud as others; learners may have to turn what is not."""


def as_released(recording: bytes) -> Released:
    """Return what a release keeps of a recording."""
    opus = _packed(recording)
    if not can_be_heard(opus):
        return Released(opus, is_level=False)
    # Every look at a draft asks, and hearing it takes a second.
    key = f"courses:decibels:{hashlib.sha256(opus).hexdigest()}"
    decibels = cache.get_or_set(key, partial(decibels_missing, opus), _REMEMBERED_SECONDS)
    try:
        return Released(louder(opus, decibels=decibels) if decibels else opus, is_level=True)
    except NotOpus:
        return Released(opus, is_level=False)


def film_as_released(film: File) -> FieldFile | None:
    """Return the copy of a film that a release keeps; None where the film itself is kept, as it came."""
    with film.open("rb") as opened:
        if not can_copy(opened.read(HEAD_BYTES)):
            return None
        opened.seek(0)
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        name = f"packed/{sha256}{PurePath(film.name or '').suffix.lower()}"
        failed = f"courses:not-copied:{sha256}"
        if cache.get(failed):
            return None
        if not _is_kept(name):
            with TemporaryFile() as brought:
                opened.seek(0)
                shutil.copyfileobj(opened, brought)
                made = copied(brought, size_bytes=brought.tell())
            if made is None:
                cache.set(failed, True, _REMEMBERED_SECONDS)
                return None
            with made:
                default_storage.save(name, File(made))
    return FrozenMedia(file=name).file


def _is_kept(name: str) -> bool:
    if not default_storage.exists(name):
        return False
    try:
        with default_storage.open(name) as opened:
            length_ms(cast(BinaryIO, opened), size_bytes=default_storage.size(name))
    except BrokenOff:
        # Somebody was ended while writing it.
        default_storage.delete(name)
        return False
    return True


def _packed(recording: bytes) -> bytes:
    """Return a recording as Opus, made once: another edition of opus-tools would give it another hash."""
    sha256 = hashlib.sha256(recording).hexdigest()
    # What one program could not read is tried again when the other is installed.
    programs = "ffmpeg" if shutil.which("ffmpeg") else ""
    name, failed = f"packed/{sha256}.opus", f"courses:not-packed:{programs}:{sha256}"
    if not can_pack(recording) or cache.get(failed):
        return recording
    if default_storage.exists(name):
        with default_storage.open(name) as opened:
            kept: bytes = opened.read()
        if is_whole(kept):
            return kept
        # Somebody was ended while writing it.
        default_storage.delete(name)
    made = packed(recording)
    if made is None:
        cache.set(failed, True, _REMEMBERED_SECONDS)
        return recording
    default_storage.save(name, ContentFile(made))
    return made
