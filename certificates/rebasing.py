"""What certificates that still run would say under another policy (renewal, rule R16). Plain Python.

A changed policy holds from the next certificate on. Dating those that run anew is an act of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from certificates.validity import Period, ValidityPolicy, lasting, next_period


@dataclass(frozen=True, slots=True)
class Held:
    """A period as it is kept: ``key`` names it, ``completed_on`` is the day on which it was earned.

    ``is_fixed``: it was accepted from elsewhere, and is never dated anew.
    """

    key: int
    completed_on: date
    period: Period
    is_fixed: bool = False


def rebased(policy: ValidityPolicy, held: Iterable[Held], *, on: date, notice_days: int) -> dict[int, Period]:
    """Return the periods of one holder and certification that ``policy`` dates anew, by key; those that stay are left out.

    ``held`` stand: none is revoked or replaced. What had ended by ``on``, grace included, stays what it was. Nothing
    that runs ends sooner than ``notice_days`` after ``on``, unless it did so before. A completion that the policy would
    only record keeps its period: nothing is taken away.
    """
    found: dict[int, Period] = {}
    chain: list[Held] = []
    for each in sorted(held, key=lambda it: (it.completed_on, it.key)):
        period = each.period
        if not each.is_fixed and period.grace_until > on:
            period = _dated_anew(policy, each, chain, on + timedelta(days=notice_days))
        if period != each.period:
            found[each.key] = period
        chain.append(replace(each, period=period))
    return found


def _dated_anew(policy: ValidityPolicy, each: Held, chain: Sequence[Held], noticed_on: date) -> Period:
    last = max(chain, key=lambda it: (it.period.valid_until, it.key), default=None)
    current = last.period if last else None
    period = next_period(policy, each.completed_on, current)
    if period == current:
        return each.period
    return lasting(policy, period, each.period, noticed_on)
