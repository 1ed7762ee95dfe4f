"""Sending what was claimed: a lease in one transaction, the mail outside any, the result in another.

Only a kill between the server's acceptance and the last commit can send a mail twice; it then carries the same Message-ID
(architecture, section 5; ADR 0003).
"""

import logging
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from compliance.channels import Notice, Refused, channel
from compliance.models import Digest, Message

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
"""How long a sender has a mail; a channel's own patience has to be far less."""
FIRST_WAIT: Final = timedelta(minutes=5)
LONGEST_WAIT: Final = timedelta(hours=6)
"""The wait after a failure doubles from the first to this one."""
MAX_ATTEMPTS: Final = 12
"""After so many a mail has failed for good: some 35 hours after the first."""

Outgoing = TypeVar("Outgoing", Message, Digest)


class Outcome(Enum):
    """What became of a mail that was to be sent. ``SETTLED``: another has it, or there was nothing to send."""

    SENT = auto()
    SETTLED = auto()
    REFUSED = auto()
    TROUBLE = auto()


@transaction.atomic(durable=True)
def lease(free: QuerySet[Outgoing], *, at: datetime) -> Outgoing | None:
    """Take the one row among ``free``, committed; None where another sender has it."""
    found = free.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked, of=("self",)
    ).first()
    if found is not None:
        found.claimed_until = at + LEASE
        found.attempts += 1
        found.save(update_fields=["claimed_until", "attempts"])
    return found


def hand_over(notice: Notice) -> None:
    """Give ``notice`` to the channel that the settings name. Call it outside any transaction.

    Raises:
        Refused: the channel will never take it.
        Exception: any other: it may be taken later.
    """
    channel().send(notice)


def put_off(mail: Outgoing, error: Exception, at: datetime) -> Outcome:
    """Write that ``mail`` could not be sent: tried again later, or failed for good."""
    refused = isinstance(error, Refused)
    extra = {
        "event": "reminders.not_sent",
        "outcome": type(error.__cause__ or error).__name__,
        "attempt": mail.attempts,
    }
    logger.warning("a message could not be sent", extra=extra)
    if refused or mail.attempts >= MAX_ATTEMPTS:
        settle(mail, state=Message.State.FAILED, claimed_until=None)
    else:
        settle(mail, claimed_until=at + wait_after(mail.attempts))
    return Outcome.REFUSED if refused else Outcome.TROUBLE


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after the ``attempts``-th failure (1 for the first)."""
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


@transaction.atomic(durable=True)
def settle(mail: Outgoing, **outcome: object) -> None:
    """Write what came of our lease; what another sender has taken over meanwhile is theirs, except a success."""
    ours = type(mail).objects.filter(pk=mail.pk, state=Message.State.CLAIMED)
    if outcome.get("state") != Message.State.SENT:
        ours = ours.filter(attempts=mail.attempts)
    ours.update(**outcome)
