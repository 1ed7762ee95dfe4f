"""How loud recordings are that people brought, beside those made here. opusdec is a program of the operator's system."""

import math
import shutil
import subprocess
import sys
from array import array
from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from courses.opus import is_opus
from courses.sound import level_factor

HEARD_RATE: Final = 16_000
HEARD_SECONDS: Final = 10 * 60
"""Ten minutes of one voice tell how loud it is; a file of 40 MB may last for hours."""
_MATERIAL_DECIBELS: Final = 1.5
"""What few people hear is left as it came."""


def decibels_missing(recording: bytes) -> float:
    """Return by how much an Opus recording must play louder (below 0: less loud) to be as loud as others.

    0 where nobody would hear it, and of what ``can_be_heard`` is not said of.
    """
    if not can_be_heard(recording):
        return 0
    with TemporaryFile() as file:
        file.write(recording)
        return missing_in(file, ["opusdec", "--quiet", "--rate", str(HEARD_RATE), "-", "-"])


def can_be_heard(recording: bytes) -> bool:
    """Return whether this is an Opus recording, and opusdec is installed."""
    return is_opus(recording) and bool(shutil.which("opusdec"))


def missing_in(file: BinaryIO, decoder: Sequence[str]) -> float:
    """Return the same of any file of which ``decoder`` writes one voice of ``HEARD_RATE`` samples a second."""
    file.seek(0)
    with subprocess.Popen(decoder, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoding:
        assert decoding.stdout is not None
        sound = decoding.stdout.read(HEARD_SECONDS * HEARD_RATE * 2)
        decoding.kill()
    samples = array("h", sound[: len(sound) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    decibels = 20 * math.log10(level_factor(samples))
    return decibels if abs(decibels) >= _MATERIAL_DECIBELS else 0
