"""Generated histories: whatever happens, in whatever order it is told, there is one final state.

Without a database: 2,000 of them. With one: fewer, through the services, and what was known then stays known.
"""

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from certificates import services as certificate_services
from certificates.models import Certificate
from certificates.validity import Duration, Period, ValidityPolicy, next_period
from compliance import services
from compliance.exceptions import AdjustmentOverlaps
from compliance.facts import facts_of
from compliance.models import Adjustment, AnotherWay, Obligation, ObligationSpan
from compliance.standing import AnotherWay as AnotherWaySpan
from compliance.standing import (
    Extension,
    Facts,
    HeldPeriod,
    Requirement,
    Span,
    StandingPolicy,
    Waiver,
    spans,
    standing,
)
from courses.models import Edition
from people import services as people_services
from people.exceptions import EmploymentOverlaps
from people.models import Employment, Membership
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY

DAY = timedelta(days=1)
START = date(2024, 1, 1)
HISTORIES = 2_000
CHUNKS = 8


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was reported: what, its own dates, and when it was received."""

    id: int
    kind: str
    on: date
    until: date | None
    received_at: int


KINDS = ("job", "asked", "done", "done", "done", "revoked", "begun", "leave", "waiver", "extension", "other_way")
POLICIES = (
    ValidityPolicy(anchor="renewal", validity=Duration(12, "m"), window=Duration(2, "m"), grace=Duration(2, "w")),
    ValidityPolicy(anchor="completion", validity=Duration(12, "m"), window=Duration(30, "d"), early="record_only"),
    ValidityPolicy(anchor="calendar", validity=Duration(1, "y"), window=Duration(2, "m"), calendar_last_day=(2, 29)),
    ValidityPolicy(anchor="calendar_years", validity=Duration(2, "y"), window=Duration(3, "m"), late="schedule"),
)


def history(chance: random.Random) -> list[Event]:
    events = [Event(0, "job", START, None, 0), Event(1, "asked", START + DAY, None, 1)]
    for number in range(2, chance.randrange(5, 12)):
        on = START + timedelta(days=chance.randrange(1200))
        until = on + timedelta(days=chance.randrange(1, 300)) if chance.random() < 0.8 else None
        events.append(Event(number, chance.choice(KINDS), on, until, number))
    return events


def told(events: list[Event], policy: ValidityPolicy) -> Facts:
    """Gather what was told, in the order in which it was told, into facts; the second telling says nothing new."""
    known: dict[int, Event] = {}
    for event in events:
        if event.id not in known or event.received_at < known[event.id].received_at:
            known[event.id] = event
    of: dict[str, list[Event]] = {kind: [it for it in known.values() if it.kind == kind] for kind in KINDS}
    return Facts(
        employments=tuple(Span(it.on, it.until) for it in of["job"]),
        requirements=tuple(
            Requirement(it.on, it.until, id=f"r{it.id}", due_on=None if it.id == 7 else it.on + timedelta(days=60))
            for it in of["asked"]
        ),
        periods=tuple(_periods(of["done"], {it.on for it in of["revoked"]}, policy)),
        cycles=tuple(Span(it.on, it.until) for it in of["begun"]),
        leaves=tuple(Span(it.on, it.until) for it in of["leave"]),
        waivers=tuple(Waiver(it.on, it.until or it.on + 90 * DAY, "covered") for it in of["waiver"]),
        extensions=tuple(Extension(it.on, it.until or it.on + 30 * DAY) for it in of["extension"]),
        other_ways=tuple(AnotherWaySpan(it.on, it.until, agreed=it.id % 2 == 0) for it in of["other_way"]),
        zone="America/Vancouver",
    )


def _periods(done: list[Event], revoked: set[date], policy: ValidityPolicy) -> list[HeldPeriod]:
    current: Period | None = None
    found = []
    for it in sorted(done, key=lambda each: (each.on, each.id)):
        period = next_period(policy, it.on, current)
        if period == current:
            continue
        current = period
        found.append(
            HeldPeriod(
                completed_on=it.on,
                valid_from=period.valid_from,
                valid_until=period.valid_until,
                window_opens_on=period.window_opens_on,
                grace_until=period.grace_until,
                revoked_on=min((day for day in revoked if day >= it.on), default=None) if it.id % 3 == 0 else None,
            )
        )
    return found


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_two_thousand_histories_told_twice_and_in_any_order_have_one_final_state(chunk):
    for seed in range(chunk, HISTORIES, CHUNKS):
        chance = random.Random(seed)
        events, policy = history(chance), chance.choice(POLICIES)
        facts = told(events, policy)
        final = list(spans(facts))
        twice = events * 2
        chance.shuffle(twice)
        assert list(spans(told(twice, policy))) == final, seed
        breakpoints = [it.from_on for it in final if it.from_on > date.min]
        others = [START + timedelta(days=chance.randrange(-100, 2500)) for _ in range(30)]
        for on in [*breakpoints, *(day - DAY for day in breakpoints), *others]:
            [covering] = [it for it in final if it.from_on <= on and (it.until is None or on < it.until)]
            assert standing(facts, on) == covering.standing, (seed, on)


# --- through the services ---


class Story:
    """A workplace in which things happen, one after the other, by chance."""

    def __init__(self, larch: Any, seed: int) -> None:
        self.larch, self.chance, self.at = larch, random.Random(seed), AT
        self.trainings = [factories.training(), factories.training(courses=2)]
        self.members = [larch.employ(site=site) for site in (larch.fort, larch.prince, larch.region)]

    def happens(self) -> None:
        self.at += timedelta(days=self.chance.choice([0, 1, 17, 120]), hours=self.chance.randrange(24), seconds=1)
        acts = [
            self.ask,
            self.ask,
            self.learn,
            self.learn,
            self.revoke,
            self.move,
            self.adjust,
            self.adjust,
            self.undo,
            self.other_way,
            self.accept,
            self.release,
            self.count_otherwise,
        ]
        with suppress(AdjustmentOverlaps, EmploymentOverlaps):
            self.chance.choice(acts)()

    def member(self) -> Membership:
        return Membership.objects.select_related("organisation").get(pk=self.chance.choice(self.members).pk)

    def day(self, most: int = 60) -> date:
        return self.at.date() + timedelta(days=self.chance.randrange(most))

    def ask(self) -> None:
        rule = self.chance.choice(
            [
                {"due_on": self.day() + DAY},
                {"due_rule": {"after": "hire", "in": "90d"}},
                {"due_rule": {"later_of": [{"after": "role_start", "in": "1m"}, {"on": self.day().isoformat()}]}},
                {"due_rule": {"after": "licence_renewal", "in": "0d"}, "licence_kind": "driver"},
            ]
        )
        whom = self.chance.choice(
            [
                {"membership": self.member()},
                {"site": self.larch.region},
                {"conditions": {"any": [{"role": "kitchen"}, {"not": {"site": "fort-st-john"}}]}},
            ]
        )
        self.larch.ask(
            self.chance.choice(self.trainings),
            at=self.at,
            **{"starts_on": self.at.date(), "due_on": None, "recurs": self.chance.choice(["", "6m"])} | rule | whom,
        )

    def learn(self) -> None:
        act = self.chance.choice([factories.begin, factories.learn, factories.learn])
        act(self.member(), self.chance.choice(self.trainings), at=self.at)

    def revoke(self) -> None:
        standing_ones = list(Certificate.objects.unrevoked().order_by("pk"))
        if standing_ones:
            certificate_services.revoke_certificate(
                certificate=self.chance.choice(standing_ones), reason="error", by=None, at=self.at
            )

    def move(self) -> None:
        member = self.member()
        job = Employment.objects.current_knowledge().filter(membership=member, ends_on=None).first()
        if job:
            people_services.end_employment(
                employment=job, ends_on=max(job.starts_on, self.at.date()), by=None, at=self.at
            )
        self.larch.place(
            member,
            site=self.chance.choice([self.larch.fort, self.larch.prince]),
            role=self.chance.choice([self.larch.kitchen, self.larch.housekeeping]),
            starts_on=self.day() + DAY,
            at=self.at,
        )
        people_services.record_licence(membership=member, kind="driver", renews_on=self.day(), by=None, at=self.at)

    def adjust(self) -> None:
        whom = {"membership": self.member(), "by": None, "at": self.at}
        about = {**whom, "certification": self.chance.choice(self.trainings)}
        first = self.day()
        days = {"from_on": first, "last_on": first + timedelta(days=self.chance.randrange(90))}
        match self.chance.randrange(5):
            case 0:
                services.record_leave(**whom, **days)
            case 1:
                services.grant_extension(**about, **days, reason="season")
            case 2:
                services.grant_waiver(**about, **days, reason="covered")
            case 3:
                services.set_due_date(**about, from_on=first, due_on=first + DAY, reason="records")
            case 4:
                services.bring_forward(**about, due_on=self.day() + 30 * DAY, notice_days=14, reason="contract")

    def undo(self) -> None:
        known = list(Adjustment.objects.current_knowledge().order_by("pk"))
        if known:
            services.undo_adjustment(adjustment=self.chance.choice(known), by=None, at=self.at)

    def other_way(self) -> None:
        open_ones = list(AnotherWay.objects.current_knowledge().filter(step="asked").order_by("pk"))
        if open_ones and self.chance.random() < 0.5:
            question = self.chance.choice(open_ones)
            services.take_back_question(question=question, on=max(self.at.date(), question.asked_on), at=self.at)
            return
        services.ask_for_another_way(
            membership=self.member(),
            certification=self.chance.choice(self.trainings),
            on=self.at.date(),
            at=self.at,
        )

    def accept(self) -> None:
        services.accept_prior_learning(
            membership=self.member(),
            certification=self.chance.choice(self.trainings),
            issuer="Pine College",
            title="Guest safety",
            completed_on=self.at.date() - timedelta(days=self.chance.randrange(400)),
            by=None,
            at=self.at,
        )

    def count_otherwise(self) -> None:
        policy = StandingPolicy(
            assigned_counts=self.chance.random() < 0.5,
            grace_counts=self.chance.random() < 0.5,
            due_after_leave_days=self.chance.randrange(40),
            grace_after_leave_days=self.chance.randrange(40),
        )
        services.count_by(organisation=self.larch.organisation, policy=policy, by=None, at=self.at)

    def release(self) -> None:
        course = self.chance.choice(self.trainings).courses.order_by("pk").first()
        severity = self.chance.choice(list(Edition.Severity))
        retrain_by = self.day() + 60 * DAY if severity == Edition.Severity.RETRAIN_BY else None
        factories.newer_edition(course, severity, at=self.at, retrain_by=retrain_by)


def gathered(
    members: list[Membership], known_before: datetime | None = None
) -> list[tuple[int, str, dict[int, Facts]]]:
    loaded = Membership.objects.select_related("organisation").filter(pk__in=[it.pk for it in members]).order_by("pk")
    return [
        (it.membership.pk, it.zone, dict(it.by_certification))
        for it in facts_of(list(loaded), known_before=known_before)
    ]


def kept(members: list[Membership]) -> list[dict[str, Any]]:
    rows = ObligationSpan.objects.filter(obligation__membership__in=members)
    fields = ("state", "counts_as", "due_on", "required", "overlays", "reasons", "from_on", "until")
    return list(rows.order_by("obligation__membership_id", "obligation__certification_id", "from_on").values(*fields))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(10))
def test_spans_follow_every_event_and_what_was_known_then_stays_known(larch, seed):
    story = Story(larch, seed)
    then = []
    for _ in range(14):
        story.happens()
        keys = [it.pk for it in story.members]
        assert services.check_obligations(memberships=keys, at=story.at) == []
        then.append((story.at + timedelta(milliseconds=1), gathered(story.members)))
    for instant, facts in then:
        assert gathered(story.members, known_before=instant) == facts
    before = kept(story.members)
    Obligation.objects.update(time_zone="Pacific/Apia")
    services.rebuild_obligations(memberships=[it.pk for it in story.members], at=story.at)
    assert kept(story.members) == before
    for _pk, _zone, by_certification in gathered(story.members):
        for facts in by_certification.values():
            final = list(spans(facts))
            breakpoints = [it.from_on for it in final if it.from_on > date.min]
            others = [TODAY + timedelta(days=story.chance.randrange(-500, 3000)) for _ in range(30)]
            for on in [*breakpoints, *(day - DAY for day in breakpoints), *others]:
                [covering] = [it for it in final if it.from_on <= on and (it.until is None or on < it.until)]
                assert standing(facts, on) == covering.standing
