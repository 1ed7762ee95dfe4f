"""Exports that are made again and again: once each, for HR alone, gone after their time."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from people import outbox, services
from people.exceptions import NotForHr, UnknownKind
from people.models import AuditEntry, ExportFile, ExportPart, ExportSchedule, OutboxEntry, StaffRole
from people.services.regular_exports import MAKE, next_at
from people.services.staff_notes import KIND
from tests.corpus.workbooks import JO, KEYS, xlsx
from tests.factories.people import AT, OrganisationFactory, StaffRoleFactory
from tests.people.workbooks.conftest import Hand, counted, larch, said  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(larch: Hand) -> StaffRole:  # noqa: F811
    role: StaffRole = StaffRoleFactory(organisation=larch.organisation, kind=StaffRole.Kind.HR)
    return role


def scheduled(role: StaffRole, **changed: Any) -> ExportSchedule:
    said = {"kind": "people", "every": "week", "first_on": date(2026, 3, 4), "recipient": role.user} | changed
    return services.schedule_export(organisation=role.organisation, by=role.user, at=AT, **said)


def make_due(at: datetime) -> list[ExportFile | None]:
    services.ask_for_due_exports(at=at)
    waiting = OutboxEntry.objects.filter(kind=MAKE, done_at=None).order_by("pk")
    made = [services.deliver_export(entry.payload, at=at) for entry in waiting]
    waiting.update(done_at=at)
    return made


def after(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T18:00:00+00:00")


@pytest.mark.parametrize(
    ("every", "first_on", "last", "then"),
    [
        ("day", "2026-03-04", "2026-03-04", "2026-03-05"),
        ("week", "2026-03-04", "2026-03-04", "2026-03-11"),
        ("week", "2026-03-04", "2026-03-30", "2026-04-01"),
        ("month", "2026-03-31", "2026-03-31", "2026-04-30"),
        ("month", "2026-03-31", "2026-04-30", "2026-05-31"),
        ("month", "2026-12-15", "2026-12-15", "2027-01-15"),
        ("day", "2026-05-01", "2026-03-04", "2026-05-01"),
    ],
)
def test_next_file_is_due_early_on_the_next_day_of_the_rhythm(every: str, first_on: str, last: str, then: str) -> None:
    schedule = ExportSchedule(
        organisation=OrganisationFactory.build(time_zone="America/Vancouver"),
        every=every,
        first_on=date.fromisoformat(first_on),
    )
    due_at = next_at(schedule, after=after(last))
    local = due_at.astimezone(ZoneInfo("America/Vancouver"))
    assert local.isoformat()[:16] == f"{then}T05:00"


def test_file_is_made_once_told_once_and_comes_back_in(larch: Hand, hr: StaffRole) -> None:  # noqa: F811
    larch.bring(xlsx(KEYS, JO))
    schedule = scheduled(hr)
    assert make_due(after("2026-03-03")) == []
    (file,) = make_due(after("2026-03-04"))
    assert file is not None
    assert (file.rows, file.file_name) == (1, "people-2026-03-04.xlsx")
    # A second worker with the same entry, and a second look on the same day, make nothing.
    assert services.deliver_export(OutboxEntry.objects.get(kind=MAKE).payload, at=after("2026-03-04")) is None
    assert make_due(after("2026-03-04")) == []
    schedule.refresh_from_db()
    assert (schedule.made_count, schedule.next_at) == (1, datetime.fromisoformat("2026-03-11T12:00:00+00:00"))
    entry = OutboxEntry.objects.get(kind=KIND)
    assert entry.payload == {
        "user": hr.user.pk,
        "organisation": larch.organisation.pk,
        "about": "export",
        "target": str(file.public_id),
    }
    assert b"Castellan" not in bytes(ExportPart.objects.get().sealed)
    opened = BytesIO(services.fetch_export(file=file, by=hr.user, at=after("2026-03-05")).read())
    opened.name = file.file_name
    assert counted(larch.look(opened)) == (0, 0, 1, 0, 0)
    verbs = AuditEntry.objects.filter(verb__startswith="export.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["export.scheduled", "export.fetched"]


def test_missed_days_are_one_file(hr: StaffRole) -> None:
    scheduled(hr, every="day")
    assert len(make_due(after("2026-03-20"))) == 1


def test_files_end_and_stopped_exports_make_no_more(hr: StaffRole) -> None:
    schedule = scheduled(hr, kept_days=2)
    (file,) = make_due(after("2026-03-04"))
    assert file is not None
    services.stop_export(schedule=schedule, by=hr.user, at=AT)
    services.stop_export(schedule=schedule, by=hr.user, at=AT)
    assert AuditEntry.objects.filter(verb="export.stopped").count() == 1
    assert make_due(after("2026-03-12")) == []
    with pytest.raises(FileNotFoundError):
        services.fetch_export(file=file, by=hr.user, at=after("2026-03-06") + timedelta(hours=1))
    assert services.forget_exports(at=after("2026-03-05")) == 0
    assert services.forget_exports(at=after("2026-03-06")) == 1
    assert not ExportPart.objects.exists()


def test_only_hr_of_the_whole_organisation_gets_exports(hr: StaffRole) -> None:
    other = StaffRoleFactory(kind=StaffRole.Kind.HR)
    auditor = StaffRoleFactory(organisation=hr.organisation, kind=StaffRole.Kind.AUDITOR)
    for role in (other, auditor):
        with pytest.raises(NotForHr):
            scheduled(hr, recipient=role.user)
    with pytest.raises(UnknownKind):
        scheduled(hr, kind="question_bank")
    schedule = scheduled(hr)
    hr.delete()
    assert make_due(after("2026-03-04")) == []
    schedule.refresh_from_db()
    assert schedule.next_at is None


def test_only_chosen_columns_leave_and_still_come_back(larch: Hand, hr: StaffRole) -> None:  # noqa: F811
    larch.bring(xlsx(KEYS, JO))

    def choose(*columns: str) -> None:
        services.choose_export_columns(
            organisation=larch.organisation, kind="people", columns=columns, by=hr.user, at=AT
        )

    choose("name", "site")
    out = larch.export()
    book = load_workbook(out)
    assert [cell.value for cell in book["People"][1]] == ["employee_number", "name", "site"]
    assert book["People"].auto_filter.ref == "A2:C3"
    assert larch.export(file_format="csv").getvalue().decode("utf-8-sig").splitlines()[0] == "employee_number,name,site"
    out.seek(0)
    assert counted(larch.look(out, mode="update")) == (0, 0, 1, 0, 0)
    # No file comes in with another column, by whatever name; what is left out on purpose is not taken.
    heads = ["employee_number", "Full name", "Site", "Role", "adresse courriel"]
    kept = larch.look(xlsx(heads, ["0042", "Jo", "fsj", "hk", "jo@larch.example"]), mode="update")
    assert (kept.state, [it for it in said(kept) if it[2] == "column_not_allowed"]) == (
        "refused",
        [(1, "Role", "column_not_allowed"), (1, "adresse courriel", "column_not_allowed")],
    )
    left_out = {"role": "", "adresse_courriel": ""}
    kept = larch.look(xlsx(heads, ["0042", "Jo", "fsj", "hk", "x@larch.example"]), mode="update", mapping=left_out)
    assert [row.changes for row in kept.rows.all()] == [{"name": ["Jo Castellan", "Jo"]}]
    template = BytesIO()
    services.write_template(organisation=larch.organisation, kind="people", target=template, at=AT)
    book = load_workbook(template)
    assert [cell.value for cell in book["People"][1]] == ["employee_number", "name", "site"]
    assert [str(it.sqref) for it in book["People"].data_validations.dataValidation] == ["C3:C20000"]
    # Another organisation, and another list, know nothing of it.
    assert (
        counted(Hand(OrganisationFactory()).look(xlsx(["employee_number", "email"], ["1", "x"]), mode="update"))[4] == 1
    )
    assert len(load_workbook(Hand(OrganisationFactory()).export())["People"][1]) == 9
    assert len(load_workbook(larch.export("employments"))["Employments"][1]) == 9
    choose(*KEYS, "manager")
    assert len(load_workbook(larch.export())["People"][1]) == 8
    with pytest.raises(ValueError, match="no columns"):
        choose("salary")


def test_totals_stand_on_a_sheet_of_their_own(larch: Hand) -> None:  # noqa: F811
    larch.bring(xlsx(KEYS, JO, ["0043", *JO[1:]], ["0044", "Lin", None, "pg", None, "2026-03-02"]))
    rows = list(load_workbook(larch.export())["Totals"].iter_rows(values_only=True))
    assert rows == [
        ("Column", "Value", "Rows"),
        ("Site", "Fort St. John", 2),
        ("Site", "Prince George", 1),
        ("Role", "(empty)", 1),
        ("Role", "Housekeeping", 2),
    ]


def test_beat_asks_and_the_outbox_makes(hr: StaffRole) -> None:
    scheduled(hr)
    services.ask_for_due_exports(at=after("2026-03-04"))
    outbox.deliver_due(at=after("2026-03-04"), limit=1)
    assert ExportFile.objects.count() == 1


def test_the_same_export_asked_for_twice_is_one_until_it_is_stopped(hr: StaffRole) -> None:
    first = scheduled(hr)
    assert scheduled(hr) == first
    assert AuditEntry.objects.filter(verb="export.scheduled").count() == 1
    services.stop_export(schedule=first, by=hr.user, at=AT)
    assert scheduled(hr) != first
