"""Recordings of telephones and browsers, decoded by ffmpeg: what it may read, and what limits hold."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from courses.opus import length_ms
from courses.renditions import packing
from courses.renditions.confined import confined
from courses.renditions.packing import can_pack, packed

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("ffmpeg", "opusenc"))), reason="ffmpeg or opus-tools are not installed"
)


def recorded(folder: Path, name: str, *options: str, seconds: float = 1.5) -> bytes:
    """Return a tone as the kind of file that ``name`` says, with the place where it was recorded."""
    tone = ("-f", "lavfi", "-i", f"sine=frequency=300:duration={seconds}")
    said = ("-metadata", "location=+50.1000+010.2000/", "-metadata", "title=Ana")
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-y", *tone, *options, *said, str(folder / name)], check=True, timeout=60
    )
    return (folder / name).read_bytes()


def whose_sound_stands_in(path: bytes, data: bytes) -> bytes:
    """Return an MP4 file without sound of its own, whose table stands last and names another file (QuickTime's alias)."""
    alias = b"\0" * 50 + b"\x09other.mp4" + b"\0" * (54 + 16) + struct.pack(">HH", 1, 1) + b"\0" * 16
    alias += struct.pack(">hH", 2, len(path)) + path + b"\0" * (len(path) % 2) + struct.pack(">hH", -1, 0)
    own, entry = b"\0\0\0\x0curl \0\0\0\1", struct.pack(">I", len(alias) + 12) + b"alis\0\0\0\0" + alias
    made = bytearray(data.replace(own, entry))
    for each in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        at = data.rindex(each) - 4
        struct.pack_into(">I", made, at, struct.unpack_from(">I", data, at)[0] + len(entry) - len(own))
    sound, table = data.index(b"mdat") + 4, data.rindex(b"moov") - 4
    made[sound:table] = bytes(table - sound)
    return bytes(made)


def test_what_telephones_record_is_packed_and_tells_no_place(tmp_path):
    for name, codec in (
        ("a.m4a", "aac"),
        ("a.ogg", "libvorbis"),
        ("a.webm", "libvorbis"),
        ("a.aac", "aac"),
    ):
        brought = recorded(tmp_path, name, "-c:a", codec, "-ac", "2")
        assert b"Ana" in brought or name == "a.aac"
        made = packed(brought)
        assert can_pack(brought)
        assert made is not None
        assert made[28:36] + made[36:38] == b"OpusHead\1\1"
        assert length_ms(made) == pytest.approx(1_500, abs=80)
        assert [said for said in (b"Ana", b"50.1") if said in made] == []
    assert packed(brought) == made


def test_of_a_film_that_is_a_recording_only_the_sound_is_kept(tmp_path):
    picture = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1.5")
    brought = recorded(tmp_path, "film.mp4", *picture, "-c:v", "mpeg4", "-c:a", "aac")
    made = packed(brought)
    assert made is not None
    assert length_ms(made) == pytest.approx(1_500, abs=80)


def test_what_lies_or_breaks_off_is_not_packed(tmp_path, monkeypatch):
    whole = recorded(tmp_path, "a.m4a", "-c:a", "aac", seconds=4)
    header = whole.rindex(b"mvhd") + 4
    [said] = struct.unpack_from(">I", whole, header + 16)
    longer, unsaid, damaged = bytearray(whole), bytearray(whole), bytearray(whole)
    struct.pack_into(">I", longer, header + 16, said * 2)
    struct.pack_into(">I", unsaid, header + 16, 0)
    sound = whole.index(b"mdat") + 4
    damaged[sound + 2000 : sound + 9000] = b"\xa5" * 7000
    lies = {
        "longer than it is": bytes(longer),
        "damaged": bytes(damaged),
        "no end": whole[:-1],
        "a list of parts": whole[:32] + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
    }
    assert [name for name, brought in lies.items() if packed(brought) is not None] == []
    # What does not say how long it is may be as long as a lesson.
    assert packed(bytes(unsaid)) is not None
    monkeypatch.setattr(packing, "MOST_SECONDS", 3)
    assert packed(bytes(unsaid)) is None


def test_sound_that_is_said_to_stand_in_another_file_is_not_fetched(tmp_path):
    whole = recorded(tmp_path, "other.mp4", "-c:a", "aac")
    assert packed(whole) is not None
    assert packed(whose_sound_stands_in(str(tmp_path / "other.mp4").encode(), whole)) is None


def test_a_decoder_has_limits_and_knows_no_key(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDFARE_SECRET_KEY", "secret")
    program = "import os, sys; print(sorted(os.environ)); sys.stdout.flush(); {}"
    tried = {
        "memory": "bytes(1 << 31)",
        "writing": f"open({str(tmp_path / 'left')!r}, 'wb', 0).write(b'x')",
    }
    for what, does in tried.items():
        command = confined([sys.executable, "-I", "-c", program.format(does)])
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (what, done.returncode) == (what, 1)
        assert "SECRET" not in done.stdout
    assert (tmp_path / "left").read_bytes() == b""


def test_without_ffmpeg_they_stay_as_they_came(tmp_path, monkeypatch):
    brought = recorded(tmp_path, "a.m4a", "-c:a", "aac")
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "ffmpeg" else which(name))
    assert not can_pack(brought)
    # It begins as MP3 does.
    assert not can_pack(b"\xff\xf1\x50\x80" + b"\0" * 60)
