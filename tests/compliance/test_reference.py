"""What the product says of each day, against a slow reading of the table of standings."""

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
    standing,
)
from tests.compliance import reference

DAY = timedelta(days=1)
FIRST = date(2024, 1, 1)
VALIDITIES = [Duration(1, "y"), Duration(3, "m"), Duration(6, "m"), Duration(100, "d")]
WINDOWS = [None, Duration(2, "w"), Duration(1, "m"), Duration(3, "m")]


def day(some, first=0, last=900):
    return FIRST + timedelta(days=some.randint(first, last))


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
    """Return up to three periods as one policy gives them, some of them revoked or asked for again."""
    policy = ValidityPolicy(
        anchor=some.choice(["completion", "renewal"]),
        validity=some.choice(VALIDITIES),
        window=some.choice(WINDOWS),
        grace=some.choice([None, Duration(14, "d"), Duration(1, "m")]),
        late=some.choice(["completion", "schedule"]),
        early=some.choice(["restart", "record_only"]),
    )
    held, current, completed_on = [], None, day(some, 0, 300)
    for _ in range(some.choice([0, 1, 2, 3])):
        period = next_period(policy, completed_on, current)
        if period is not current:
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
        completed_on = max(completed_on, some.choice([in_window, around_the_end]))
    return tuple(held)


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
    changed_on = sorted({day(some) for _ in range(some.choice([0, 0, 1, 2]))})
    return Facts(
        employments=several(some, lambda: span(some, near), [1, 8, 3]),
        requirements=several(some, lambda: asked(some, near), [1, 5, 3]),
        periods=periods,
        cycles=several(some, lambda: span(some, near), [1, 1]),
        leaves=several(some, lambda: span(some, near), [5, 2, 1]),
        waivers=several(some, lambda: span(some, near, Waiver, is_open=False), [6, 1]),
        extensions=several(some, lambda: span(some, near, Extension, is_open=False), [5, 2]),
        other_ways=several(some, lambda: span(some, near, AnotherWay), [6, 1]),
        policy=counting(some),
        policy_changes=tuple(PolicyChange(from_on, counting(some)) for from_on in changed_on),
    )


@settings(max_examples=600, deadline=None)
@given(st.randoms(use_true_random=False))
def test_standings_are_those_of_a_slow_reading_of_the_table(some):
    facts = history(some)
    boundaries = [it.from_on for it in spans(facts) if it.from_on > date.min]

    for on in {*boundaries, *(it - DAY for it in boundaries), *(day(some, -20, 1600) for _ in range(12))}:
        said = standing(facts, on)

        wanted = reference.standing(facts, on)
        assert (said.state, set(said.overlays), said.counts_as, said.due_on) == wanted, on


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_spans_say_of_every_day_what_a_slow_reading_says(some):
    facts = history(some)

    for from_on, until, said in spans(facts):
        on = max(from_on, FIRST - 30 * DAY)
        while on < (until or FIRST + 1700 * DAY):
            wanted = reference.standing(facts, on)
            assert (said.state, set(said.overlays), said.counts_as, said.due_on) == wanted, on
            on += DAY
