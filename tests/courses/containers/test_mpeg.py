"""MP3 and AAC: whole ones last as long as their frames, cut ones are noticed, and what is made to be walked for ever ends."""

import io

import pytest

from courses.containers import mpeg
from courses.containers.broken_off import BrokenOff

# 144 bytes and 36 ms: version 1, layer III, 32 kbit/s, 32 kHz, mono.
FRAME = b"\xff\xfb\x18\xc4" + b"\0" * 140
SHORT = b"\xff\xf3\x14\xc4" + b"\0" * 20
ADTS = b"\xff\xf1\x50\x80\x01\x1f\xfc\0"
ID3 = b"ID3\4\0\0" + b"\0\0\1\2" + b"A" * 130


def counting(frames: int, *, xing: bytes = b"Xing") -> bytes:
    """Return a first frame that says how many follow."""
    return (FRAME[:4] + b"\0" * 17 + xing + b"\0\0\0\1" + frames.to_bytes(4)).ljust(len(FRAME), b"\0")


VBRI = (FRAME[:4] + b"\0" * 32 + b"VBRI" + b"\0" * 10 + (10).to_bytes(4)).ljust(len(FRAME), b"\0")


def lasts(data: bytes) -> int | None:
    return mpeg.length_ms(io.BytesIO(data), len(data))


def test_a_whole_recording_lasts_as_long_as_its_frames():
    assert {
        "frames": lasts(FRAME * 10),
        "counted": lasts(counting(10) + FRAME * 10),
        "counted, itself too": lasts(counting(11, xing=b"Info") + FRAME * 10),
        "counted by another program": lasts(VBRI + FRAME * 10),
        "titles": lasts(ID3 + b"\0" * 700 + FRAME * 10 + b"TAG" + b"\0" * 125),
        "two in one": lasts(ID3 + FRAME * 5 + ID3 + FRAME * 5 + b"APETAGEX"),
        "half the rate": lasts(SHORT * 10),
        "layer I": lasts((b"\xff\xff\x10\xc4" + b"\0" * 28) * 441),
        "layer II": lasts((b"\xff\xfd\x18\xc4" + b"\0" * 140) * 10),
        "AAC": lasts(ADTS * 441),
        "frames of free length": lasts(b"\xff\xfb\x08\xc4" + b"\0" * 140),
    } == {
        "frames": 360,
        "counted": 360,
        "counted, itself too": 360,
        "counted by another program": 360,
        "titles": 360,
        "two in one": 360,
        "half the rate": 240,
        "layer I": 3840,
        "layer II": 360,
        "AAC": 10_240,
        "frames of free length": None,
    }


@pytest.mark.parametrize(
    "data",
    [
        (FRAME * 10)[:-1],
        (FRAME * 10)[:-141],
        FRAME * 10 + FRAME[:4],
        counting(10) + FRAME * 8,
        VBRI + FRAME * 8,
        (ADTS * 10)[:-1],
        ID3[:-1],
        ID3,
        b"ID3\4\0\0\x7f\x7f\x7f\x7f" + FRAME * 10,
        FRAME * 10 + b"<script>alert(1)</script>",
        FRAME * 10 + b"\0" * 4096 + FRAME,
        FRAME + b"\xff\xfb\xf8\xc4" + b"\0" * 140,
        b"\xff\xf1\x50\x80\0\0\0" * 10,
        b"\xff",
        b"",
    ],
)
def test_what_is_not_whole_or_no_sound_is_no_recording(data):
    with pytest.raises(BrokenOff):
        lasts(data)


@pytest.mark.parametrize("piece", [SHORT, ADTS[:7] + b"\0", b"ID3" + b"\0" * 8])
def test_more_pieces_than_any_recording_has_are_not_walked(monkeypatch, piece):
    monkeypatch.setattr(mpeg, "_MOST_PIECES", 50)
    with pytest.raises(BrokenOff, match="more frames"):
        lasts(piece * 60)


def test_a_file_that_is_shorter_than_its_storage_says_breaks_off():
    with pytest.raises(BrokenOff):
        mpeg.length_ms(io.BytesIO(FRAME), len(FRAME) + 1)
