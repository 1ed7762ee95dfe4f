"""Lessons: reading one, finishing it, and the practice questions in it."""

import contextlib
import uuid
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from assessments.exceptions import BadResponse
from assessments.frozen import Json
from assessments.grading import check_response
from cms import clock
from cms.languages import direction, language_name
from courses.exceptions import EventRefused
from courses.forms import FinishForm
from courses.models import LearningEvent
from courses.overlay_words import for_whom
from courses.services import complete_lesson, record_event
from courses.views.course import without_cookie
from courses.views.material import can_be_heard
from courses.views.questions import asked, explained, is_finished, response_in
from courses.views.reading import Reading, enrolled_only, get_or_post, way_in, with_reading

PART_HEADER = "X-Part"
READ: Final = "read"
LISTEN: Final = "listen"
LOCAL_BLOCK = "local"


@require_safe
@with_reading
def lesson(request: HttpRequest, reading: Reading, lesson: str) -> HttpResponse:
    """Show a lesson; note for who is on the way that it was opened."""
    frozen = reading.lesson(lesson)
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        note_viewed(reading, lesson)
    return _page(request, reading, frozen)


@get_or_post
@with_reading
@enrolled_only
def lesson_done(request: HttpRequest, reading: Reading, lesson: str) -> HttpResponse:
    """Record that the lesson was done, once however often the button is pressed, and lead to the next step."""
    frozen = reading.lesson(lesson)
    if request.method != "POST":
        return redirect(reading.url("lesson", lesson=lesson))
    form = FinishForm(request.POST, attestations=_attestations(frozen))
    if not form.is_valid():
        return _page(request, reading, frozen, form=form)
    listens = form.cleaned_data["rendition"] == LISTEN
    if reading.active:
        complete_lesson(
            enrolment=reading.active,
            edition_text=reading.text,
            lesson_code=lesson,
            language=reading.text.language,
            uuid=form.cleaned_data["event"],
            at=clock.now(),
            rendition=LISTEN if listens else READ,
            overlays=reading.local.seen_in(lesson),
        )
    now = reading.again()
    # Who listens goes on listening: reading may be what they cannot do.
    goes_on = listens and now.next_step.kind == "lesson"
    return redirect(now.url(LISTEN, lesson=now.next_step.lesson) if goes_on else now.next_url)


@csrf_exempt  # nothing is kept or changed, and the pages of open courses set no cookie
@get_or_post
@with_reading
def check(request: HttpRequest, reading: Reading, lesson: str, question: str) -> HttpResponse:
    """Grade a practice question on the spot and tell why; nothing is kept."""
    frozen = reading.lesson(lesson)
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    if request.method != "POST":
        return redirect(reading.url("lesson", lesson=lesson))
    practised = _practised(reading, frozen, question)
    response = response_in(practised, request.POST)
    answered = practice(reading, frozen, practised, response)
    if PART_HEADER in request.headers:
        part = {"reading": reading, "content_language": reading.text.language, "check": answered}
        return render(request, "courses/components/check.html", without_cookie(reading, part))
    return _page(request, reading, frozen, checks={question: answered})


def note_viewed(reading: Reading, code: str, *, rendition: str = READ) -> None:
    """Note for who is on the way that the lesson was opened."""
    if reading.active is None:
        return
    now = clock.now()
    # More than anybody could need may be recorded already; the lesson can still be read.
    with contextlib.suppress(EventRefused):
        record_event(
            enrolment=reading.active,
            uuid=uuid.uuid4(),
            verb=LearningEvent.Verb.VIEWED,
            edition_text=reading.text,
            lesson_code=code,
            language=reading.text.language,
            rendition=rendition,
            claimed_at=now,
            received_at=now,
            overlays=reading.local.seen_in(code),
        )


def _page(
    request: HttpRequest,
    reading: Reading,
    frozen: Json,
    *,
    form: FinishForm | None = None,
    checks: dict[str, Json] | None = None,
) -> HttpResponse:
    context = {
        **lesson_context(reading, frozen, answered=checks or {}),
        "form": form or finish_form(reading, frozen),
        "can_listen": can_be_heard(reading),
    }
    return render(request, "courses/pages/lesson.html", without_cookie(reading, context))


def lesson_context(reading: Reading, frozen: Json, *, answered: dict[str, Json]) -> dict[str, Any]:
    """Return what the page of a lesson needs; ``answered`` holds practice questions by version, with why."""
    lessons = reading.lessons
    place = next(place for place, each in enumerate(lessons) if each["code"] == frozen["code"])
    checks = {}
    for block in frozen["body"]:
        if block["type"] == "check" and (question := reading.snapshot["practice"].get(block["value"]["question"])):
            checks[block["id"]] = answered.get(question["version"]) or practice(reading, frozen, question)
    return {
        "reading": reading,
        "content_language": reading.text.language,
        "regions": reading.regions,
        "lesson": frozen,
        "blocks": _local_together(
            [_with_source(block, frozen) for block in frozen["body"] if block["type"] != "attestation"],
            on=clock.today(settings.TIME_ZONE),
        ),
        "attestations": _attestations(frozen),
        "checks": checks,
        "number": place + 1,
        "total": len(lessons),
        "previous": lessons[place - 1] if place else None,
        "following": lessons[place + 1] if place + 1 < len(lessons) else None,
        "renditions": settings.RENDITIONS,
        "done": reading.lesson_state(frozen["code"]) == "done",
    }


def _with_source(block: Json, frozen: Json) -> Json:
    """Return a figure with its source, which it names by the code that the lesson lists it under."""
    if block["type"] != "figure" or not isinstance(block["value"].get("source"), str):
        return block
    source = next((each for each in frozen["sources"] if each["code"] == block["value"]["source"]), None)
    return {**block, "value": {**block["value"], "source": source}}


def local_blocks(frozen: Json) -> list[Json]:
    """Return the local parts of a lesson alone, for a page that shows the rest of it in another form."""
    blocks = [_with_source(block, frozen) for block in frozen["body"] if block.get("overlay")]
    return _local_together(blocks, on=clock.today(settings.TIME_ZONE))


def _local_together(blocks: list[Json], *, on: date) -> list[Json]:
    """Return the blocks with those of one local part as one, which says for whom it is and in which language."""
    shown: list[Json] = []
    for block in blocks:
        about = block.get("overlay")
        if about is None:
            shown.append(block)
        elif shown and shown[-1]["type"] == LOCAL_BLOCK and shown[-1]["id"] == about["digest"]:
            shown[-1]["value"]["blocks"].append(block)
        else:
            review_by = date.fromisoformat(about["review_by"])
            value = {
                "for_whom": for_whom(about),
                "language": about["language"],
                "language_name": language_name(about["language"], "name_translated") if about["language"] else "",
                "direction": direction(about["language"]),
                "past_review": review_by if on > review_by else None,
                "blocks": [block],
            }
            shown.append({"type": LOCAL_BLOCK, "id": about["digest"], "value": value})
    return shown


def _attestations(frozen: Json) -> list[Json]:
    return [block for block in frozen["body"] if block["type"] == "attestation"]


def finish_form(reading: Reading, frozen: Json, *, rendition: str = READ) -> FinishForm | None:
    """Return the form that finishes a lesson, for who is on the way."""
    return FinishForm(attestations=_attestations(frozen), rendition=rendition) if reading.active else None


def _practised(reading: Reading, frozen: Json, version: str) -> Json:
    keys = {block["value"]["question"] for block in frozen["body"] if block["type"] == "check"}
    for key in keys:
        question: Json | None = reading.snapshot["practice"].get(key)
        # A reflection is for the reader alone: there is nowhere to send it.
        if question and question["version"] == version and question["type"] != "reflection":
            return question
    raise Http404


_NOTHING_SENT = object()


def practice(reading: Reading, frozen: Json, question: Json, response: Any = _NOTHING_SENT) -> Json:
    """Return a practice question as the page shows it: asked, asked again because of ``fault``, or answered."""
    sent = None if response is _NOTHING_SENT else response
    fault = ""
    if response is not _NOTHING_SENT:
        fault = _fault(question, response)
        if fault == "unreadable":
            sent = None
    shown = {
        "url": reading.url("check", lesson=frozen["code"], question=question["version"]),
        "lesson_url": reading.url("lesson", lesson=frozen["code"]),
        "fault": fault,
        "question": asked(question, sent),
    }
    if question["type"] == "reflection":
        # A thought to compare with, not an answer.
        shown["why"] = question["feedback"]
    if response is not _NOTHING_SENT and not fault:
        shown["answer"] = explained(question, response)
    return shown


def _fault(question: Json, response: Any) -> str:
    """Return why there is nothing to grade yet: ``missing``, ``unreadable``, ``goes_on``; empty: there is."""
    if response is None:
        return "missing"
    try:
        check_response(question, response)
    except BadResponse:
        return "unreadable"
    if not is_finished(question, response):
        # A story goes on; anything else is not answered to its end.
        return "goes_on" if question["type"] == "scenario" else "missing"
    if question["type"] == "matching" and len(response) < len(question["pairs"]):
        return "missing"
    return ""
