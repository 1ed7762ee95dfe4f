"""What sitting through a session comes to: the lessons, one after the other, and the minutes.

Plain Python: no clock, no database, no settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.fold import LESSON_COMPLETED, LONGEST_GAP, VIEWED


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that everybody in the room did: ``verb`` is one of courses.fold."""

    verb: str
    lesson: str
    at: datetime


def moments(lessons: Sequence[str], *, starts_at: datetime, minutes: int) -> list[Moment]:
    """Return what a session of ``lessons`` in their order, ``minutes`` long (1 or more), has people do, in time order.

    The lessons share the time equally, and each is done at the end of its part. Between, the room is seen as often as
    it takes for all minutes to count (``LONGEST_GAP``). Without lessons nothing is done.
    """
    length = timedelta(minutes=minutes)
    found: list[Moment] = []
    for place, lesson in enumerate(lessons):
        begins, ends = length * place / len(lessons), length * (place + 1) / len(lessons)
        while begins < ends:
            found.append(Moment(VIEWED, lesson, starts_at + begins))
            begins += LONGEST_GAP
        found.append(Moment(LESSON_COMPLETED, lesson, starts_at + ends))
    return found
