"""Recordings that people bring as MP3, WAV or FLAC, packed as Opus."""

import io
import math
import shutil
import struct
import wave
from array import array

import pytest

from courses.opus import is_whole, length_ms
from courses.renditions import packing
from courses.renditions.packing import can_pack, packed
from tests.courses.containers.test_matroska import TRACK, element, recorded

pytestmark = pytest.mark.skipif(not shutil.which("opusenc"), reason="opus-tools are not installed")


def tone(*, rate: int = 16_000, channels: int = 1, loudness: float = 0.5) -> bytes:
    """Return a second and a half of a tone as WAV."""
    samples = array(
        "h", (round(32767 * loudness * math.sin(n / 8)) for n in range(rate * 3 // 2) for _ in range(channels))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(2)
        made.setframerate(rate)
        made.writeframes(samples.tobytes())
    return file.getvalue()


def saying(at: int, form: str, value: int) -> bytes:
    data = bytearray(tone())
    struct.pack_into(form, data, at, value)
    return bytes(data)


MP3 = (b"\xff\xfb\x18\xc4" + b"\0" * 140) * 50


def test_what_can_be_packed_is_opus_of_one_channel_and_as_long_as_before():
    for brought, ms in ((tone(), 1_500), (tone(rate=44_100, channels=2), 1_500), (MP3, 1_800)):
        made = packed(brought)
        assert can_pack(brought)
        assert made is not None
        # One channel: RFC 7845, 5.1.
        assert made[28:36] + made[36:38] == b"OpusHead\1\1"
        assert length_ms(made) == pytest.approx(ms, abs=40)
    assert packed(tone()) == packed(tone())


def test_what_a_browser_recorded_is_not_coded_anew():
    packets = [b"\x48\xff" + bytes([each]) for each in range(3)]
    brought = recorded(TRACK, blocks=b"".join(element("A3", b"\x81\0\0\x80" + each) for each in packets))
    made = packed(brought)
    assert made is not None
    assert (length_ms(made), is_whole(made), made.endswith(b"".join(packets))) == (60, True, True)
    # A film may be heard alone: it stays as it came.
    assert packed(recorded(TRACK, TRACK, blocks=element("A3", b"\x81\0\0\x80" + packets[0]))) is None


def test_who_spoke_is_left_out():
    title = b"TIT2\0\0\0\x0a\0\0\0Ana Maria"
    made = packed(b"ID3\4\0\0" + struct.pack(">I", len(title)) + title + MP3)
    assert made is not None
    assert b"Ana" not in made


@pytest.mark.parametrize(
    "brought",
    [
        MP3[:-1],
        b"ID3\4" + b"\0" * 60,
        b"RIFF\0\0\0\0WAVE",
        b"fLaC" + b"\0" * 60,
        # Says that it has no channel, more than anybody can hear, no rate, and one that nothing has.
        saying(22, "<H", 0),
        saying(22, "<H", 65_535),
        saying(24, "<I", 0),
        saying(24, "<I", 4_000_000_000),
    ],
)
def test_what_cannot_be_decoded_is_not_packed(brought):
    assert packed(brought) is None


def test_what_lasts_longer_than_a_lesson_is_not_packed(monkeypatch):
    monkeypatch.setattr(packing, "MOST_SECONDS", 1)
    assert packed(tone()) is None


def test_opus_is_packed_already_and_nothing_is_without_the_program(monkeypatch):
    assert not can_pack(b"OggS" + b"\0" * 25 + b"OpusHead" + b"\0" * 60)
    monkeypatch.setattr(packing.shutil, "which", lambda name: None)
    assert not can_pack(MP3)
