"""Lessons that the machine reads: only in a voice that a native listener has accepted, and only as long."""

import re
import subprocess
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.blocks import OverlayBody
from courses.fold import Fold, minutes
from courses.models import (
    Course,
    Enrolment,
    FrozenOverlay,
    LearningEvent,
    LessonPage,
    Rendition,
    RenditionSet,
    VoiceAcceptance,
)
from courses.renditions import kinds, speech
from courses.renditions.material import material_of
from courses.renditions.speech import Voice, script, speak
from courses.selectors import newest_edition, text_in
from courses.services import accept_voice, add_text, approve_overlay, make_renditions, take_voice_back, write_overlay
from people import outbox
from tests.courses.learners import Clock, on_the_way, the_clock  # noqa: F401  # a fixture
from tests.courses.recorded import recording
from tests.curriculum.opened import faults_of_sound
from tests.factories.courses import RELEASED_AT, course_with_pages, lesson_page, publish, release
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
VOICE = Voice("en-us", "espeak-ng 1.51 en-us 150")


@pytest.fixture
def course(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A released course of two lessons on a platform that has a voice for English; speaking is cheap here."""
    settings.RENDITIONS, settings.SPEECH, settings.MEDIA_ROOT = True, True, tmp_path / "media"
    monkeypatch.setattr(speech, "_installed_voices", lambda: frozenset({"en-us"}))
    monkeypatch.setattr(speech, "_version", lambda: "espeak-ng 1.51")
    monkeypatch.setattr(
        kinds, "speak", lambda text, **about: recording(packets=100, said=f"{text}{about['voice'].identity}")
    )
    monkeypatch.setattr(kinds, "typeset", lambda *given: b"%PDF")
    course = course_with_pages(lessons=[])
    lesson_page(course.pages.get(), "facts")
    lesson_page(course.pages.get(), "act")
    release(course)
    return course


def accept(identity: str = VOICE.identity) -> None:
    accept_voice(language="en", voice=identity, listener="Ama Birch, from Leeds", by=None, at=RELEASED_AT)


def make(course: Course) -> RenditionSet:
    """Make the files, each recording two seconds long."""
    made = make_renditions(edition=newest_edition(course), language="en", at=RELEASED_AT)
    assert made is not None
    return made


def recordings() -> list[str]:
    return sorted(Rendition.objects.filter(kind__startswith="listen").values_list("name", flat=True))


def test_nothing_is_recorded_before_a_listener_has_accepted_the_voice(course: Course) -> None:
    make(course)
    assert recordings() == []
    accept()
    outbox.deliver_due(at=RELEASED_AT, limit=50)
    assert recordings() == ["course.opus", "lesson-1.opus", "lesson-2.opus"]


def test_another_version_of_the_voice_is_not_what_was_heard(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    accept()
    make(course)
    monkeypatch.setattr(speech, "_version", lambda: "espeak-ng 1.52")
    make(course)
    assert recordings() == []


def test_a_yes_is_taken_back_from_the_next_page_on(course: Course, client: Client) -> None:
    on_the_way(client, course)
    accept()
    make(course)
    address = reverse("courses:recording", args=[course.slug, "facts"])
    assert client.get(address).status_code == 200
    take_voice_back(language="en", by=None, at=RELEASED_AT)
    assert client.get(address).status_code == 404
    assert VoiceAcceptance.objects.count() == 0


def test_a_listener_has_a_name(course: Course) -> None:
    with pytest.raises(ValueError, match="name"):
        accept_voice(language="en", voice=VOICE.identity, listener="  ", by=None, at=RELEASED_AT)


def test_listening_counts_as_one_progress_with_reading(course: Course, client: Client) -> None:
    on_the_way(client, course)
    lesson = client.get(reverse("courses:lesson", args=[course.slug, "facts"])).content.decode()
    assert "/facts/listen/" not in lesson
    accept()
    make(course)
    lesson = client.get(reverse("courses:lesson", args=[course.slug, "facts"])).content.decode()
    assert "/facts/listen/" in lesson
    page = client.get(reverse("courses:listen", args=[course.slug, "facts"])).content.decode()
    for words in ("A machine reads this lesson.", 'preload="none"', "Listening uses", "Read this lesson instead", "Finish, and go on"):  # fmt: skip
        assert words in page
    assert LearningEvent.objects.filter(verb="viewed").order_by("pk").last().rendition == "listen"


def test_local_parts_stand_below_the_recording_and_are_noted(course: Course, client: Client) -> None:
    owner = UserFactory(email="owner@example.org")
    said = [{"type": "text", "id": "o", "value": {"heading": "", "text": "<p>In Canada.</p>"}}]
    part = write_overlay(
        course=course,
        overlay=None,
        title="Wages",
        lesson="facts",
        anchor="",
        label="Facts",
        act="after",
        place="ca",
        sector=None,
        organisation=None,
        owner=owner,
        review_by=date(2027, 3, 1),
        language="en",
        body=OverlayBody().to_python(said),
        by=owner,
        at=RELEASED_AT,
        on=date(2026, 3, 1),
    )
    approve_overlay(overlay=part, by=None, at=RELEASED_AT, on=date(2026, 3, 1))
    release(course)
    on_the_way(client, course)
    accept()
    make(course)
    page = client.get(reverse("courses:listen", args=[course.slug, "facts"])).content.decode()
    assert page.count("In Canada.") == 1
    assert "For Canada" in page
    [digest] = FrozenOverlay.objects.values_list("digest", flat=True)
    assert LearningEvent.objects.get(verb="viewed", rendition="listen").data["overlays"] == [digest]


def test_what_is_heard_of_the_whole_course_counts_for_its_lessons(
    course: Course,
    client: Client,
    the_clock: Clock,  # noqa: F811
) -> None:
    enrolment = on_the_way(client, course)
    accept()
    make(course)
    page = client.get(reverse("courses:listen_whole", args=[course.slug])).content.decode()
    about = dict(re.findall(r'data-(progress|enrolment|text)="([^"]+)"', page))
    # What a player notes as it plays, once in each chapter: two and five minutes after the start of the course.
    for code, minute in zip(re.findall(r'data-lesson-code="(\w+)"', page), (1, 3), strict=True):
        at = the_clock.forward(minutes=minute)
        heard = {"uuid": str(uuid.uuid4()), "verb": "viewed", "enrolment": about["enrolment"], "text": about["text"]}
        heard |= {"lesson": code, "rendition": "listen", "at": at.isoformat()}
        answer = client.post(about["progress"], {"events": [heard]}, content_type="application/json")
        assert answer.json()["events"][0]["outcome"] == "accepted"
    fold = Fold.from_json(Enrolment.objects.get(pk=enrolment.pk).fold)
    assert sorted(fold.viewed) == ["act", "facts"]
    assert minutes(fold) == 5
    # It is the hearing that counts, not the page.
    assert LearningEvent.objects.filter(verb="viewed").count() == 2


def test_without_a_voice_the_lesson_is_shown_and_until_it_is_made_the_other_ways(
    course: Course, client: Client
) -> None:
    on_the_way(client, course)
    pages = [
        reverse("courses:listen", args=[course.slug, "facts"]),
        reverse("courses:listen_whole", args=[course.slug]),
    ]
    lesson = reverse("courses:lesson", args=[course.slug, "facts"])
    other_ways = reverse("courses:other_ways", args=[course.slug])
    assert [client.get(page).url for page in pages] == [lesson, other_ways]
    accept()
    assert [client.get(page).url for page in pages] == [other_ways, other_ways]


def test_who_listens_goes_on_listening(course: Course, client: Client) -> None:
    on_the_way(client, course)
    about = reverse("courses:course", args=[course.slug])
    whole = reverse("courses:listen_whole", args=[course.slug])
    before = client.get(about).content.decode()
    assert (whole in before, "to listen to" in before) == (False, False)
    accept()
    make(course)
    page = client.get(about).content.decode()
    assert (whole in page, "to listen to" in page) == (True, True)
    page = client.get(reverse("courses:listen", args=[course.slug, "facts"])).content.decode()
    sent = dict(re.findall(r'name="(finish-[a-z]+)" value="([^"]+)"', page))
    answer = client.post(reverse("courses:lesson_done", args=[course.slug, "facts"]), sent)
    assert answer.url == reverse("courses:listen", args=[course.slug, "act"])
    assert LearningEvent.objects.get(verb="lesson_completed").rendition == "listen"
    page = client.get(reverse("courses:listen", args=[course.slug, "facts"])).content.decode()
    assert f'class="button" href="{answer.url}"' in page


def test_the_whole_course_has_a_chapter_for_each_lesson(course: Course, client: Client) -> None:
    on_the_way(client, course)
    accept()
    make(course)
    page = client.get(reverse("courses:listen_whole", args=[course.slug])).content.decode()
    assert re.findall(r'data-listen-at="([\d.]+)"', page) == ["0.000", "2.000"]
    assert re.findall(r'dir="ltr">(\d+:\d\d)<', page) == ["0:00", "0:02"]
    for words in ("Listen to the whole course", "A machine reads this course.", "Save it for later", 'preload="none"'):
        assert words in page
    sound = client.get(reverse("courses:recording_whole", args=[course.slug]), headers={"Range": "bytes=0-3"})
    assert (sound.status_code, sound.getvalue()) == (206, b"OggS")
    for name in ("listen", "other_ways"):
        parts = [course.slug, "facts"] if name == "listen" else [course.slug]
        assert "Listen to the whole course" in client.get(reverse(f"courses:{name}", args=parts)).content.decode()


def test_one_changed_lesson_makes_its_own_and_the_whole_recording_anew(course: Course) -> None:
    accept()
    make(course)
    before = dict(Rendition.objects.filter(kind__startswith="listen").values_list("name", "file"))
    page = LessonPage.objects.get(lesson__code="act")
    page.body = [("text", {"heading": "One idea", "text": "What act is truly about."})]
    publish(page)
    add_text(edition=newest_edition(course), language="en", by=None, at=RELEASED_AT)
    make(course)
    after = dict(Rendition.objects.filter(kind__startswith="listen").values_list("name", "file"))
    assert sorted(name for name in after if after[name] != before[name]) == ["course.opus", "lesson-2.opus"]


def test_a_recording_for_strangers_is_not_given_to_them(course: Course, client: Client) -> None:
    accept()
    make(course)
    for name in ("listen_whole", "recording_whole"):
        assert client.get(reverse(f"courses:{name}", args=[course.slug])).status_code == 302


@pytest.mark.parametrize(
    ("asked", "status", "part", "said"),
    [
        ("", 200, slice(None), None),
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{size}"),
        ("bytes=4-", 206, slice(4, None), "bytes 4-{last}/{size}"),
        ("bytes=-2", 206, slice(-2, None), "bytes {before}-{last}/{size}"),
        ("bytes=999999-", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=-0", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=3-1", 200, slice(None), None),
        ("bytes=0-1,4-5", 200, slice(None), None),
        ("nonsense", 200, slice(None), None),
    ],
)
def test_a_player_may_ask_for_a_part(course: Course, client: Client, asked: str, status: int, part: slice, said: str | None) -> None:  # fmt: skip
    on_the_way(client, course)
    accept()
    make(course)
    address = reverse("courses:recording", args=[course.slug, "facts"])
    whole = client.get(address).getvalue()
    answer = client.get(address, headers={"Range": asked})
    assert (answer.status_code, answer.getvalue()) == (status, whole[part])
    sizes = {"size": len(whole), "last": len(whole) - 1, "before": len(whole) - 2}
    assert answer.headers.get("Content-Range") == (said.format(**sizes) if said else None)
    assert answer.headers["Cache-Control"] == "no-store"


def test_editors_hear_accept_and_take_back(course: Course, admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    address = reverse("courses_admin:voices")
    assert VOICE.identity in admin_client.get(address).content.decode()
    admin_client.post(address, {"language": "en", "voice": "another", "listener": "Ama"})
    admin_client.post(address, {"language": "en", "voice": VOICE.identity, "listener": " "})
    assert VoiceAcceptance.objects.count() == 0
    admin_client.post(address, {"language": "en", "voice": VOICE.identity, "listener": "Ama Birch"})
    assert VoiceAcceptance.objects.get().accepted_by is not None
    assert "Accepted by Ama Birch" in admin_client.get(address).content.decode()
    monkeypatch.setattr(speech, "_version", lambda: "espeak-ng 1.52")
    assert "This one has to be heard again" in admin_client.get(address).content.decode()
    admin_client.post(address, {"language": "en", "take-back": "yes"})
    assert VoiceAcceptance.objects.count() == 0
    monkeypatch.setattr("courses.views.voices.can_speak", lambda: False)
    assert "install espeak-ng opus-tools" in admin_client.get(address).content.decode()


def test_only_those_who_may_release_open_the_voices(client: Client, course: Course) -> None:
    on_the_way(client, course)
    for address in (reverse("courses_admin:voices"), reverse("courses_admin:voice_sample", args=["en"])):
        assert client.get(address).status_code in (302, 403, 404)


def test_what_is_read_is_made_for_the_ear() -> None:
    lines = ["Help", "1-833-900-1010", "– Call 911 first", "[2]", "Wait → turn to 4", "", "Really?"]
    assert script(lines).split("\n") == [
        "Help.",
        "1, 8 3 3, 9 0 0, 1 0 1 0.",
        "Call 911 first.",
        "2.",
        "Wait , turn to 4.",
        "",
        "Really?",
    ]


def test_what_is_spoken_says_what_the_page_says(course: Course) -> None:
    accept()
    material = material_of(text_in(newest_edition(course), "en"))
    [first, _] = [piece for piece in kinds.pieces(material) if piece.kind == "listen"]
    said = first.make().decode("utf-8", errors="ignore")
    assert "A machine is reading this." in said
    assert material.lessons[0]["title"] in said


@pytest.mark.skipif(not speech.can_speak(), reason="espeak-ng and opus-tools are not installed")
def test_the_machine_speaks_the_same_bytes_twice(tmp_path: Path) -> None:
    about = {"voice": VOICE, "title": "One", "album": "Course", "number": 3}
    once = speak("A machine is reading this.\nCall 911.", **about)
    assert once == speak("A machine is reading this.\nCall 911.", **about)
    file = tmp_path / "once.opus"
    file.write_bytes(once)
    assert faults_of_sound(file) == []
    for tag in (b"title=One", b"album=Course", b"tracknumber=3"):
        assert tag in once.replace(b"TITLE", b"title").replace(b"ALBUM", b"album").replace(
            b"TRACKNUMBER", b"tracknumber"
        )
    with pytest.raises(subprocess.SubprocessError):
        speak("", **about)
