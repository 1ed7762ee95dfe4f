"""What the first block of a FLAC file says."""

import io

import pytest

from courses.containers import flac
from courses.containers.broken_off import BrokenOff


def head(rate: int, samples: int) -> bytes:
    """Return the mark and the first block, of one voice in 16 bits."""
    said = rate << 44 | 15 << 36 | samples
    return b"fLaC\x80\0\0\x22" + b"\x10\0\x10\0" + b"\0" * 6 + said.to_bytes(8) + b"\0" * 16


def lasts(data: bytes) -> int | None:
    return flac.length_ms(io.BytesIO(data), len(data))


def test_a_recording_lasts_as_long_as_its_first_block_says():
    assert lasts(head(44_100, 66_150)) == 1_500
    assert lasts(head(655_350, (1 << 36) - 1)) == 104_859_200
    # Made in one go: unknown.
    assert lasts(head(44_100, 0)) is None


@pytest.mark.parametrize(
    "data", [b"fLaC", head(44_100, 1)[:-1], head(0, 1), head(44_100, 1).replace(b"\x80", b"\x84"), b"fLaC" + b"\0" * 60]
)
def test_what_has_no_such_block_is_no_recording(data):
    with pytest.raises(BrokenOff):
        lasts(data)
