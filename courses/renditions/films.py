"""Films that people bring: their sound as loud as other recordings, and nothing in them of who made them, and where."""

import subprocess
from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from courses.containers.broken_off import BrokenOff
from courses.recordings import HEAD_BYTES, MOST_BYTES, container, length_ms
from courses.renditions import ffmpeg
from courses.renditions.loudness import HEARD_RATE, HEARD_SECONDS, missing_in
from courses.renditions.packing import MOST_MS_ASTRAY, MOST_SECONDS, TIMEOUT_SECONDS

_SOUND: Final = {"mp4": ("-c:a", "aac"), "webm": ("-c:a", "libopus")}
# Below full scale by what coding adds: the loudest moment of the left may be louder than that of both.
_LIMIT: Final = "alimiter=limit=0.84:level=disabled"
_HEADS_BYTES: Final = 10_000_000
"""By how much a copy may be larger than what was brought: its sound may have been coded for a telephone."""


def can_copy(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is MP4 or WebM, and ffmpeg is installed."""
    kept_in = container(head)
    return kept_in in _SOUND and ffmpeg.can_read(kept_in)


def copied(film: BinaryIO, *, size_bytes: int) -> BinaryIO | None:
    """Return a copy of a film that ``can_copy``, without what it says of itself; the same one gives the same bytes.

    No picture of it is touched; its sound is coded anew where it is louder or softer than other recordings. None where
    it cannot be read to its end, or lasts more than an hour. ``film`` is a file of the system's.
    """
    try:
        said_ms = length_ms(film, size_bytes=size_bytes)
        if said_ms is not None and said_ms > MOST_SECONDS * 1000:
            return None
        film.seek(0)
        head = film.read(HEAD_BYTES)
        made = _run(film, head)
        made_ms = length_ms(made, size_bytes=made.seek(0, 2))
    except (subprocess.SubprocessError, BrokenOff):
        return None
    if made_ms is None or not 0 < made_ms <= MOST_SECONDS * 1000:
        return None
    return made if said_ms is None or abs(made_ms - said_ms) <= MOST_MS_ASTRAY else None


def _run(film: BinaryIO, head: bytes) -> BinaryIO:
    kept_in = container(head)
    hearing = ffmpeg.decoding(kept_in, rate=HEARD_RATE, most_seconds=HEARD_SECONDS, form="s16le")
    command = ffmpeg.copying_film(
        kept_in,
        # QuickTime is MP4's elder brother, and players of the one need not play the other.
        written_as="webm" if kept_in == "webm" else "mov" if head[8:12] == b"qt  " else "mp4",
        sound=_sound(kept_in, missing_in(film, hearing)),
        most_seconds=MOST_SECONDS + 1,
        most_bytes=MOST_BYTES["video"] + _HEADS_BYTES,
    )
    film.seek(0)
    made = TemporaryFile()  # noqa: SIM115 -- whoever asked reads it
    subprocess.run(command, stdin=film, stdout=made, stderr=subprocess.DEVNULL, check=True, timeout=TIMEOUT_SECONDS)
    return made


def _sound(kept_in: str, decibels: float) -> Sequence[str]:
    if not decibels:
        return ("-c:a", "copy")
    return ("-af", f"volume={decibels:.1f}dB,{_LIMIT}", *_SOUND[kept_in])
