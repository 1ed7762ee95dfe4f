"""Listening to a lesson: the recording that was made of it, with the words beside it."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from courses.models import Rendition
from courses.renditions.transcript import transcript
from courses.views import byte_ranges
from courses.views.course import without_cookie
from courses.views.lesson import LISTEN, finish_form, local_blocks, note_viewed
from courses.views.material import can_be_heard, material_for
from courses.views.reading import Reading, way_in, with_reading
from courses.views.renditions import true_set

LISTEN_WHOLE: Final = "listen_whole"


@require_safe
@with_reading
def listen(request: HttpRequest, reading: Reading, lesson: str) -> HttpResponse:
    """Play a lesson, and note for who is on the way that it was opened; the words are the same as on the page."""
    frozen = reading.lesson(lesson)
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    recordings = _recordings(reading)
    found = recordings.get((LISTEN, lesson))
    if found is None:
        # On its way; else who changed to a language without a voice stays in this lesson.
        return redirect(reading.url("other_ways") if can_be_heard(reading) else reading.url("lesson", lesson=lesson))
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        note_viewed(reading, lesson, rendition=LISTEN)
    material = material_for(reading)
    lessons = reading.lessons
    place = next(place for place, each in enumerate(lessons) if each["code"] == lesson)
    context = {
        "reading": reading,
        "content_language": reading.text.language,
        "lesson": frozen,
        "file": found,
        "whole": recordings.get((LISTEN_WHOLE, "")),
        # The recording is made for everybody; what is for this reader stands below it.
        "blocks": local_blocks(frozen),
        "regions": reading.regions,
        "lines": transcript(material, material.lessons[place]).split("\n"),
        "form": finish_form(reading, frozen, rendition=LISTEN),
        "number": place + 1,
        "total": len(lessons),
        "following": lessons[place + 1] if place + 1 < len(lessons) else None,
        "done": reading.lesson_state(lesson) == "done",
    }
    return render(request, "courses/pages/listen.html", without_cookie(reading, context))


@require_safe
@with_reading
def recording(request: HttpRequest, reading: Reading, lesson: str) -> HttpResponseBase:
    """Send the sound of a lesson, or the part of it that a player asks for."""
    reading.lesson(lesson)
    return _sound(request, reading, LISTEN, lesson)


@require_safe
@with_reading
def listen_whole(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Play the whole course, a chapter for each lesson; a lesson is finished on its own page."""
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    recordings = _recordings(reading)
    found = recordings.get((LISTEN_WHOLE, ""))
    if found is None:
        return redirect("courses:other_ways", slug=reading.course.slug)
    chapters = []
    starts_at_ms = 0
    for number, each in enumerate(reading.lessons, start=1):
        done = reading.lesson_state(each["code"]) == "done"
        chapters.append({"lesson": each, "number": number, "at": Chapter(starts_at_ms), "done": done})
        starts_at_ms += recordings[LISTEN, each["code"]].length_ms
    context = {"reading": reading, "file": found, "chapters": chapters}
    return render(request, "courses/pages/listen_whole.html", without_cookie(reading, context))


@require_safe
@with_reading
def recording_whole(request: HttpRequest, reading: Reading) -> HttpResponseBase:
    """Send the sound of the whole course, or the part of it that a player asks for."""
    return _sound(request, reading, LISTEN_WHOLE, "")


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a chapter begins."""

    starts_at_ms: int

    @property
    def seconds(self) -> str:
        """Return it as a player takes it: 754.180."""
        return f"{self.starts_at_ms / 1000:.3f}"

    @property
    def clock(self) -> str:
        """Return it as a player shows it: 12:34."""
        minutes, seconds = divmod(self.starts_at_ms // 1000, 60)
        return f"{minutes}:{seconds:02}"


def _sound(request: HttpRequest, reading: Reading, kind: str, lesson: str) -> HttpResponseBase:
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    found = _recordings(reading).get((kind, lesson))
    if found is None:
        raise Http404
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return byte_ranges.send(request, opened, content_type=found.content_type)


def _recordings(reading: Reading) -> dict[tuple[str, str], Rendition]:
    """Return what there is to hear and is true, by kind and lesson (empty: the whole course)."""
    if not settings.RENDITIONS:
        return {}
    kept, is_true = true_set(material_for(reading))
    files = kept.files.filter(kind__in=(LISTEN, LISTEN_WHOLE)).exclude(file="") if kept and is_true else ()
    return {(each.kind, each.lesson): each for each in files}
