"""Recordings of telephones and browsers, decoded by ffmpeg: what it may read, and what limits hold."""

import shutil
import struct
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from wagtail.documents.models import Document

from courses.exceptions import ReleaseFault, ReleaseRefused
from courses.models import FrozenMedia
from courses.opus import length_ms
from courses.renditions import packing
from courses.renditions.confined import confined
from courses.renditions.films import can_copy, copied
from courses.renditions.loudness import HEARD_RATE, missing_in
from courses.renditions.packing import can_pack, packed
from courses.services import forecast_release
from courses.services.levelling import film_as_released
from tests.factories.courses import RELEASED_AT, course_with_pages, lesson_page, release

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("ffmpeg", "opusenc"))), reason="ffmpeg or opus-tools are not installed"
)

CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nWelcome.\n"


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
    brought = recorded(tmp_path, "film.mp4", *picture, "-c:v", "libx264", "-c:a", "aac")
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


def heard(path: Path) -> float:
    """Return how many decibels are missing in a film."""
    command = ["ffmpeg", "-loglevel", "error", "-i", str(path), "-map", "0:a", "-ac", "1", "-ar", str(HEARD_RATE)]
    with path.open("rb") as file:
        return missing_in(file, [*command, "-f", "s16le", "-"])


def picture(path: Path) -> bytes:
    command = ["ffmpeg", "-loglevel", "error", "-i", str(path), "-map", "0:v", "-c", "copy", "-f", "md5", "-"]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def film(folder: Path, name: str, *codecs: str) -> bytes:
    shown = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1.5")
    brought = recorded(folder, name, *shown, "-c:v", codecs[0], "-c:a", codecs[1])
    assert (can_copy(brought[:64]), b"Ana" in brought) == (True, True)
    return brought


def assert_copied(folder: Path, name: str, made: bytes) -> None:
    """The copy of a film is as loud as others, shows the same, and says nothing of itself."""
    copy = folder / f"made-{name}"
    copy.write_bytes(made)
    assert heard(copy) == 0
    assert picture(copy) == picture(folder / name)
    assert [said for said in (b"Ana", b"50.1", b"Lavf5") if said in made] == []


def test_a_film_is_as_loud_as_others_shows_the_same_and_tells_no_place(tmp_path):
    brought = film(tmp_path, "a.webm", "libvpx", "libvorbis")
    made = []
    for _ in range(2):
        with (tmp_path / "a.webm").open("rb") as opened:
            copy = copied(opened, size_bytes=len(brought))
        assert copy is not None
        copy.seek(0)
        made.append(copy.read())
    assert made[0] == made[1]
    assert_copied(tmp_path, "a.webm", made[0])
    with (tmp_path / "a.webm").open("rb") as opened:
        assert copied(opened, size_bytes=len(brought) - 1) is None


@pytest.mark.one_profile
@pytest.mark.django_db
def test_a_film_is_copied_once_and_the_editors_own_stays(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    brought = film(tmp_path, "a.mp4", "libx264", "aac")
    captions = Document.objects.create(title="c", file=ContentFile(CAPTIONS, name="c.vtt"))
    own = Document.objects.create(title="a", file=ContentFile(brought, name="a.mp4"))
    course = course_with_pages(lessons=["act"])
    parts = {"title": "Film", "file": own.pk, "captions": captions.pk, "transcript": "<p>Welcome.</p>"}
    lesson_page(course.pages.get(), "facts", body=[("video", parts)])
    release(course)
    with pytest.raises(ReleaseRefused) as refusal:
        release(course)
    assert [each.fault for each in refusal.value.problems] == [ReleaseFault.UNCHANGED]
    assert forecast_release(course=course, at=RELEASED_AT)[0].uneven == ()
    [kept] = FrozenMedia.objects.filter(content_type="video/mp4")
    name = tmp_path / "media" / "packed" / f"{sha256(brought).hexdigest()}.mp4"
    copy = name.read_bytes()
    assert_copied(tmp_path, "a.mp4", copy)
    # Players show what they have, before the rest is there.
    assert copy.index(b"moov") < copy.index(b"mdat")
    with kept.file.open("rb") as file, own.file.open("rb") as original:
        assert (file.read(), original.read()) == (copy, brought)
    # Of somebody who was ended while writing it.
    name.write_bytes(copy[:-1])
    again = film_as_released(own.file)
    assert again is not None
    with again.open("rb") as file:
        assert file.read() == copy
    # What is kept is not made again, by whatever edition of ffmpeg.
    name.write_bytes(copy + b"\0\0\0\x08free")
    kept_on = film_as_released(own.file)
    assert kept_on is not None
    assert kept_on.size == len(copy) + 8
