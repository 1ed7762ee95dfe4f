"""Files that lie about what they are, captions that help nobody: named before learners meet them."""

import io
import math
import shutil
import subprocess
from array import array
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents.models import Document

from courses.containers.broken_off import BrokenOff
from courses.exceptions import ReleaseFault, ReleaseProblem, ReleaseRefused
from courses.models import Course, Edition, EditionText, FrozenMedia
from courses.opus import NotOpus, louder
from courses.recordings import (
    CONTENT_TYPES,
    MOST_BYTES,
    CaptionFault,
    CaptionProblem,
    caption_problems,
    is_recording,
    length_ms,
)
from courses.release_words import in_words
from courses.renditions.loudness import decibels_missing
from courses.services import add_text, draft_snapshot
from courses.services.levelling import Released, as_released
from courses.sound import TARGET_RMS
from tests.courses.renditions.test_packing import tone as wave_of_a_tone
from tests.factories.cms import SupportServiceFactory
from tests.factories.courses import RELEASED_AT, course_page, course_with_pages, lesson_page, publish, release

GOOD = "WEBVTT\n\n00:00.000 --> 00:02.500\nWelcome.\n\n2\n00:00:02.500 --> 00:00:05.000 align:start\nStay as <i>long</i> as you like.\n"


def box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4) + kind + body


def film(milliseconds: int, *, after: bytes = b"") -> bytes:
    """Return a film without a picture: its kind, its table, and what is ``after``."""
    header = b"\0" * 12 + (1000).to_bytes(4) + milliseconds.to_bytes(4) + b"\0" * 80
    return box(b"ftyp", b"mp42" + b"\0" * 8) + box(b"moov", box(b"mvhd", header)) + after


MP4, OGG, PNG = film(5_000), b"OggS" + b"\0" * 23, b"\x89PNG\r\n\x1a\n" + b"\0" * 8


def test_captions_that_are_in_order_and_say_something_are_good():
    assert caption_problems(GOOD.encode()) == []
    assert caption_problems(GOOD.replace("\n", "\r\n").encode("utf-8-sig")) == []
    over_each_other = "WEBVTT\n\n100:00:01.000 --> 100:00:09.000\nA\n\n100:00:02.000 --> 100:00:03.000\nB\n"
    assert caption_problems(over_each_other.encode()) == []
    # What opens and never closes is no tag, and costs no more than any other line.
    assert caption_problems(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{'<' * 900_000}\n".encode()) == []


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("", CaptionFault.NO_HEADER, 1),
        ("1\n00:00:01,000 --> 00:00:02,000\nSubRip\n", CaptionFault.NO_HEADER, 1),
        ("WEBVTT\n\nNOTE nothing here\n", CaptionFault.EMPTY, 1),
        ("WEBVTT\n\n00:01 --> 00:02\nText\n", CaptionFault.BAD_TIME, 3),
        ("WEBVTT\n\n00:03.000 --> 00:02.000\nText\n", CaptionFault.ENDS_BEFORE_IT_STARTS, 3),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nB\n\n00:01.000 --> 00:02.000\nA\n", CaptionFault.OUT_OF_ORDER, 6),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b></b>\n", CaptionFault.NOTHING_SAID, 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<i>&nbsp;\u200b</i>\u3000\n", CaptionFault.NOTHING_SAID, 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000", CaptionFault.NOTHING_SAID, 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n00:02.000 --> 00:03.000\nB\n", CaptionFault.NOTHING_SAID, 3),
        ("WEBVTT\n\n-00:01.000 --> 00:02.000\nA\n", CaptionFault.BAD_TIME, 3),
        ("WEBVTT\n\n٠٠:٠١.٠٠٠ --> 00:02.000\nA\n", CaptionFault.BAD_TIME, 3),
        (f"WEBVTT\n\n{'9' * 5000}:00:01.000 --> 00:02.000\nA\n", CaptionFault.BAD_TIME, 3),
        (f"WEBVTT\n\n00:01.000 --> 00:02.000\n{'<b>' * 300_000}\n", CaptionFault.NOTHING_SAID, 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\0\n", CaptionFault.NOT_TEXT, 1),
    ],
)
def test_captions_are_refused_by_line(text, fault, line):
    assert caption_problems(text.encode()) == [CaptionProblem(fault, line)]


def test_captions_that_are_no_text_are_refused():
    windows_1256 = "WEBVTT\n\n00:01.000 --> 00:02.000\nأهلا\n".encode("windows-1256")
    for data in (b"WEBVTT\n\xff\xfe", windows_1256):
        assert caption_problems(data) == [CaptionProblem(CaptionFault.NOT_TEXT, 1)]


@pytest.mark.parametrize(
    ("head", "content_type", "kinds"),
    [
        (MP4, "video/mp4", ["audio", "video"]),
        (MP4, "audio/mp4", ["audio", "video"]),
        (OGG, "audio/ogg", ["audio", "video"]),
        (b"ID3\x04", "audio/mpeg", ["audio"]),
        (b"\xff\xfb\x90", "audio/mpeg", ["audio"]),
        # What it is, and what it is sent as, are two things.
        (MP4, "audio/ogg", []),
        (OGG, "video/mp4", []),
        (MP4, "text/html", []),
        (b"ID3\x04", "image/svg+xml", []),
        (PNG, "video/mp4", []),
        ("<!doctype".encode("utf-16"), "audio/mpeg", []),
        (b"<!doctype html>", "video/mp4", []),
        (b"<svg onload='x'>", "audio/ogg", []),
        (b"", "video/mp4", []),
        (b"", "", []),
    ],
)
def test_a_file_is_what_its_first_bytes_say_and_its_name_says_the_same(head, content_type, kinds):
    assert [kind for kind in ("audio", "video") if is_recording(head, kind=kind, content_type=content_type)] == kinds


def lasts(data: bytes) -> int | None:
    return length_ms(io.BytesIO(data), size_bytes=len(data))


def test_how_long_a_film_lasts_is_in_its_table_and_of_a_recording_on_its_last_page():
    long = b"\1" + b"\0" * 19 + (1000).to_bytes(4) + (90_000).to_bytes(8)
    opus = b"OggS\0\2" + b"\0" * 20 + b"\1\x08OpusHead" + b"OggS\0\4" + (96_000).to_bytes(8, "little") + b"\0" * 13
    assert {
        "table first": lasts(film(5_000, after=box(b"mdat", b"\0" * 99))),
        "wide box": lasts(film(5_000, after=(1).to_bytes(4) + b"mdat" + (20).to_bytes(8) + b"\0" * 4)),
        "to the end": lasts(film(5_000, after=b"\0\0\0\0mdat" + b"\0" * 99)),
        "second version": lasts(box(b"ftyp", b"") + box(b"moov", box(b"mvhd", long))),
        "in fragments": lasts(film(0)),
        "opus": lasts(opus),
        "mp3": lasts((b"\xff\xfb\x18\xc4" + b"\0" * 140) * 10),
        "webm": lasts(b"\x1a\x45\xdf\xa3\x80\x1f\x43\xb6\x75\x80"),
        "wave": lasts(b"RIFF" + (50).to_bytes(4, "little") + b"WAVE" + b"\0" * 46),
        "wave of unknown size": lasts(b"RIFF\xff\xff\xff\xffWAVE"),
    } == {
        "table first": 5_000,
        "wide box": 5_000,
        "to the end": 5_000,
        "second version": 90_000,
        "in fragments": None,
        "opus": 2_000,
        "mp3": 360,
        "webm": None,
        "wave": None,
        "wave of unknown size": None,
    }


@pytest.mark.parametrize(
    "data",
    [
        film(5_000, after=box(b"mdat", b"\0" * 99))[:-1],
        film(5_000)[:40],
        box(b"ftyp", b"") + box(b"mdat", b"\0" * 99),
        box(b"ftyp", b"") + b"<script>alert(1)</script>",
        box(b"ftyp", b"") + box(b"free", b"") * 100_001,
        box(b"ftyp", b"") + b"\0\0\0\2moov",
        film(2**32 - 2),
        OGG[:-1],
        OGG + b"<script>alert(1)</script>",
        OGG[:26] + b"\1\x09OpusHead",
        b"ID3\x04" + b"\0" * 40,
        b"\x1a\x45\xdf\xa3\x80",
        b"RIFF" + (50).to_bytes(4, "little") + b"WAVE" + b"\0" * 44,
    ],
)
def test_what_breaks_off_or_goes_on_as_something_else_is_no_recording(data):
    with pytest.raises(BrokenOff):
        lasts(data)


def test_captions_of_a_longer_film_are_refused_by_their_line():
    assert caption_problems(GOOD.encode(), film_ms=2_500) == []
    assert caption_problems(GOOD.encode(), film_ms=2_400) == [CaptionProblem(CaptionFault.AFTER_THE_END, 7)]


def test_recordings_are_sent_as_what_they_are_on_every_system():
    # Of a bare system's own table, which knows hardly any.
    assert {CONTENT_TYPES[name] for name in (".opus", ".ogg")} == {"audio/ogg"}
    assert is_recording(MP4, kind="audio", content_type=CONTENT_TYPES[".m4a"])


def document(name: str, content: bytes) -> Document:
    return Document.objects.create(title=name, file=ContentFile(content, name=name))


def refused(settings, tmp_path, kind, **files):
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages(lessons=[])
    chosen = {name: document(*file).pk for name, file in files.items()}
    helped = ("help_now", {"title": "Somebody to talk to", "services": [SupportServiceFactory(hotline=True).pk]})
    shown = (kind, {"title": "Film", "transcript": "<p>Welcome.</p>", **chosen})
    lesson_page(course.pages.get(), "film", body=[shown, helped])
    try:
        release(course, languages=["en"])
    except ReleaseRefused as error:
        return [each for each in error.problems if each.fault != ReleaseFault.PASSAGE_MISSING]
    return []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("film", "captions", "problem"),
    [
        (("a.mp4", PNG), ("a.vtt", GOOD.encode()), (ReleaseFault.NOT_THAT_KIND, "a.mp4")),
        (("a.mp4", MP4), ("a.vtt", b"WEBVTT\n\n"), (ReleaseFault.CAPTIONS, "a.vtt 1")),
        (("a.mp4", b""), ("a.vtt", GOOD.encode()), (ReleaseFault.NOT_THAT_KIND, "a.mp4")),
        (("a.webm", MP4), ("a.vtt", GOOD.encode()), (ReleaseFault.NOT_THAT_KIND, "a.webm")),
        (("a.mp4", MP4[:-1]), ("a.vtt", GOOD.encode()), (ReleaseFault.BROKEN_OFF, "a.mp4")),
        (("a.mp4", film(900)), ("a.vtt", GOOD.encode()), (ReleaseFault.CAPTIONS, "a.vtt 7")),
    ],
)
def test_a_film_that_lies_or_has_no_captions_is_not_released(settings, tmp_path, film, captions, problem):
    found = refused(settings, tmp_path, "video", file=film, captions=captions)
    assert found == [ReleaseProblem(problem[0], "en", "film", problem[1])]
    assert problem[1] in in_words(found[0])


@pytest.mark.django_db
def test_a_translation_needs_captions_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages(final_quiz=None)
    shown = {"title": "Film", "transcript": "<p>Welcome.</p>", "file": document("a.mp4", MP4)}
    english, french = (document(name, f"{GOOD}\nNOTE {name}\n".encode()) for name in ("en.vtt", "fr.vtt"))
    page = course_page(course, "fr")
    for code in ("facts", "act"):
        lesson_page(page, code)
    for parent in (course.pages.get(locale__language_code="en"), page):
        lesson_page(parent, "film", body=[("video", shown | {"file": shown["file"].pk, "captions": english.pk})])
    problem = ReleaseProblem(ReleaseFault.CAPTIONS_LANGUAGE, "fr", "film", "en.vtt")
    with pytest.raises(ReleaseRefused) as refusal:
        release(course)
    assert refusal.value.problems == (problem,)
    edition = release(course, languages=["en"])
    with pytest.raises(ReleaseRefused) as refusal:
        add_text(edition=edition, language="fr", by=None, at=RELEASED_AT)
    assert refusal.value.problems == (problem,)

    translated = page.get_children().get(slug="film").specific
    translated.body = [("video", shown | {"captions": french})]
    publish(translated)
    assert add_text(edition=edition, language="fr", by=None, at=RELEASED_AT).language == "fr"


@pytest.mark.django_db
def test_recordings_of_monstrous_size_are_not_released(settings, tmp_path, monkeypatch):
    monkeypatch.setitem(MOST_BYTES, "audio", 10)
    assert refused(settings, tmp_path, "audio", file=("a.ogg", OGG)) == [
        ReleaseProblem(ReleaseFault.TOO_LARGE, "en", "film", "a.ogg")
    ]


@pytest.mark.django_db
def test_a_sound_film_is_released(settings, tmp_path):
    assert refused(settings, tmp_path, "video", file=("a.mp4", MP4), captions=("a.vtt", GOOD.encode())) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "most_bytes", "fault"),
    [
        ("new.ogg", PNG, 100, ReleaseFault.NOT_THAT_KIND),
        ("new.ogg", b"", 100, ReleaseFault.NOT_THAT_KIND),
        ("new.ogg", OGG * 10, 100, ReleaseFault.TOO_LARGE),
    ],
)
def test_the_old_recording_stays_where_a_new_one_is_refused(
    client, settings, tmp_path, monkeypatch, name, content, most_bytes, fault
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(MOST_BYTES, "audio", most_bytes)
    course = course_with_pages(lessons=["act"])
    shown = {"title": "Film", "transcript": "<p>Welcome.</p>", "file": document("old.ogg", OGG).pk}
    page = lesson_page(course.pages.get(), "facts", body=[("audio", shown)])
    edition = release(course)
    before = EditionText.objects.get(edition=edition).snapshot
    kept = list(FrozenMedia.objects.values_list("sha256", "file"))

    page.body = [("audio", shown | {"file": document(name, content)})]
    publish(page)
    with pytest.raises(ReleaseRefused) as refusal:
        release(course)
    assert ReleaseProblem(fault, "en", "facts", name) in refusal.value.problems
    # Nor with the next correction of what is released.
    with pytest.raises(ReleaseRefused):
        add_text(edition=edition, language="en", by=None, at=RELEASED_AT)

    assert list(Edition.objects.all()) == [edition]
    assert EditionText.objects.get().snapshot == before
    assert list(FrozenMedia.objects.values_list("sha256", "file")) == kept
    [sound] = before["media"]
    assert b"".join(client.get(f"/media/frozen/{sound}/").streaming_content) == OGG


def tone(loudness: float) -> bytes:
    """Return a second and a half of a tone as an Opus recording."""
    samples = array("h", (round(32767 * loudness * math.sin(n / 8)) for n in range(24_000)))
    command = ["opusenc", "--quiet", "--serial", "1", "--raw", "--raw-rate", "16000", "--raw-chan", "1", "-", "-"]
    return subprocess.run(command, input=samples.tobytes(), capture_output=True, check=True).stdout


@pytest.mark.skipif(not all(map(shutil.which, ("opusenc", "opusdec"))), reason="opus-tools are not installed")
@pytest.mark.parametrize("loudness", [0.01, 0.9])
def test_a_recording_is_as_loud_as_others_and_no_sample_of_it_is_touched(loudness):
    brought = tone(loudness)
    decibels = decibels_missing(brought)
    # A tone's mean is its height over the root of two.
    assert decibels == pytest.approx(20 * math.log10(TARGET_RMS / (loudness / math.sqrt(2))), abs=0.6)
    even = louder(brought, decibels=decibels)
    assert decibels_missing(even) == 0
    assert [
        at for at in range(len(brought)) if even[at] != brought[at] and not 22 <= at < 26 and not 44 <= at < 46
    ] == []


def test_of_a_recording_only_its_header_is_looked_at():
    head = b"OggS" + b"\0" * 22 + b"\1\x13OpusHead" + b"\0" * 11
    brought = head + b"OggS" + b"\0" * 22 + b"\xff" * 256 + b"\1" * 65_025
    even = louder(brought, decibels=3)
    assert even[44:46] == (768).to_bytes(2, "little")
    assert even[len(head) :] == brought[len(head) :]


@pytest.mark.parametrize("data", [b"", OGG, b"OggS" + b"OpusHead" * 9, b"ID3" + b"\0" * 60])
def test_what_cannot_be_heard_stays_as_it_came(data):
    assert decibels_missing(data) == 0
    with pytest.raises(NotOpus):
        louder(data, decibels=3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("talk.ogg", OGG),
        # It says how long it is, and nothing in it can be decoded.
        (
            "talk.flac",
            b"fLaC\0\0\0\x22" + b"\0" * 10 + (16_000 << 44 | 96_000).to_bytes(8) + b"\0" * 16 + b"\xa5" * 900,
        ),
    ],
)
def test_whoever_releases_is_told_what_cannot_be_made_as_loud_as_others(
    admin_client, settings, tmp_path, name, content
):
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages(lessons=["act"])
    shown = {"title": "Listen", "transcript": "<p>Welcome.</p>", "file": document(name, content).pk}
    lesson_page(course.pages.get(), "facts", body=[("audio", shown)])
    page = admin_client.get(reverse("courses_admin:release", args=[course.pk])).content.decode()
    assert f"<li>facts: {name}</li>" in page
    release(course)
    kept = FrozenMedia.objects.get()
    with kept.file.open("rb") as file:
        assert file.read() == content


def released(settings, tmp_path, name: str, brought: bytes) -> tuple[Course, FrozenMedia, Document]:
    settings.MEDIA_ROOT = tmp_path
    course = course_with_pages(lessons=["act"])
    own = document(name, brought)
    shown = {"title": "Listen", "transcript": "<p>Welcome.</p>", "file": own.pk}
    lesson_page(course.pages.get(), "facts", body=[("audio", shown)])
    text = EditionText.objects.get(edition=release(course))
    kept = FrozenMedia.objects.get()
    assert list(text.snapshot["media"]) == [kept.sha256]
    # What was released is what the pages come to: nothing is new.
    with pytest.raises(ReleaseRefused) as refusal:
        release(course)
    assert [each.fault for each in refusal.value.problems] == [ReleaseFault.UNCHANGED]
    return course, kept, own


@pytest.mark.django_db
@pytest.mark.skipif(not all(map(shutil.which, ("opusenc", "opusdec"))), reason="opus-tools are not installed")
def test_a_quiet_recording_is_released_louder_and_the_editors_own_stays(settings, tmp_path):
    brought = tone(0.01)
    _, kept, own = released(settings, tmp_path, "quiet.opus", brought)
    with kept.file.open("rb") as file, own.file.open("rb") as original:
        assert (file.read(), original.read()) == (louder(brought, decibels=decibels_missing(brought)), brought)


@pytest.mark.django_db
@pytest.mark.skipif(not all(map(shutil.which, ("opusenc", "opusdec"))), reason="opus-tools are not installed")
def test_a_wave_is_released_as_opus_as_loud_as_others_and_drafts_play_the_editors_own(settings, tmp_path):
    brought = wave_of_a_tone(loudness=0.01)
    course, kept, own = released(settings, tmp_path, "quiet.wav", brought)
    with kept.file.open("rb") as file, own.file.open("rb") as original:
        made = file.read()
        assert original.read() == brought
    remembered = tmp_path / "packed" / f"{sha256(brought).hexdigest()}.opus"
    packed = remembered.read_bytes()
    assert made == louder(packed, decibels=decibels_missing(packed))
    assert decibels_missing(made) == 0
    assert (kept.content_type, kept.file.name) == ("audio/ogg", f"frozen/{kept.sha256}.opus")
    draft = draft_snapshot(page=course.pages.get())
    [shown] = [block["value"]["file"] for block in draft["lessons"][1]["body"] if block["type"] == "audio"]
    assert (shown["url"], shown["filename"]) == (own.file.url, own.filename)
    # A copy of which somebody was ended while writing it is made anew.
    remembered.write_bytes(packed[:-1])
    assert as_released(brought) == Released(made, is_level=True)
    assert remembered.read_bytes() == packed
