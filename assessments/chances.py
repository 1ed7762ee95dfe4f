"""Whether another attempt may start: the quiz's limit of attempts and its waiting time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.frozen import Json
from assessments.refusals import AttemptsExhausted, MustWait


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt that was handed in, and whether it passed."""

    submitted_at: datetime
    passed: bool


def check_chance(quiz: Json, past: Sequence[PastAttempt], *, at: datetime) -> None:
    """Accept that another attempt at ``quiz`` starts at ``at``, after those of ``past``, oldest first.

    The waiting time runs from the last attempt if that failed; at its very end one may start. A limit
    of None is none, and no attempt is open: an open one is gone on with, not started.

    Raises:
        AttemptsExhausted: as many attempts were made as the quiz allows.
        MustWait: the waiting time is not over; carries its end.
    """
    if quiz["max_attempts"] is not None and len(past) >= quiz["max_attempts"]:
        raise AttemptsExhausted(max_attempts=quiz["max_attempts"])
    # Without a waiting time the clocks of two servers may differ as they like.
    if quiz["wait_hours"] and past and not past[-1].passed:
        until = past[-1].submitted_at + timedelta(hours=quiz["wait_hours"])
        if at < until:
            raise MustWait(until=until)
