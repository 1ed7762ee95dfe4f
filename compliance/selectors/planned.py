"""Who gets what: the messages that lie ahead if nothing changes, or that the ladders mean for days gone by."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from compliance import reminders, simulation
from compliance.ladder import DEFAULT_LADDER, Recipient, ladder_from_json
from compliance.models import AnotherWay, Bounce, Message, ObligationSpan
from compliance.selectors.held import withdrawn_trainings
from compliance.selectors.requirements import sites_from
from compliance.standing import Overlay
from people.models import Employment, Membership, Site

_CHUNK: Final = 2_000
_ALIKE: Final = 4_096
_MARGIN: Final = timedelta(days=3)
"""Local days begin and end up to 14 hours from those of UTC; what a message of today puts off waits a day."""


class StepName(NamedTuple):
    """What a message is about and which rung of the ladder it stands on; ``rung`` as in ``reminders.Step``."""

    kind: str
    rung: int | None


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One thing that one person is told on ``on``, with the mail or the letter of that day."""

    membership_id: int
    on: date
    step: StepName
    title: str
    due_on: date | None
    to: tuple[Recipient, ...]
    by_letter: bool


@dataclass(frozen=True, slots=True)
class PlannedCount:
    """How many people are told one step on a day."""

    on: date
    step: StepName
    mails: int
    letters: int

    @property
    def people(self) -> int:
        """Return how many people it is."""
        return self.mails + self.letters


def planned_lines(
    *, memberships: QuerySet[Membership], from_on: date, last_on: date, today: date, site: Site | None = None
) -> Iterator[PlannedLine]:
    """Yield what people within ``memberships`` are told from ``from_on`` to ``last_on``, person by person, each by day.

    For days ahead: what will go out if nobody learns, leaves or changes anything until then, after what was told
    already. For a range that begins before ``today``: what the ladders mean for those days by what is known now; what
    did go out is in the log. Four queries, one of them a stream, however many people. ``site``: who works there or below today.

    A question for another way is no reason for silence here until it is agreed: the employer must not see it.
    """
    past = from_on < today
    spans = ObligationSpan.objects.filter(obligation__membership__in=memberships, required=True).exclude(
        obligation__certification__in=withdrawn_trainings()
    )
    if site is not None:
        here = Employment.objects.covering(today).filter(site__in=sites_from(site))
        spans = spans.filter(obligation__membership__in=here.values("membership"))
    open_questions = _open_questions(memberships)
    if not past:
        # The index of what is due next: whoever hears nothing in this range is not even read.
        ends_at = datetime.combine(last_on, time(), tzinfo=UTC) + _MARGIN
        asking = {membership_id for membership_id, _ in open_questions}
        spans = spans.filter(
            Q(obligation__next_message_at__lt=ends_at) | Q(obligation__membership__in=asking)
            if asking
            else Q(obligation__next_message_at__lt=ends_at)
        )
    told_on = dict(
        Message.objects.filter(membership__in=memberships, day__gte=today).values_list("membership_id", "day")
    )
    held = set(Bounce.objects.open().filter(membership__in=memberships).values_list("membership_id", flat=True))
    stream = (
        spans.order_by("obligation__membership", "obligation", "from_on")
        .values(
            "obligation_id", "from_on", "until", "state", "due_on", "ladder", "overlays",
            "obligation__told", "obligation__certification_id", "obligation__certification__title",
            "obligation__membership_id", "obligation__membership__email",
        )
        .iterator(chunk_size=_CHUNK)
    )  # fmt: skip
    for membership_id, rows in groupby(stream, key=lambda row: row["obligation__membership_id"]):
        obligations = [list(group) for _, group in groupby(rows, key=lambda row: row["obligation_id"])]
        tellings = [_telling(own, open_questions, from_on if past else None) for own in obligations]
        days = simulation.days_of_messages(
            tellings,
            from_on=from_on if past else today,
            last_on=last_on,
            told_on=None if past else told_on.get(membership_id),
        )
        for day, said in days:
            if day < from_on:
                continue
            for index, step in said:
                about = obligations[index][0]
                yield PlannedLine(
                    membership_id,
                    day,
                    StepName(str(step.kind), step.rung),
                    about["obligation__certification__title"],
                    step.due_on,
                    step.to,
                    not about["obligation__membership__email"] or membership_id in held,
                )


def _open_questions(memberships: QuerySet[Membership]) -> dict[tuple[int, int], date]:
    """Return since when a question for another way is open, by membership and certification."""
    asked = AnotherWay.objects.current_knowledge().filter(step=AnotherWay.Step.ASKED, membership__in=memberships)
    return {
        (membership_id, certification_id): on
        for membership_id, certification_id, on in asked.values_list("membership_id", "certification_id", "asked_on")
    }


def _telling(
    rows: Sequence[Mapping[str, Any]], open_questions: dict[tuple[int, int], date], past_from: date | None
) -> simulation.Telling:
    first = rows[0]
    asked_on = open_questions.get((first["obligation__membership_id"], first["obligation__certification_id"]))
    steps = _steps(tuple(_span(row, asked_on) for row in rows))
    told = first["obligation__told"] if past_from is None else simulation.told_before(steps, past_from)
    return simulation.Telling(steps, told)


def _span(row: Mapping[str, Any], asked_on: date | None) -> reminders.SpanOfDays:
    overlays = row["overlays"]
    secret = asked_on is not None and row["from_on"] >= asked_on
    return reminders.SpanOfDays(
        from_on=row["from_on"],
        until=row["until"],
        state=row["state"],
        due_on=row["due_on"],
        required=True,
        ladder=DEFAULT_LADDER if row["ladder"] is None else ladder_from_json(row["ladder"]),
        silent=Overlay.ON_LEAVE in overlays or (Overlay.ANOTHER_WAY in overlays and not secret),
    )


@lru_cache(maxsize=_ALIKE)
def _steps(spans: tuple[reminders.SpanOfDays, ...]) -> tuple[reminders.Step, ...]:
    """Return the steps of spans; people whose spans are alike are judged once."""
    return tuple(reminders.steps(spans))


def planned_counts(lines: Iterable[PlannedLine]) -> list[PlannedCount]:
    """Return how many people each step reaches, by day, and of one day what is before the last good day first."""
    found: Counter[tuple[date, StepName, bool]] = Counter()
    seen: set[tuple[int, date, StepName]] = set()
    for line in lines:
        key = (line.membership_id, line.on, line.step)
        if key not in seen:
            seen.add(key)
            found[line.on, line.step, line.by_letter] += 1
    names = {(on, step) for on, step, _ in found}
    ordered = sorted(names, key=lambda it: (it[0], it[1].rung is not None, it[1].rung or 0, it[1].kind))
    return [PlannedCount(on, step, found[on, step, False], found[on, step, True]) for on, step in ordered]
