"""A workbook of 10,000 people (200,000 with FULL=1, WORKBOOK_ROWS with that): preview, apply, the same again, export; time and peak memory.

The memory is that of all processes of the import together, where the system tells it.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # after setup
from django.db import connection  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from certificates.models import Certification  # noqa: E402
from cms import clock  # noqa: E402
from compliance import services as compliance_services  # noqa: E402
from compliance.models import Obligation  # noqa: E402
from people import services  # noqa: E402
from people.models import Employment, Organisation, Role, Site, WorkbookImport  # noqa: E402
from tests.bench.figures import started_with  # noqa: E402
from tests.bench.together import peak_together  # noqa: E402

ROWS = int(os.environ.get("WORKBOOK_ROWS", "0")) or (200_000 if os.environ.get("FULL") else 10_000)
SITES = 40
PREVIEW_SECONDS, APPLY_SECONDS, EXPORT_SECONDS, PEAK_MEGABYTES = 60, 90, 40, 300


def write_file(path: Path, today: date) -> None:
    """Write a workbook as a spreadsheet program would."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    sheet.append(["employee_number", "name", "email", "site", "role", "starts_on", "ends_on"])
    for n in range(ROWS):
        first = today - timedelta(days=n % 900)
        email = f"p{n}@many.example" if n % 3 else None
        sheet.append([f"{n:06}", f"Person {n * 7919 % ROWS:06}", email, f"s{n % SITES}", "all", first, None])
    book.save(path)


def judged(path: Path, organisation: Organisation) -> WorkbookImport:
    """Keep and judge the file, as the page does."""
    with path.open("rb") as file:
        kept = services.keep_upload(
            organisation=organisation,
            kind="people",
            file=file,
            file_name=path.name,
            by=None,
            at=clock.now(),
            later=False,
        )
    return services.judge_import(import_id=kept.pk, at=clock.now())


def main() -> None:
    """Bring people in, look again, take them out."""
    target, figures = started_with()
    call_command("migrate", verbosity=0)
    today = clock.now().date()
    organisation = Organisation.objects.create(code="many", name="Many", time_zone="UTC")
    Site.objects.bulk_create(
        [Site(organisation=organisation, code=f"s{n}", name=f"Site {n}", time_zone="UTC") for n in range(SITES)]
    )
    role = Role.objects.create(organisation=organisation, code="all", name="All")
    compliance_services.require(
        organisation=organisation,
        certification=Certification.objects.create(code="bench", title="Bench"),
        role=role,
        starts_on=today - timedelta(days=400),
        due_on=today + timedelta(days=30),
        by=None,
        at=clock.now(),
    )
    # The bars are for PostgreSQL; elsewhere the figures compare with themselves.
    barred = connection.vendor == "postgresql"

    @contextmanager
    def taken(name: str, bar: int) -> Iterator[None]:
        began = time.perf_counter()
        with peak_together() as peak:
            yield
            seconds = time.perf_counter() - began
        figures.add(f"workbook of {ROWS:,} people: {name}", seconds, "s", bar if barred else None)
        for megabytes in peak:
            figures.add(f"workbook of {ROWS:,} people: memory, {name}", megabytes, "MB", PEAK_MEGABYTES)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        write_file(path, today)
        with taken("preview", PREVIEW_SECONDS):
            kept = judged(path, organisation)
        assert kept.counts["new"] == ROWS, kept.counts
        services.confirm_import(workbook_import=kept, by=None, at=clock.now(), later=False)
        with taken("apply", APPLY_SECONDS):
            services.write_import(import_id=kept.pk, at=clock.now(), turn_seconds=None)
        assert Employment.objects.count() == Obligation.objects.count() == ROWS
        with taken("the same again", PREVIEW_SECONDS):
            kept = judged(path, organisation)
        assert kept.counts["unchanged"] == ROWS
        with taken("export", EXPORT_SECONDS), (Path(folder) / "out.xlsx").open("wb") as out:
            rows = services.write_export(organisation=organisation, kind="people", target=out, at=clock.now())
        assert rows == ROWS
    figures.write(target)


if __name__ == "__main__":
    main()
