"""Recordings that people bring in other kinds of file, packed as Opus. opusenc is a program of the operator's system."""

import io
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from courses import opus
from courses.containers import matroska
from courses.containers.broken_off import BrokenOff
from courses.recordings import HEAD_BYTES, container, length_ms
from courses.renditions import ffmpeg
from courses.renditions.confined import confined

MOST_SECONDS: Final = 3600
"""No lesson lasts so long; a few bytes of FLAC may be silence for years, whatever the file says of itself."""
MOST_MS_ASTRAY: Final = 2000
"""What encoders put before and after the sound; where more is missing, something in it was not understood."""
_NOTHING_MS: Final = 20
"""What opusenc makes of no sound."""
TIMEOUT_SECONDS: Final = 600
"""An hour of sound takes half a minute of a core that has nothing else to do."""
_DECODER: Final = [sys.executable, "-I", str(Path(__file__).with_name("decoding.py"))]
# A person's voice, with a street or a kitchen behind it, needs more bits than the machine's.
_PACKER: Final = [
    *("opusenc", "--quiet", "--bitrate", "32", "--cvbr", "--comp", "5", "--padding", "0", "--serial", "1"),
    *("--discard-comments", "--discard-pictures", "--ignorelength", "-", "-"),
]
_RATE: Final = 48_000


def can_pack(recording: bytes) -> bool:
    """Return whether this is a recording, but no Opus file, and the programs are installed that make it one."""
    kept_in = container(recording[:HEAD_BYTES])
    is_decoded = kept_in in ("mpeg", "wave", "flac", "webm") or ffmpeg.can_read(kept_in)
    return is_decoded and not opus.is_opus(recording) and bool(shutil.which("opusenc"))


def packed(recording: bytes) -> bytes | None:
    """Return a recording that ``can_pack`` as an Opus file; the same one gives the same bytes.

    What stands as Opus in WebM, as browsers record it, stays so; all else is coded anew as one channel. None where it
    cannot be decoded to its end, has no sound, or lasts more than an hour. What it says of itself (who spoke, where,
    with which telephone) is left out, as is the picture of a film.
    """
    try:
        said_ms = length_ms(io.BytesIO(recording), size_bytes=len(recording))
        if said_ms is not None and said_ms > MOST_SECONDS * 1000:
            return None
        made = _made(recording, said_ms)
        made_ms = opus.length_ms(made)
    except (subprocess.SubprocessError, opus.NotOpus, BrokenOff):
        return None
    return made if _is_whole(made_ms, said_ms) else None


def _is_whole(made_ms: int, said_ms: int | None) -> bool:
    if said_ms is None:
        return _NOTHING_MS < made_ms <= MOST_SECONDS * 1000
    return abs(made_ms - said_ms) <= min(MOST_MS_ASTRAY, said_ms // 2)


def _made(recording: bytes, said_ms: int | None) -> bytes:
    kept_in = container(recording[:HEAD_BYTES])
    if kept_in == "webm" and (found := matroska.opus_packets(io.BytesIO(recording), len(recording))):
        return opus.in_ogg(*found)
    if ffmpeg.can_read(kept_in):
        # Longer than it may be, so that what goes on is noticed, and no longer.
        most_ms = MOST_SECONDS * 1000 if said_ms is None else said_ms + 2 * MOST_MS_ASTRAY
        return _run(recording, ffmpeg.decoding(kept_in, rate=_RATE, most_seconds=most_ms // 1000 + 1))
    if kept_in == "webm":
        raise opus.NotOpus("more than one track, or not of Opus")
    return _run(recording, confined([*_DECODER, str(MOST_SECONDS)]))


def _run(recording: bytes, decoder: Sequence[str]) -> bytes:
    with TemporaryFile() as brought, TemporaryFile() as made:
        brought.write(recording)
        brought.seek(0)
        with subprocess.Popen(decoder, stdin=brought, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoding:
            assert decoding.stdout is not None
            try:
                subprocess.run(
                    _PACKER,
                    stdin=decoding.stdout,
                    stdout=made,
                    stderr=subprocess.DEVNULL,
                    check=True,
                    timeout=TIMEOUT_SECONDS,
                )
                # With nobody reading, one that has more to say ends at once.
                decoding.stdout.close()
                if decoding.wait(TIMEOUT_SECONDS):
                    raise subprocess.CalledProcessError(decoding.returncode, decoder)
            finally:
                decoding.kill()
        made.seek(0)
        return made.read()
