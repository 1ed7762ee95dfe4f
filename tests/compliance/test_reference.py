"""What the product says of each day, against a slow reading of the table of standings."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.validity import Duration, ValidityPolicy, next_period
from compliance.standing import (
    AnotherWay,
    Extension,
    Facts,
    HeldPeriod,
    NewContent,
    PolicyChange,
    Requirement,
    Span,
    StandingPolicy,
    Waiver,
    spans,
    standing_alone,
)
from tests.compliance import reference

DAY = timedelta(days=1)
FIRST = date(2024, 1, 1)
VALIDITIES = [Duration(1, "y"), Duration(3, "m"), Duration(6, "m"), Duration(100, "d")]
WINDOWS = [None, Duration(2, "w"), Duration(1, "m"), Duration(3, "m")]


def day(some, first=0, last=900):
    """Return a day, every fourth the last or the first of a month, where months of other lengths meet."""
    found = FIRST + timedelta(days=some.randint(first, last))
    if some.random() < 0.25:
        return found.replace(day=1) - some.choice([DAY, 0 * DAY])
    return found


def span(some, near=(), kind=Span, is_open=True, **more):
    """Return a span of any days, of which one may be among the days of another fact, where rules meet."""
    from_on = some.choice(near) if near and some.random() < 0.2 else day(some)
    until = None if is_open and some.random() < 0.4 else from_on + timedelta(days=some.randint(1, 300))
    if near and some.random() < 0.3:
        until = some.choice(near)
        from_on = min(from_on, until - timedelta(days=some.randint(1, 40)))
    return kind(from_on=from_on, until=until, **more)


def several(some, make, weights):
    return tuple(make() for _ in range(some.choices(range(len(weights)), weights)[0]))


def asked(some, near):
    recurs = some.choice([None, None, Duration(2, "m"), Duration(50, "d")])
    due_on = some.choice([None, day(some), day(some), day(some)])
    return span(some, near, Requirement, id=str(some.random()), due_on=due_on, recurs=recurs)


def new_content(some, from_on):
    done_on = some.choice([None, from_on + timedelta(days=some.randint(1, 90))])
    return NewContent(from_on, from_on + timedelta(days=some.randint(0, 60)), done_on, some.random() < 0.4)


def earned(some):
    """Return periods as a policy gives them, which may change meanwhile; some are revoked, re-based or asked for again."""
    policy = validity(some)
    held, current, completed_on = [], None, day(some, 0, 300)
    for _ in range(some.choice([0, 1, 2, 3, 4])):
        if some.random() < 0.15:
            policy = validity(some)
        period = next_period(policy, completed_on, current)
        if period is not current:
            if held and some.random() < 0.1:
                on_that_day = some.choice([completed_on, period.valid_from])
                held[-1] = replace(held[-1], revoked_on=max(on_that_day, held[-1].completed_on))
            is_revoked = some.random() < 0.25
            asked_from = completed_on + timedelta(days=some.randint(0, 200))
            held.append(
                HeldPeriod(
                    completed_on=completed_on,
                    valid_from=period.valid_from,
                    valid_until=period.valid_until,
                    window_opens_on=period.window_opens_on,
                    grace_until=period.grace_until,
                    revoked_on=completed_on + timedelta(days=some.randint(0, 300)) if is_revoked else None,
                    newer=tuple(new_content(some, asked_from) for _ in range(some.choice([0, 0, 0, 1, 2]))),
                )
            )
            current = current if is_revoked else period
        in_window = period.window_opens_on + timedelta(days=some.randint(0, 20))
        around_the_end = period.valid_until + timedelta(days=some.randint(-3, 90))
        # Of two that begin and end on the same days, which one governs is nowhere said.
        completed_on = max(completed_on + DAY, some.choice([in_window, around_the_end, period.valid_until]))
    if held and some.random() < 0.15:
        held[-1] = re_based(some, held[-1])
    return tuple(held)


def validity(some):
    return ValidityPolicy(
        anchor=some.choice(["completion", "renewal"]),
        validity=some.choice(VALIDITIES),
        window=some.choice(WINDOWS),
        grace=some.choice([None, Duration(14, "d"), Duration(1, "m")]),
        late=some.choice(["completion", "schedule"]),
        early=some.choice(["restart", "record_only"]),
    )


def re_based(some, period):
    """Return a period with the end that another policy would have given it; its neighbours stay as they are (R16)."""
    other = next_period(validity(some), period.completed_on, None)
    valid_until = max(other.valid_until, period.valid_from + DAY)
    return replace(
        period,
        valid_until=valid_until,
        window_opens_on=min(other.window_opens_on, valid_until - DAY),
        grace_until=max(other.grace_until, valid_until),
    )


def overlapping(some, leave):
    """Return leave that begins while other leave runs, as two entries of one person may bring it."""
    last = leave.until or leave.from_on + 200 * DAY
    from_on = leave.from_on + some.randrange((last - leave.from_on).days) * DAY
    return Span(from_on, some.choice([None, last, from_on + timedelta(days=some.randint(1, 300))]))


def counting(some):
    return StandingPolicy(
        assigned_counts=some.random() < 0.7,
        grace_counts=some.random() < 0.5,
        due_after_leave_days=some.choice([0, 14, 30]),
        grace_after_leave_days=some.choice([0, 0, 10]),
    )


def history(some):
    periods = earned(some)
    near = [on for it in periods for on in (it.completed_on, it.valid_from, it.valid_until, it.grace_until)]
    leaves = several(some, lambda: span(some, near), [4, 2, 1])
    if leaves and some.random() < 0.4:
        leaves += (overlapping(some, leaves[0]),)
    near += [on for it in leaves for on in (it.from_on, it.until) if on is not None]
    changed_on = sorted({day(some) for _ in range(some.choice([0, 0, 1, 2]))})
    return Facts(
        employments=several(some, lambda: span(some, near), [1, 8, 3]),
        requirements=several(some, lambda: asked(some, near), [1, 5, 3]),
        periods=periods,
        cycles=several(some, lambda: span(some, near), [1, 1]),
        leaves=leaves,
        waivers=several(some, lambda: span(some, near, Waiver, is_open=False), [6, 1]),
        extensions=several(some, lambda: span(some, near, Extension, is_open=False), [5, 2]),
        other_ways=several(some, lambda: span(some, near, AnotherWay), [6, 1]),
        policy=counting(some),
        policy_changes=tuple(PolicyChange(from_on, counting(some)) for from_on in changed_on),
    )


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False))
def test_standings_are_those_of_a_slow_reading_of_the_table(some):
    facts = history(some)
    boundaries = [it.from_on for it in spans(facts) if it.from_on > date.min]

    for on in {*boundaries, *(it - DAY for it in boundaries), *(day(some, -20, 1600) for _ in range(12))}:
        said = standing_alone(facts, on)

        wanted = reference.standing(facts, on)
        assert (said.state, set(said.overlays), said.counts_as, said.due_on) == wanted, on


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False))
def test_spans_say_of_every_day_what_a_slow_reading_says(some):
    facts = history(some)

    for from_on, until, said in spans(facts):
        on = max(from_on, FIRST - 30 * DAY)
        while on < (until or FIRST + 1700 * DAY):
            wanted = reference.standing(facts, on)
            assert (said.state, set(said.overlays), said.counts_as, said.due_on) == wanted, on
            on += DAY
