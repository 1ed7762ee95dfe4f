"""What is still to be issued: nothing earned is lost where issuing fails."""

import logging
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet

from certificates import selectors
from certificates.models import Certificate, UnissuedCompletion
from certificates.services.issuing import issue_for_completion
from courses.models import Completion
from people import outbox

logger = logging.getLogger(__name__)

ISSUE_FOR_PART: Final = "certificates.issue_for_part"


def ask_for_part(*, kind: str, key: int) -> None:
    """Let the outbox issue what a part earns; ``kind`` and ``key`` as ``issue_for_part`` takes them."""
    outbox.enqueue(kind=ISSUE_FOR_PART, key=f"{ISSUE_FOR_PART}:{kind}:{key}", payload={"kind": kind, "key": key})


def owe_certificate(*, completion: Completion) -> None:
    """Write, in the transaction that records ``completion``, that somebody must still say what it earns."""
    UnissuedCompletion.objects.get_or_create(completion=completion, defaults={"tried_at": completion.recorded_at})


def issue_or_owe(*, completion: Completion, at: datetime) -> list[Certificate]:
    """Issue what ``completion`` earns; if that fails, the completion stands and the sweep tries again."""
    try:
        return issue_for_completion(completion=completion, at=at)
    except Exception as error:  # whatever went wrong here, the learner's work must stand
        logger.exception("certificate not issued; the sweep will try again")
        owe_certificate(completion=completion)
        _note_failure(UnissuedCompletion.objects.filter(completion=completion), error, at)
        return []


def issue_unissued(*, at: datetime, limit: int = 100) -> int:
    """Try again what could not be issued, longest untried first; return how many are settled now.

    Each is its own transaction, so one that keeps failing holds up none of the others.
    """
    settled = 0
    for pk in selectors.unissued_completions(limit=limit):
        try:
            settled += _retry(pk, at)
        except Exception as error:  # it stays in the table and is tried again
            logger.exception("certificate still not issued")
            _note_failure(UnissuedCompletion.objects.filter(pk=pk), error, at)
    return settled


@transaction.atomic
def _retry(pk: int, at: datetime) -> bool:
    """Issue one; return False if another worker has it or had it."""
    waiting = UnissuedCompletion.objects.select_for_update(skip_locked=True, of=("self",))
    unissued = waiting.select_related("completion").filter(pk=pk).first()
    if unissued is None:
        return False
    issue_for_completion(completion=unissued.completion, at=at)
    unissued.delete()
    return True


def _note_failure(debt: QuerySet[UnissuedCompletion], error: Exception, at: datetime) -> None:
    debt.update(attempts=F("attempts") + 1, tried_at=at, failure=type(error).__name__[:80])
