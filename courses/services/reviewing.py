"""Asking for a review, and what a reviewer says. Nobody else can turn a no into a yes."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from wagtail.log_actions import log

from courses.exceptions import NoPseudonym, NotPublished, OlderText, ReviewClosed
from courses.models import Course, ReviewRequest, SignOff
from courses.services.freezing import ForecastShelf, freeze, published
from courses.snapshot import Json, content_digest
from people.models import User

ASK_LOG_ACTION: Final = "courses.ask_review"
SIGN_OFF_LOG_ACTION: Final = "courses.sign_off"
LINK_DAYS: Final = 60


@transaction.atomic
def ask_for_review(
    *, course: Course, language: str, kind: str, known_as: str, by: User | None, at: datetime
) -> ReviewRequest:
    """Ask somebody, known by name or pseudonym, to read ``course`` in ``language``; their link opens for 60 days.

    Raises:
        ValueError: there is no such kind of review.
        NoPseudonym: nothing says who is asked.
        NotPublished: nothing of the course is published in this language.
    """
    if kind not in ReviewRequest.Kind.values:
        raise ValueError(kind)
    if not known_as.strip():
        raise NoPseudonym
    if text_to_review(course=course, language=language) is None:
        raise NotPublished(course=course.code, language=language)
    request = ReviewRequest.objects.create(
        course=course,
        language=language,
        kind=kind,
        known_as=known_as.strip(),
        asked_at=at,
        asked_by=by,
        link_until=at + timedelta(days=LINK_DAYS),
    )
    log(course, ASK_LOG_ACTION, user=by, data={"kind": kind, "of_language": language})
    return request


def text_to_review(*, course: Course, language: str) -> Json | None:
    """Return the snapshot that a release would freeze now, None where nothing is published in ``language``."""
    for draft in published(course):
        if draft.language == language:
            return freeze(draft, edition=0, shelf=ForecastShelf()).snapshot
    return None


@transaction.atomic
def sign_off(*, request: ReviewRequest, agrees: bool, comment: str, content: str, at: datetime) -> SignOff:
    """Record what the reviewer says to the text whose digest is ``content``. A reason is welcome, never asked for.

    A no may be said to any text that was shown; a yes only to the one that would be released now.

    Raises:
        ReviewClosed: the link does not open any more.
        OlderText: yes was said to a text that has changed since.
    """
    locked = ReviewRequest.objects.select_for_update(of=("self",)).select_related("course").get(pk=request.pk)
    if not locked.is_open(at):
        raise ReviewClosed
    snapshot = text_to_review(course=locked.course, language=locked.language)
    if agrees and (snapshot is None or content_digest(snapshot) != content):
        raise OlderText
    said = SignOff.objects.create(request=locked, agrees=agrees, comment=comment.strip(), content=content, said_at=at)
    data = {"kind": locked.kind, "of_language": locked.language, "agrees": agrees}
    log(locked.course, SIGN_OFF_LOG_ACTION, user=None, data=data)
    return said


def noes(*, course: Course, languages: list[str]) -> list[ReviewRequest]:
    """Return the requests whose newest word is no: while one stands, that language is not released. Two queries."""
    requests = ReviewRequest.objects.filter(course=course, language__in=languages).prefetch_related("sign_offs")
    return [each for each in requests if (said := next(iter(each.sign_offs.all()), None)) and not said.agrees]
