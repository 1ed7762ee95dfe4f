"""Who will be told what, on which day, if nothing changes until then. Plain Python: a fold over the steps of obligations.

The fold goes day by day as the sweep does: of each obligation the latest step that is current and not yet told, of one
person all of a day together, and no second message on a day.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from compliance.reminders import ONE_DAY, Step, due_step, next_day, passed_keys


@dataclass(frozen=True, slots=True)
class Telling:
    """The steps of one obligation, in their order, and the keys of those told by now."""

    steps: Sequence[Step]
    told: Collection[str] = ()


def told_before(steps: Sequence[Step], day: date) -> list[str]:
    """Return the keys of the steps that had their day before ``day``: with them a past range begins as a live one."""
    return passed_keys(steps, day - ONE_DAY)


def days_of_messages(
    tellings: Sequence[Telling], *, from_on: date, last_on: date, told_on: date | None = None
) -> Iterator[tuple[date, list[tuple[int, Step]]]]:
    """Yield each day from ``from_on`` to ``last_on`` (both included) on which one person is told something, and what.

    What is a list of steps, each with the index of its obligation in ``tellings``. ``told_on`` is the day of the last
    message that exists already: what else falls on it waits for the next day.
    """
    told = [set(it.told) for it in tellings]
    day = from_on if told_on is None else max(from_on, told_on + ONE_DAY)
    while True:
        ahead = [next_day(it.steps, keys, day) for it, keys in zip(tellings, told, strict=True)]
        day = min((it for it in ahead if it is not None), default=date.max)
        if day > last_on or day == date.max:
            return
        said = []
        for index, telling in enumerate(tellings):
            step = due_step(telling.steps, told[index], day)
            if step is not None:
                said.append((index, step))
                told[index].update(passed_keys(telling.steps, day))
        if said:
            yield day, said
        day += ONE_DAY
