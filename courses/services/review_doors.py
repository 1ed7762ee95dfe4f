"""Letting reviewers in by a link of their own, and keeping what they write beside the text."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from wagtail.log_actions import log

from courses.exceptions import DoorShut, EmptyComment, NothingThere, NotTheirs, WordsTooShort, WrongWords
from courses.models import Nation, ReviewComment, ReviewDoor, Reviewer, ReviewRequest
from courses.services.reviewing import text_to_review
from courses.snapshot import label_of
from courses.withdrawn import Part, part_in
from people.models import User

LINK_DAYS: Final = 60
LEAST_CHARS: Final = 8
"""Of the words that a reviewer chooses."""
MOST_FAILURES: Final = 10
"""Wrong tries in a row after which the link is shut; its reviewer asks for a new one and keeps the words."""
DOOR_LOG_ACTION: Final = "courses.review_link"


@transaction.atomic
def make_link(
    *,
    reviewer: Reviewer,
    forget_words: bool = False,
    by: User | None,
    at: datetime,
    by_nation: Nation | None = None,
) -> str:
    """Return the secret part of a new link for ``reviewer``; it opens for 60 days, and the old one no longer does.

    ``forget_words``: they lost the words that they chose, and choose new ones when they come in. Of who signs for a
    Nation, only somebody else who does (``by_nation``) lets the words be forgotten.

    Raises:
        NotTheirs: somebody outside would choose the words of who signs for a Nation.
    """
    if forget_words and reviewer.nation_id is not None and (by_nation is None or by_nation.pk != reviewer.nation_id):
        raise NotTheirs
    token = secrets.token_urlsafe(32)
    door, _ = ReviewDoor.objects.select_for_update().update_or_create(
        reviewer=reviewer,
        defaults={"token_digest": digest_of(token), "opens_until": at + timedelta(days=LINK_DAYS), "failures": 0},
    )
    door.keys.all().delete()
    if forget_words:
        door.words = ""
        door.save(update_fields=["words"])
    log(reviewer, DOOR_LOG_ACTION, user=by, data={"forget_words": forget_words})
    return token


@transaction.atomic
def shut_link(*, reviewer: Reviewer, by: User | None, at: datetime) -> None:
    """Let the link of ``reviewer`` open no more, now; what they said stays."""
    if ReviewDoor.objects.filter(reviewer=reviewer, opens_until__gt=at).update(opens_until=at):
        log(reviewer, DOOR_LOG_ACTION, user=by, data={"shut": True})


def door_behind(*, token: str, at: datetime) -> ReviewDoor:
    """Return the door to which ``token`` belongs.

    Raises:
        DoorShut: nobody has such a link, or it opens no more.
    """
    door = ReviewDoor.objects.select_related("reviewer").filter(token_digest=digest_of(token)).first()
    if door is None or not door.is_open(at):
        raise DoorShut
    return door


def come_in(*, token: str, name: str, words: str, at: datetime) -> ReviewDoor:
    """Return the door of the reviewer who has ``token``, is known by ``name`` and says the ``words`` they chose.

    The first time, the words are chosen.

    Raises:
        DoorShut: the link opens no more.
        WrongWords: the name or the words are not theirs.
        WordsTooShort: new words have fewer than ``LEAST_CHARS`` characters.
    """
    failed = False
    with transaction.atomic():
        door = (
            ReviewDoor.objects.select_for_update(of=("self",))
            .select_related("reviewer")
            .filter(token_digest=digest_of(token))
            .first()
        )
        if door is None or not door.is_open(at):
            raise DoorShut
        same_name = " ".join(name.split()).casefold() == door.reviewer.known_as.casefold()
        if same_name and not door.words and len(words) < LEAST_CHARS:
            raise WordsTooShort
        failed = not same_name or (bool(door.words) and not check_password(words, door.words))
        if failed:
            door.failures += 1
            if door.failures >= MOST_FAILURES:
                door.opens_until = at
        else:
            door.failures = 0
            door.words = door.words or make_password(words)
        door.save(update_fields=["failures", "opens_until", "words"])
    if failed:
        # Outside, so that the count stays.
        raise WrongWords
    return door


@transaction.atomic
def comment_on(*, request: ReviewRequest, part: Part, text: str, at: datetime) -> ReviewComment:
    """Keep what the reviewer wrote beside ``part`` of the text that would be released now.

    Raises:
        EmptyComment: nothing was written.
        NothingThere: the text has no such part any more.
    """
    if not text.strip():
        raise EmptyComment
    snapshot = text_to_review(course=request.course, language=request.language)
    found = part_in(snapshot, part) if snapshot else None
    if found is None:
        raise NothingThere
    comment: ReviewComment = ReviewComment.objects.create(
        request=request,
        part_kind=part.kind,
        part_target=part.target,
        label=label_of(part.kind, found),
        text=text.strip(),
        written_at=at,
    )
    return comment


@transaction.atomic
def settle_comment(*, comment: ReviewComment, reply: str, by: User | None, at: datetime) -> ReviewComment:
    """Record that an editor has done something about ``comment``, and what; a settled one stays as it is."""
    locked = ReviewComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if locked.settled_at is None:
        locked.settled_at, locked.settled_by, locked.reply = at, by, reply.strip()
        locked.save(update_fields=["settled_at", "settled_by", "reply"])
    return locked


def digest_of(token: str) -> str:
    """Return what is kept of a link's or key's secret."""
    return hashlib.sha256(token.encode()).hexdigest()
