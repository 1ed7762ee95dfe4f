"""Regular exports in the portal, and the mails that lead there."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from cms import clock
from compliance import services
from people import services as people_services
from people.models import ExportColumns, ExportFile, ExportSchedule, OutboxEntry, StaffRole
from people.services import staff_notes
from people.services.regular_exports import MAKE
from tests.factories.people import AT, OrganisationFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> StaffRole:
    organisation = OrganisationFactory(code="larch", name="Larch Hotels")
    role: StaffRole = StaffRoleFactory(organisation=organisation, kind=StaffRole.Kind.HR)
    return role


@pytest.fixture
def desk(client: Any, hr: StaffRole) -> Any:
    client.force_login(hr.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def made(role: StaffRole) -> ExportFile:
    schedule = people_services.schedule_export(
        organisation=role.organisation,
        kind="people",
        every="day",
        first_on=AT.date(),
        recipient=role.user,
        by=role.user,
        at=clock.now() - timedelta(days=2),
    )
    people_services.ask_for_due_exports(at=clock.now())
    entry = OutboxEntry.objects.get(kind=MAKE, payload__schedule=schedule.pk)
    file = people_services.deliver_export(entry.payload, at=clock.now())
    assert file is not None
    return file


def test_export_is_scheduled_listed_fetched_and_stopped(desk: Any, hr: StaffRole) -> None:
    said = {
        "kind": "people",
        "file_format": "csv",
        "every": "month",
        "first_on": clock.now().date() + timedelta(days=3),
        "kept_days": 30,
        "recipient": hr.user.pk,
    }
    assert desk.post("/workplace/larch/exports/", said).status_code == 302
    schedule = ExportSchedule.objects.get()
    assert (schedule.kind, schedule.every, schedule.recipient) == ("people", "month", hr.user)
    bad = desk.post("/workplace/larch/exports/", said | {"first_on": "2020-01-01", "kept_days": 91})
    assert bad.status_code == 422
    file = made(hr)
    page = desk.get("/workplace/larch/exports/").content.decode()
    assert f"/workplace/larch/exports/files/{file.public_id}/" in page
    answer = desk.get(f"/workplace/larch/exports/files/{file.public_id}/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file.file_name}"'
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert desk.post(f"/workplace/larch/exports/{schedule.public_id}/stop/").status_code == 302
    schedule.refresh_from_db()
    assert schedule.next_at is None


def test_files_of_others_over_and_unknown_look_the_same(desk: Any, hr: StaffRole) -> None:
    theirs = made(StaffRoleFactory(organisation=OrganisationFactory(code="other"), kind=StaffRole.Kind.HR))
    over = made(hr)
    ExportFile.objects.filter(pk=over.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    answers = {
        desk.get(f"/workplace/larch/exports/files/{key}/").status_code
        for key in (theirs.public_id, over.public_id, "6a1f6c1e-1111-4222-8333-abcdefabcdef")
    }
    assert answers == {404}
    assert desk.get(f"/workplace/other/exports/files/{theirs.public_id}/").status_code == 404
    assert desk.post(f"/workplace/larch/exports/{theirs.schedule.public_id}/stop/").status_code == 404


@pytest.mark.parametrize("kind", ["auditor", "site_lead", "trainer"])
def test_nobody_but_hr_opens_them(client: Any, hr: StaffRole, kind: str) -> None:
    file = made(hr)
    path = f"/workplace/larch/exports/files/{file.public_id}/"
    assert client.get(path).status_code == 302
    role = StaffRoleFactory(organisation=hr.organisation, kind=kind)
    client.force_login(role.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 404
    assert client.get("/workplace/larch/exports/").status_code == 404


def test_columns_are_chosen(desk: Any, hr: StaffRole) -> None:
    path = "/workplace/larch/exports/people/columns/"
    assert "Employee number" in desk.get(path).content.decode()
    assert desk.post(path, {"column": ["name", "nonsense"]}).status_code == 302
    assert ExportColumns.objects.get().columns == ["employee_number", "name"]
    assert "fewer columns" in desk.get("/workplace/larch/exports/").content.decode()
    assert desk.get("/workplace/larch/exports/question_bank/columns/").status_code == 404


@pytest.mark.parametrize(("about", "words"), [("export", "is ready"), ("folder", "A file came in")])
def test_mail_says_that_something_waits_and_nothing_else(hr: StaffRole, about: str, words: str) -> None:
    file = made(hr)
    payload = {
        "user": hr.user.pk,
        "organisation": hr.organisation.pk,
        "about": about,
        "target": str(file.public_id) if about == "export" else "folder:people:Castellan.xlsx",
    }
    services.send_staff_note(payload)
    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.attachments) == ("Something for you from Larch Hotels", [hr.user.email], [])
    assert words in sent.body
    place = f"exports/files/{file.public_id}/" if about == "export" else "workbooks/"
    assert f"/workplace/larch/{place}" in sent.body
    assert "Castellan" not in sent.body
    hr.delete()
    services.send_staff_note(payload)
    assert len(mail.outbox) == 1


def test_notes_are_asked_for_once(hr: StaffRole) -> None:
    for _ in range(2):
        staff_notes.note(user=hr.user, organisation=hr.organisation, about="folder", target="x")
    assert OutboxEntry.objects.filter(kind=staff_notes.KIND).count() == 1
