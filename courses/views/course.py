"""The page of a course, and starting it."""

import dataclasses
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from cms import clock
from cms.languages import language_name
from cms.lists import listed_with
from courses.forms import StartForm
from courses.models import Completion, EditionText
from courses.registry import Evidence, evidence_of, training_items
from courses.selectors import readable_at
from courses.services import enrol
from courses.views.material import can_be_heard
from courses.views.reading import Reading, get_or_post, sign_in_url, with_reading
from people.scope import Scope


@require_safe
@with_reading
def course(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show what the course is about, its lessons with their state, and one button: the next step."""
    return render(request, "courses/pages/course.html", without_cookie(reading, course_context(request, reading)))


@get_or_post
@with_reading
def start(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Enrol, or go on where somebody is enrolled already, and lead to the next step."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if reading.is_open:
        raise Http404
    if request.method != "POST":
        return redirect(reading.url("course"))
    if scope.user is None:
        return redirect(sign_in_url(reading.url("course"), locked=reading.locked))
    form = StartForm(request.POST, scope=scope)
    if not form.is_valid():
        return redirect(reading.url("course"))
    enrolment = enrol(
        learner=scope.user,
        membership=form.cleaned_data["membership"],
        course=reading.course,
        at=clock.now(),
        language=reading.wanted,
    )
    now = dataclasses.replace(reading, enrolment=enrolment)
    return redirect(now.next_url)


def course_context(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    """Return what the page of a course needs."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    readable = reading.is_open or reading.enrolment is not None
    can_listen = can_be_heard(reading)
    completion: Completion | None = None
    evidence: list[Evidence] = []
    again = False
    if reading.enrolment and not reading.active:
        completion, evidence = _completion(reading)
        again = any(item.course.pk == reading.course.pk for item in training_items(scope=scope, at=clock.now()))
    return {
        "reading": reading,
        "readable": readable,
        "lessons": [(lesson, reading.lesson_state(lesson["code"])) for lesson in reading.lessons],
        "languages": _languages(reading),
        "formats": _formats(reading, can_listen=can_listen),
        "can_listen": can_listen and readable and len(reading.lessons) > 1,
        "renditions": settings.RENDITIONS,
        "reviews": _reviews(reading),
        "form": StartForm(scope=scope) if reading.signed_in and not reading.is_open else None,
        "sign_in_url": sign_in_url(request.path, locked=reading.locked),
        "completion": completion,
        "evidence": evidence,
        "again": again,
    }


def without_cookie(reading: Reading, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of a page; in that of an open course no form has a token, since a token sets a cookie."""
    return {**context, "csrf_token": "none"} if reading.is_open else context


def _completion(reading: Reading) -> tuple[Completion | None, list[Evidence]]:
    completion = Completion.objects.filter(enrolment=reading.enrolment).first()
    if completion is None:
        return None, []
    return completion, evidence_of(completions=[completion], at=clock.now()).get(completion.pk, [])


def _languages(reading: Reading) -> list[tuple[str, str]]:
    """Return code and own name of each language in which the reader is served the edition, in the order of the site's menu."""
    offered = {reading.text.language}
    texts = EditionText.objects.filter(readable_at(reading.scope.membership), edition=reading.text.edition_id)
    offered.update(texts.values_list("language", flat=True))
    known = dict(settings.LANGUAGES)
    in_order = [code for code in known if code in offered] + sorted(offered - known.keys())
    return [(code, language_name(code, "name_local")) for code in in_order]


def _formats(reading: Reading, *, can_listen: bool) -> list[str]:
    kinds = {block["type"] for lesson in reading.lessons for block in lesson["body"]}
    kinds |= {"audio"} if can_listen else set()
    names = [(None, pgettext("format of a course", "to read"))]
    names += [("audio", pgettext("format of a course", "to listen to"))]
    names += [("video", pgettext("format of a course", "to watch"))]
    if settings.RENDITIONS:
        names += [(None, pgettext("format of a course", "to print"))]
    names += [("download", pgettext("format of a course", "to download"))]
    return [name for kind, name in names if kind is None or kind in kinds]


def _reviews(reading: Reading) -> str:
    names = {
        "survivors": _("survivors"),
        "first-nation": _("a First Nation"),
        "lawyer": _("a lawyer"),
        "trade-union": _("a trade union"),
        "police": _("a police service"),
        "school": _("a school"),
    }
    missing = [names.get(code, code.replace("-", " ")) for code in reading.about["reviews_missing"]]
    return listed_with(missing, pgettext("the last of several who have not yet reviewed", "or"))
