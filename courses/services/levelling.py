"""Recordings as learners get them: Opus where they can be packed, and as loud as all others (ADR 21)."""

import hashlib
from functools import partial
from typing import Final

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from courses.opus import NotOpus, is_whole, louder
from courses.renditions.loudness import decibels_missing
from courses.renditions.packing import can_pack, packed

_REMEMBERED_SECONDS: Final = 30 * 24 * 3600


def as_released(recording: bytes) -> bytes:
    """Return the copy of a recording that a release keeps; the recording itself where there is nothing to do."""
    opus = _packed(recording)
    # Every look at a draft asks, and hearing it takes a second.
    key = f"courses:decibels:{hashlib.sha256(opus).hexdigest()}"
    decibels = cache.get_or_set(key, partial(decibels_missing, opus), _REMEMBERED_SECONDS)
    try:
        return louder(opus, decibels=decibels) if decibels else opus
    except NotOpus:
        return opus


def _packed(recording: bytes) -> bytes:
    """Return a recording as Opus, made once: another edition of opus-tools would give it another hash."""
    sha256 = hashlib.sha256(recording).hexdigest()
    name, failed = f"packed/{sha256}.opus", f"courses:not-packed:{sha256}"
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
