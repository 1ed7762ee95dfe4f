"""Keys with which a reviewer's own programme reads what they are asked and says their word."""

import secrets
from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from courses.exceptions import DoorShut
from courses.models import Reviewer, ReviewerKey
from courses.services.review_doors import DOOR_LOG_ACTION, come_in, digest_of


def make_reviewer_key(*, token: str, name: str, words: str, at: datetime) -> tuple[str, datetime]:
    """Return a key of the reviewer to whom a link belongs, and until when it opens: as long as the link does.

    Only who has link, name and words gets one, so that nobody who makes links answers in a reviewer's place. The key
    is shown this once, and only its hash is kept.

    Raises:
        DoorShut, WrongWords, WordsTooShort: as ``come_in`` raises them.
    """
    # Before the transaction, so that wrong tries are counted.
    door = come_in(token=token, name=name, words=words, at=at)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        ReviewerKey.objects.create(door=door, secret_digest=digest_of(secret), made_at=at)
        log(door.reviewer, DOOR_LOG_ACTION, user=None, data={"key": True})
    return secret, door.opens_until


def reviewer_of_key(*, secret: str, at: datetime) -> Reviewer:
    """Return whose key ``secret`` is.

    Raises:
        DoorShut: it is nobody's, or it opens no more.
    """
    key = ReviewerKey.objects.select_related("door__reviewer").filter(secret_digest=digest_of(secret)).first()
    if key is None or not key.door.is_open(at):
        raise DoorShut
    return key.door.reviewer


@transaction.atomic
def end_reviewer_keys(*, reviewer: Reviewer) -> int:
    """Let no key of ``reviewer`` open anything any more; return how many there were."""
    ended = ReviewerKey.objects.filter(door__reviewer=reviewer).delete()[0]
    if ended:
        log(reviewer, DOOR_LOG_ACTION, user=None, data={"key": True, "ended": ended})
    return ended
