"""Approving the pictures of lessons, one by one, before they are released."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from courses import selectors
from courses.exceptions import NothingThere, ReleaseFault, ReleaseProblem
from courses.models import Course, Overlay, PictureApproval
from courses.pictures import picture_problems, pictures_in
from courses.services.freezing import ForecastShelf, LiveShelf, MediaShelf, freeze_body
from courses.services.reviewing import published_texts
from courses.snapshot import Json
from people.models import User

PICTURE_LOG_ACTION: Final = "courses.picture"


@transaction.atomic
def approve_picture(*, course: Course, sha256: str, by: User | None, at: datetime) -> PictureApproval:
    """Record that ``by`` has looked at a picture of what is published of ``course``, or of a local part; twice is once.

    Raises:
        NothingThere: nothing that is published and no local part has this picture.
    """
    parts = texts_of_parts(Overlay.objects.in_use().filter(course=course), shelf=ForecastShelf())
    texts = [*published_texts(course=course), *parts]
    if not any(each.sha256 == sha256 for text in texts for each in pictures_in(text)):
        raise NothingThere
    approval, is_new = PictureApproval.objects.get_or_create(
        sha256=sha256, defaults={"approved_at": at, "approved_by": by}
    )
    if is_new:
        log(course, PICTURE_LOG_ACTION, user=by, data={"approved": True, "sha256": sha256})
    return approval


@transaction.atomic
def take_approval_back(*, course: Course, sha256: str, by: User | None) -> None:
    """Let a picture wait for approval again; what was released keeps it until somebody withdraws it."""
    deleted, _ = PictureApproval.objects.filter(sha256=sha256).delete()
    if deleted:
        log(course, PICTURE_LOG_ACTION, user=by, data={"approved": False, "sha256": sha256})


def texts_of_parts(overlays: QuerySet[Overlay], *, shelf: MediaShelf) -> list[Json]:
    """Return what local parts say, as a text each with nothing else in it, in the order in which they were written."""
    return [
        part_alone(overlay, text.language, freeze_body(text.body, language=text.language, shelf=shelf).blocks)
        for overlay in overlays.prefetch_related("texts")
        for text in overlay.texts.all()
    ]


def part_alone(overlay: Overlay, language: str, blocks: list[Json]) -> Json:
    """Return the ``blocks`` of a local part as if they were a text."""
    return {"language": language, "lessons": [{"code": overlay.lesson, "body": blocks}]}


def shown_parts(*, course: Course, user: User) -> list[Json]:
    """Return what the local parts of ``course`` that ``user`` may see say; files are the editors' own."""
    seen = selectors.overlays_for(user).in_use().filter(course=course).order_by("pk")
    return texts_of_parts(seen, shelf=LiveShelf())


def problems_of_pictures(*, snapshots: Sequence[Json], source: Json | None = None) -> list[ReleaseProblem]:
    """Return the pictures that nobody approved, or that say nothing in their language; one query.

    ``source``: the text in the language that the course was written in, the first of ``snapshots`` where not given.
    """
    shown = {each.sha256 for snapshot in snapshots for each in pictures_in(snapshot)}
    if not shown:
        return []
    approved = selectors.approved_pictures(shown)
    original = source or snapshots[0]
    return [
        ReleaseProblem(
            ReleaseFault.PICTURE if each.is_unapproved else ReleaseFault.PICTURE_WORDS,
            snapshot["language"],
            each.picture.lesson,
            each.picture.alt or each.picture.sha256[:12],
        )
        for snapshot in snapshots
        for each in picture_problems(snapshot, source=original, approved=approved)
    ]
