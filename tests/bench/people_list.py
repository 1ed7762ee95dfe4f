"""The list of HR at 10,000 people (100,000 with FULL=1), and the sweep of what is due."""

import os
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # after setup
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from certificates.models import Certification  # noqa: E402
from cms import clock  # noqa: E402
from compliance import services  # noqa: E402
from compliance.models import Message, Obligation  # noqa: E402
from people import outbox  # noqa: E402
from people import services as people_services  # noqa: E402
from people.models import Organisation, StaffRole, User  # noqa: E402
from tests.bench.figures import started_with  # noqa: E402
from tests.bench.population import CHUNK, employ, workplaces  # noqa: E402

PEOPLE = 100_000 if os.environ.get("FULL") else 10_000
LONG_AGO = timedelta(days=60)
"""Whoever began so long ago is not so newly past due that there is nothing to tell yet."""


def populate(at, today: date) -> tuple[Organisation, User]:
    """Make an organisation of many people by bulk writes; only the read model goes through its service."""
    at_work = workplaces("many", "Many")
    organisation, role = at_work.organisation, at_work.role
    hr = people_services.create_staff(email="hr@many.example", name="HR")
    people_services.grant_staff_role(user=hr, organisation=organisation, kind=StaffRole.Kind.HR, by=None, at=at)
    certification = Certification.objects.create(code="bench", title="Bench")
    for start in range(0, PEOPLE, CHUNK):
        numbers = range(start, min(start + CHUNK, PEOPLE))
        employ(at_work, numbers, PEOPLE, starts_on=lambda n: today - timedelta(days=n % 900), at=at)
    services.require(
        organisation=organisation,
        certification=certification,
        role=role,
        starts_on=today - timedelta(days=400),
        due_on=today + timedelta(days=30),
        by=hr,
        at=at,
    )
    outbox.deliver_due(at=clock.now(), limit=10_000)
    return organisation, hr


def main() -> None:
    """Populate, then look and sweep."""
    target, figures = started_with()
    call_command("migrate", verbosity=0)
    at = clock.now()
    today = at.date()
    organisation, hr = populate(at, today)
    with connection.cursor() as cursor:
        # A database looks at what was written by itself, some minutes later.
        cursor.execute("ANALYZE")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(hr, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/workplace/{organisation.code}/"

    def get(path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code

    bar = 200 if connection.vendor == "postgresql" and not os.environ.get("FULL") else None
    figures.time(f"HR list of {PEOPLE:,} people", lambda: get(address), bar_ms=bar)
    figures.time(f"HR list of {PEOPLE:,} people, page 100", lambda: get(f"{address}?page=100"), bar_ms=bar)
    figures.time(
        f"HR list of {PEOPLE:,} people, a site and a status",
        lambda: get(f"{address}?site=s7&status=overdue"),
        bar_ms=bar,
    )
    figures.time(f"HR list of {PEOPLE:,} people, a name", lambda: get(f"{address}?q=Person+0042"), bar_ms=bar)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get(address)
    figures.add("queries of the HR list", len(queries), "", 20)

    due = Obligation.objects.filter(
        organisation=organisation, next_message_at__date=today, membership__employments__starts_on__lt=today - LONG_AGO
    )
    keep = list(due.order_by("pk").values_list("pk", flat=True)[:1000])
    assert len(keep) == 1000
    Obligation.objects.exclude(pk__in=keep).update(next_message_at=None)
    import time

    # At noon: what is due today goes out from nine in the morning, and an earlier sweep finds nothing.
    at = datetime.combine(today, time_of_day(12), tzinfo=at.tzinfo)
    began = time.perf_counter()
    services.sweep(at=at)
    figures.add("sweep of 1,000 due, mails to files", time.perf_counter() - began, "s")
    assert Message.objects.filter(state=Message.State.SENT).count() == len(keep)
    began = time.perf_counter()
    services.sweep(at=at)
    figures.add("sweep with nothing due", (time.perf_counter() - began) * 1000, "ms", 100)
    figures.write(target)


if __name__ == "__main__":
    main()
