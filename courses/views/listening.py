"""Listening to a lesson: the recording that was made of it, with the words beside it."""

import re
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from courses.models import Rendition
from courses.renditions.transcript import transcript
from courses.views.course import without_cookie
from courses.views.lesson import finish_form, note_viewed
from courses.views.reading import Reading, way_in, with_reading
from courses.views.renditions import material_for, true_set

LISTEN: Final = "listen"
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


@require_safe
@with_reading
def listen(request: HttpRequest, reading: Reading, lesson: str) -> HttpResponse:
    """Play a lesson, and note for who is on the way that it was opened; the words are the same as on the page."""
    frozen = reading.lesson(lesson)
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    found = _recording(reading, lesson)
    if found is None:
        return redirect("courses:other_ways", slug=reading.course.slug)
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        note_viewed(reading, lesson, rendition=LISTEN)
    material = material_for(reading)
    lessons = reading.lessons
    place = next(place for place, each in enumerate(lessons) if each["code"] == lesson)
    context = {
        "reading": reading,
        "lesson": frozen,
        "file": found,
        "lines": transcript(material, material.lessons[place]).split("\n"),
        "form": finish_form(reading, frozen),
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
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    found = _recording(reading, lesson)
    if found is None:
        raise Http404
    try:
        with found.file.open("rb") as opened:
            content = opened.read()
    except FileNotFoundError as error:
        raise Http404 from error
    response = _part(content, request.headers.get("Range", ""))
    about = {"Accept-Ranges": "bytes", "Cache-Control": "no-store", "Content-Type": found.content_type}
    # Compressed on the way, a part would not be the part that was asked for.
    for name, value in {**about, "Content-Encoding": "identity"}.items():
        response.headers[name] = value
    return response


def _recording(reading: Reading, lesson: str) -> Rendition | None:
    if not settings.RENDITIONS:
        return None
    kept, is_true = true_set(material_for(reading))
    files = kept.files.all() if kept and is_true else ()
    return next((each for each in files if (each.kind, each.lesson) == (LISTEN, lesson) and each.file), None)


def _part(content: bytes, asked: str) -> HttpResponse:
    """Return all of ``content``, or the one range of bytes that ``asked`` (RFC 9110) names; 416 where there is none."""
    named = _RANGE.fullmatch(asked)
    if named is None or named.groups() == ("", ""):
        return HttpResponse(content)
    first, last = named.groups()
    if first:
        start, end = int(first), min(int(last), len(content) - 1) if last else len(content) - 1
    else:
        start, end = max(len(content) - int(last), 0), len(content) - 1
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
    return HttpResponse(content[start : end + 1], status=206, headers=headers)
