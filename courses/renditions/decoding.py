"""A program of its own: an MP3, WAV or FLAC file comes in, a WAV of one voice goes out.

Its one argument is how many seconds it may last. Exits 0 where all of it came out.
"""

import struct
import sys
from typing import Final

import miniaudio

_FRAMES: Final = 16_384
_UNKNOWN: Final = 0xFFFFFFFF


def main(most_seconds: int) -> int:
    """Decode from standard input to standard output."""
    recording = sys.stdin.buffer.read()
    look = {b"RIFF": miniaudio.wav_get_info, b"fLaC": miniaudio.flac_get_info}.get(
        recording[:4], miniaudio.mp3_get_info
    )
    rate = look(recording).sample_rate
    out = sys.stdout.buffer
    out.write(_head(rate))
    left = most_seconds * rate
    for samples in miniaudio.stream_memory(recording, nchannels=1, sample_rate=rate, frames_to_read=_FRAMES):
        left -= len(samples)
        if left < 0:
            return 1
        if sys.byteorder == "big":
            samples.byteswap()
        out.write(samples)
    return 0


def _head(rate: int) -> bytes:
    """Return the beginning of a WAV that does not know yet how long it is."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", _UNKNOWN, b"WAVE") + form + struct.pack("<4sI", b"data", _UNKNOWN)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
