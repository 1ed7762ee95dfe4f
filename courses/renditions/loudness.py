"""How loud recordings are that people brought, beside those made here. opusdec is a program of the operator's system."""

import math
import shutil
import subprocess
import sys
from array import array
from tempfile import TemporaryFile
from typing import Final

from courses.sound import level_factor

_RATE: Final = 16_000
_MOST_HEARD_BYTES: Final = 10 * 60 * _RATE * 2
"""Ten minutes of one voice tell how loud it is; a file of 40 MB may last for hours."""
_MATERIAL_DECIBELS: Final = 1.5
"""What few people hear is left as it came."""


def decibels_missing(recording: bytes) -> float:
    """Return by how much an Opus recording must play louder (below 0: less loud) to be as loud as others.

    0 where nobody would hear it, of what is no Opus file, and where opusdec is not installed.
    """
    if not recording.startswith(b"OggS") or b"OpusHead" not in recording[:64] or not shutil.which("opusdec"):
        return 0
    decibels = 20 * math.log10(level_factor(_heard(recording)))
    return decibels if abs(decibels) >= _MATERIAL_DECIBELS else 0


def _heard(recording: bytes) -> "array[int]":
    command = ["opusdec", "--quiet", "--rate", str(_RATE), "-", "-"]
    with TemporaryFile() as file:
        file.write(recording)
        file.seek(0)
        with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoding:
            assert decoding.stdout is not None
            sound = decoding.stdout.read(_MOST_HEARD_BYTES)
            decoding.kill()
    samples = array("h", sound[: len(sound) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
