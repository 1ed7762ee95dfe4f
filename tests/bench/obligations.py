"""Standing at 10,000 obligations (a million with FULL=1): one person, the sweep, a rebuild, HR's pages, a preview.

OBLIGATIONS=50000 takes another size; its figures bear it in their names, and only those of a million have bars.

The sweep is measured twice with the same number due: at a tenth of the obligations, and at all of them. Its cost must
follow what is due. Peak memory is that of each act, not of the whole process.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import django

django.setup()

from django.core.cache import cache  # noqa: E402  # after setup
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from certificates.models import Certificate, Certification  # noqa: E402
from certificates.validity import ValidityPolicy, next_period  # noqa: E402
from cms import clock  # noqa: E402
from compliance import selectors, services  # noqa: E402
from compliance.models import Message, Obligation, ObligationSpan, Requirement  # noqa: E402
from people import services as people_services  # noqa: E402
from people.models import (  # noqa: E402
    Membership,
    Organisation,
    Role,
    StaffRole,
)
from tests.bench.figures import Figures, started_with  # noqa: E402
from tests.bench.population import CHUNK, employ, workplaces  # noqa: E402

MILLION = 1_000_000
OBLIGATIONS = int(os.environ.get("OBLIGATIONS") or (MILLION if os.environ.get("FULL") else 10_000))
LARGEST = OBLIGATIONS // 10
"""People of the largest organisation; the others have a tenth of it each."""
TRAININGS = 4
PEOPLE = OBLIGATIONS // TRAININGS
DUE = OBLIGATIONS // 100
"""Obligations due in one sweep, each of another person."""

REBUILD_SECONDS, PREVIEW_SECONDS, PAGE_MS, PEAK_MEGABYTES, RATIO = 20 * 60, 10, 300, 400, 1.5


class Bench:
    """The figures; its bars hold for PostgreSQL with everything in it."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.barred = OBLIGATIONS == MILLION and connection.vendor == "postgresql"

    def add(self, name: str, value: float, unit: str, bar: float | None = None) -> None:
        """Keep one figure."""
        self.figures.add(f"{OBLIGATIONS:,} obligations: {name}", value, unit, bar if self.barred else None)

    @contextmanager
    def acting(self, name: str, *, bar_seconds: float | None = None) -> Iterator[None]:
        """Take seconds, user CPU seconds and peak memory of one act."""
        forget_peak()
        began, cpu = time.perf_counter(), os.times().user
        yield
        self.add(name, time.perf_counter() - began, "s", bar_seconds)
        self.add(f"{name}, user CPU", os.times().user - cpu, "s")
        self.add(f"{name}, peak memory", peak_megabytes(), "MB", PEAK_MEGABYTES)

    def time(self, name: str, act: Callable[[], object], bar_ms: float | None = None) -> None:
        """Time an act 50 times, warm, and take its peak memory."""
        forget_peak()
        self.figures.time(f"{OBLIGATIONS:,} obligations: {name}", act, bar_ms=bar_ms if self.barred else None)
        self.add(f"{name}, peak memory", peak_megabytes(), "MB", PEAK_MEGABYTES)


def forget_peak() -> None:
    """Let the peak of this process's memory begin anew (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> float:
    """Return the most memory since ``forget_peak``."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def populate(code: str, people: int, certifications: list[Certification], at: datetime) -> Organisation:
    """Make an organisation of many people by bulk writes, of whom half hold a certificate; nothing is rebuilt yet."""
    today = at.date()
    at_work = workplaces(code, code)
    organisation, role = at_work.organisation, at_work.role
    for n, certification in enumerate(certifications):
        requirement = services.planned(
            organisation=organisation,
            certification=certification,
            role=role,
            starts_on=today - timedelta(days=400),
            # One is past due, the others are still to come.
            due_on=today + timedelta(days=30 * n - 10),
        )
        requirement.recorded_at = at
        requirement.save(force_insert=True)
    policy = ValidityPolicy()
    for start in range(0, people, CHUNK):
        numbers = range(start, min(start + CHUNK, people))
        # Nobody so newly past due that there is nothing to tell yet.
        members = employ(at_work, numbers, people, starts_on=lambda n: today - timedelta(days=50 + n % 850), at=at)
        Certificate.objects.bulk_create(
            [
                held(certifications[0], member, today - timedelta(days=n * 31 % 1_300), policy)
                for n, member in zip(numbers, members, strict=True)
                if n % 2
            ]
        )
    return organisation


def held(certification: Certification, member: Membership, completed_on: date, policy: ValidityPolicy) -> Certificate:
    """Return a certificate, unsaved."""
    period = next_period(policy, completed_on)
    return Certificate(
        number=f"BENCH-{certification.pk}-{member.pk}",
        certification=certification,
        learner_id=member.user_id,
        membership=member,
        title=certification.title,
        issuer_name="Bench",
        edition_number=1,
        edition_digest="0" * 64,
        language="en",
        time_zone="UTC",
        issued_at=datetime.combine(completed_on, time_of_day(12), tzinfo=clock.now().tzinfo),
        completed_on=completed_on,
        valid_from=period.valid_from,
        valid_until=period.valid_until,
        window_opens_on=period.window_opens_on,
        grace_until=period.grace_until,
        anchor_day=period.anchor_day,
        policy=policy.to_json(),
    )


def rebuild_new(at: datetime) -> int:
    """Rebuild whoever has no obligations yet, as the outbox does: part by part."""
    done = 0
    new = Membership.objects.filter(obligations__isnull=True).order_by("pk")
    while keys := list(new.values_list("pk", flat=True)[: services.rebuilding.PART]):
        done += services.rebuild_obligations(memberships=keys, at=at)
    return done


def sweep(bench: Bench, at: datetime) -> float:
    """Let ``DUE`` obligations be due, each of another person, and sweep; return user CPU seconds."""
    Obligation.objects.update(next_message_at=at + timedelta(days=30))
    told = Message.objects.values("membership")
    due = Obligation.objects.filter(certification__code="bench1").exclude(membership__in=told).order_by("pk")
    keys = list(due.values_list("pk", flat=True)[:DUE])
    Obligation.objects.filter(pk__in=keys).update(next_message_at=at - timedelta(hours=1))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # as autovacuum does within minutes
            cursor.execute("VACUUM ANALYZE compliance_obligation")
    before = Message.objects.filter(state=Message.State.SENT).count()
    kept = Obligation.objects.count()
    cpu = os.times().user
    with bench.acting(f"sweep with {DUE:,} due of {kept:,}"):
        services.sweep(at=at)
    sent = Message.objects.filter(state=Message.State.SENT).count() - before
    assert sent == DUE, f"{sent} mails instead of {DUE}"
    return os.times().user - cpu


def drill_downs(front: str, address: str) -> list[str]:
    """Return where the numbers of HR's front page lead."""
    links = {it.replace("&amp;", "&") for it in re.findall(rf'href="({re.escape(address)}[^"]*\?[^"]+)"', front)}
    return sorted(links | {f"{address}?site=s7&status=overdue", f"{address}?q=Person+0042"})


def pages(bench: Bench, organisation: Organisation, at: datetime) -> None:
    """HR's front page and, of all that it leads to, the slowest."""
    hr = people_services.create_staff(email="hr@bench.example", name="HR")
    people_services.grant_staff_role(user=hr, organisation=organisation, kind=StaffRole.Kind.HR, by=None, at=at)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(hr, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/workplace/{organisation.code}/"

    def get(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    front = get(address)
    with CaptureQueriesContext(connection) as queries:
        get(address)
    bench.figures.add("queries of HR's front page", len(queries), "")
    bench.time("HR's front page", lambda: get(address), PAGE_MS)
    # What a large organisation's first look of a minute takes: no bar, as it is not warm.
    cache.clear()
    began = time.perf_counter()
    get(address)
    bench.add("HR's front page, counted anew", (time.perf_counter() - began) * 1000, "ms")
    taken = {}
    for path in drill_downs(front, address):
        get(path)
        began = time.perf_counter()
        get(path)
        taken[path] = time.perf_counter() - began
    worst = max(taken, key=lambda path: taken[path])
    print(f"worst of {len(taken)} drill-downs: {worst}")
    bench.time("HR's worst drill-down", lambda: get(worst), PAGE_MS)


def main() -> None:
    """Populate a tenth, sweep; populate the rest, and all else."""
    target, figures = started_with()
    bench = Bench(figures)
    call_command("migrate", verbosity=0)
    at = datetime.combine(clock.today("UTC"), time_of_day(12), tzinfo=clock.now().tzinfo)
    trainings = [Certification.objects.create(code=f"bench{n}", title=f"Bench {n}") for n in range(TRAININGS)]
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        small = LARGEST // 10
        organisations = 0
        while (missing := PEOPLE // 10 - Membership.objects.count()) > 0:
            populate(f"small{organisations}", min(small, missing), trainings, at)
            organisations += 1
        rebuild_new(at)
        first = sweep(bench, at)
        largest = populate("largest", LARGEST, trainings, at)
        while (missing := PEOPLE - Membership.objects.count()) > 0:
            populate(f"small{organisations}", min(small, missing), trainings, at)
            organisations += 1
        Obligation.objects.all().delete()
        with bench.acting("rebuild from nothing", bar_seconds=REBUILD_SECONDS):
            assert rebuild_new(at) == OBLIGATIONS
        keys = list(Membership.objects.filter(organisation=largest).order_by("pk").values_list("pk", flat=True))
        with bench.acting(f"rebuild of {LARGEST:,} people of whom nothing changed"):
            assert services.rebuild_obligations(memberships=keys, at=at) == 0
        second = sweep(bench, at + timedelta(days=1))
        bench.add("the two sweeps, ratio of user CPU", second / first, "", RATIO)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert ObligationSpan.objects.count() > OBLIGATIONS
    number = Membership.objects.get(pk=keys[len(keys) // 2]).employee_number

    def one_person() -> None:
        found = selectors.standings(
            memberships=Membership.objects.filter(organisation=largest, employee_number=number), at=at
        )
        assert len(list(found)) == TRAININGS

    bench.time("standing of one person", one_person)
    pages(bench, largest, at)
    planned = services.planned(
        organisation=largest,
        certification=Certification.objects.create(code="new", title="New"),
        role=Role.objects.get(organisation=largest),
        starts_on=at.date(),
        due_on=at.date() + timedelta(days=60),
    )
    heard: list[int] = []
    with bench.acting(f"preview of a requirement for {LARGEST:,} people", bar_seconds=PREVIEW_SECONDS):
        found = services.preview_of_requirement(requirement=planned, at=at, progress=heard.append)
    assert found.counts["enters"] == LARGEST == heard[-1], found.counts
    known = Requirement.objects.get(organisation=largest, certification=trainings[0])
    later = services.planned_change(requirement=known, due_on=at.date() + timedelta(days=30))
    with bench.acting(f"preview of a change for {LARGEST:,} people, half of whom hold it", bar_seconds=PREVIEW_SECONDS):
        found = services.preview_of_change(requirement=known, changed=later, at=at)
    assert found.counts["moves"] + found.counts["same"] == LARGEST, found.counts
    figures.write(target)


if __name__ == "__main__":
    main()
