"""Other ways to take a course: what can be carried away, and the files themselves. Nothing about it is kept."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import selectors
from courses.models import Rendition, RenditionSet
from courses.renditions.kinds import FOR_LEARNERS
from courses.renditions.material import Material
from courses.services import ask_for_renditions
from courses.views.course import without_cookie
from courses.views.material import material_for
from courses.views.reading import Reading, way_in, with_reading


@require_safe
@with_reading
def other_ways(request: HttpRequest, reading: Reading) -> HttpResponse:
    """List what is made of the text that this reader is served, with kind and size, or say that it is being made."""
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    if not settings.RENDITIONS:
        raise Http404
    kept, is_true = _of_reader(reading)
    files = [each for each in kept.files.all() if each.file] if kept and is_true else []
    by_kind: dict[str, list[Rendition]] = {}
    for each in files:
        by_kind.setdefault(each.kind, []).append(each)
    of_lessons = {(each.kind, each.lesson): each for each in files}
    context: dict[str, Any] = {
        "reading": reading,
        "kept": kept,
        "is_true": is_true,
        "lessons": [
            {
                "lesson": lesson,
                "number": number,
                "handout": of_lessons.get(("handout", lesson["code"])),
                "transcript": of_lessons.get(("transcript", lesson["code"])),
                "listen": of_lessons.get(("listen", lesson["code"])),
            }
            for number, lesson in enumerate(reading.lessons, start=1)
        ],
        "whole": {kind: rows[0] for kind, rows in by_kind.items() if kind in FOR_LEARNERS and not rows[0].lesson},
    }
    return render(request, "courses/pages/other_ways.html", without_cookie(reading, context))


@require_safe
@with_reading
def rendition(request: HttpRequest, reading: Reading, name: str) -> HttpResponseBase:
    """Send one file, if it is true to what this reader may see now."""
    elsewhere = way_in(request, reading)
    if elsewhere:
        return elsewhere
    kept, is_true = _of_reader(reading)
    found = next((each for each in kept.files.all() if each.name == name), None) if kept and is_true else None
    if found is None or found.kind not in FOR_LEARNERS:
        raise Http404
    return sent(found)


def _of_reader(reading: Reading) -> tuple[RenditionSet | None, bool]:
    if not settings.RENDITIONS:
        return None, False
    return true_set(material_for(reading))


def true_set(material: Material) -> tuple[RenditionSet | None, bool]:
    """Return what is made of a text and whether it is true to ``material``; what is not is asked for."""
    kept = selectors.rendition_set(material.text.edition, material.language)
    if kept is not None and kept.fingerprint == material.fingerprint:
        return kept, True
    if kept is None or kept.asked_for != material.fingerprint:
        ask_for_renditions(edition=material.text.edition, language=material.language)
    return kept, False


def sent(found: Rendition) -> HttpResponseBase:
    """Return the file as a download under its neutral name; nothing of it stays in the browser's memory."""
    if not found.file:
        raise Http404
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(opened, as_attachment=True, filename=found.name, content_type=found.content_type)
    response.headers["Cache-Control"] = "no-store"
    return response
