"""Recordings that people bring in other kinds of file, packed as Opus. opusenc is a program of the operator's system."""

import io
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from courses import opus
from courses.containers import matroska
from courses.containers.broken_off import BrokenOff
from courses.recordings import length_ms, may_become_opus

_MOST_SECONDS: Final = 3600
"""No lesson lasts so long; a few bytes of FLAC may be silence for years, whatever the file says of itself."""
_DECODER: Final = [sys.executable, "-I", str(Path(__file__).with_name("decoding.py")), str(_MOST_SECONDS)]
# A person's voice, with a street or a kitchen behind it, needs more bits than the machine's.
_PACKER: Final = [
    *("opusenc", "--quiet", "--bitrate", "32", "--cvbr", "--comp", "5", "--padding", "0", "--serial", "1"),
    *("--discard-comments", "--discard-pictures", "--ignorelength", "-", "-"),
]
_WEBM: Final = b"\x1a\x45\xdf\xa3"
_TIMEOUT_SECONDS: Final = 600
"""An hour of sound takes half a minute of a core that has nothing else to do."""
_MOST_MS_ASTRAY: Final = 2000
"""What encoders put before and after the sound; where more is missing, something in it was not understood."""


def can_pack(recording: bytes) -> bool:
    """Return whether this is MP3, WAV, FLAC or WebM, and opus-tools are installed."""
    return may_become_opus(recording) and bool(shutil.which("opusenc"))


def packed(recording: bytes) -> bytes | None:
    """Return a recording that ``can_pack`` as an Opus file; the same one gives the same bytes.

    What stands as Opus in WebM, as browsers record it, stays so; all else is coded anew as one channel. None where it
    cannot be decoded to its end, lasts more than an hour, or is a film. What it says of itself (who spoke, where,
    with which telephone) is left out.
    """
    try:
        said_ms = length_ms(io.BytesIO(recording), size_bytes=len(recording))
        if said_ms is not None and said_ms > _MOST_SECONDS * 1000:
            return None
        made = _out_of_webm(recording) if recording.startswith(_WEBM) else _run(recording)
        is_whole = said_ms is None or abs(opus.length_ms(made) - said_ms) <= _MOST_MS_ASTRAY
    except (subprocess.SubprocessError, opus.NotOpus, BrokenOff):
        return None
    return made if is_whole else None


def _out_of_webm(recording: bytes) -> bytes:
    found = matroska.opus_packets(io.BytesIO(recording), len(recording))
    if found is None:
        raise opus.NotOpus("more than one track, or not of Opus")
    return opus.in_ogg(*found)


def _run(recording: bytes) -> bytes:
    with TemporaryFile() as brought, TemporaryFile() as made:
        brought.write(recording)
        brought.seek(0)
        with subprocess.Popen(_DECODER, stdin=brought, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoding:
            assert decoding.stdout is not None
            try:
                subprocess.run(
                    _PACKER,
                    stdin=decoding.stdout,
                    stdout=made,
                    stderr=subprocess.DEVNULL,
                    check=True,
                    timeout=_TIMEOUT_SECONDS,
                )
                # With nobody reading, one that has more to say ends at once.
                decoding.stdout.close()
                if decoding.wait(_TIMEOUT_SECONDS):
                    raise subprocess.CalledProcessError(decoding.returncode, _DECODER)
            finally:
                decoding.kill()
        made.seek(0)
        return made.read()
