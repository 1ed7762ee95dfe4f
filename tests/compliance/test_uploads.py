"""Files of assignments that touch many: a second person of HR agrees before they are written, and before they are undone."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from certificates.models import Certification
from compliance.exceptions import NeedsAnotherPerson
from compliance.models import PreviewRun, Proposal, Requirement
from compliance.services import agree, ask_to_take_back, ask_to_write, planned_uploads, previews, proposals, refuse
from people import outbox
from people import services as people_services
from people.exceptions import NeedsAgreement
from people.models import StaffRole, User, WorkbookImport
from tests.corpus.workbooks import xlsx
from tests.factories.compliance import AT, Workplace
from tests.factories.people import sign_in_personally
from tests.people.workbooks.conftest import Hand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

State = WorkbookImport.State


@pytest.fixture(autouse=True)
def two_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "FROM_PEOPLE", 2)


@pytest.fixture
def upload(larch: Workplace, hospitality: Certification) -> WorkbookImport:
    for number in ("1", "2", "3"):
        larch.employ(f"Person {number}", number=number)
    rows = ([hospitality.code, number, "2026-06-30"] for number in ("1", "2"))
    return Hand(larch.organisation).look(xlsx(["certification", "employee_number", "due_on"], *rows), "assignments")


@pytest.fixture
def other(larch: Workplace) -> User:
    return larch.staff(StaffRole.Kind.HR)


def written(upload: WorkbookImport) -> WorkbookImport:
    return people_services.write_import(import_id=upload.pk, at=AT, turn_seconds=None)


def taken_back(upload: WorkbookImport) -> WorkbookImport:
    return people_services.take_back_import(import_id=upload.pk, at=AT, turn_seconds=None)


def test_neither_writing_nor_undoing_holds_before_somebody_else_agrees(
    upload: WorkbookImport, larch: Workplace, other: User
) -> None:
    assert upload.counts["touched"] == 2
    with pytest.raises(NeedsAgreement):
        people_services.confirm_import(workbook_import=upload, by=None, at=AT)
    waiting = ask_to_write(upload=upload, by=larch.hr, at=AT)
    assert isinstance(waiting, Proposal)
    assert ask_to_write(upload=upload, by=larch.hr, at=AT) == waiting
    assert (waiting.kind, WorkbookImport.objects.get().state) == ("upload", State.READY)
    with pytest.raises(NeedsAnotherPerson):
        agree(proposal=waiting, by=larch.hr, at=AT)
    agree(proposal=waiting, by=other, at=AT)
    assert (written(upload).confirmed_by, Requirement.objects.live().count()) == (other, 2)

    undo = ask_to_take_back(upload=upload, by=larch.hr, at=AT)
    assert isinstance(undo, Proposal)
    assert (undo.kind, WorkbookImport.objects.get().state) == ("undo", State.APPLIED)
    agree(proposal=undo, by=other, at=AT)
    assert (taken_back(upload).state, Requirement.objects.live().count()) == (State.UNDONE, 0)


def test_few_are_written_and_undone_at_once(upload: WorkbookImport, larch: Workplace) -> None:
    larch.organisation.second_person_percent = 100
    larch.organisation.save()
    assert isinstance(ask_to_write(upload=upload, by=larch.hr, at=AT), WorkbookImport)
    written(upload)
    assert isinstance(ask_to_take_back(upload=upload, by=larch.hr, at=AT), WorkbookImport)


def test_what_is_proposed_shows_what_it_does(upload: WorkbookImport, larch: Workplace, other: User) -> None:
    waiting = ask_to_write(upload=upload, by=larch.hr, at=AT)
    assert isinstance(waiting, Proposal)
    found = proposals.planned_by(waiting, on=date(2026, 3, 1)).preview(at=AT)
    named = [(it.membership.employee_number, it.before, it.after) for it in found.enters]
    assert named == [("1", None, date(2026, 6, 30)), ("2", None, date(2026, 6, 30))]
    agree(proposal=waiting, by=other, at=AT)
    written(upload)
    undo = ask_to_take_back(upload=upload, by=larch.hr, at=AT)
    assert isinstance(undo, Proposal)
    found = proposals.planned_by(undo, on=date(2026, 3, 1)).preview(at=AT)
    assert [(it.membership.employee_number, it.after) for it in found.leaves] == [("1", None), ("2", None)]


def test_pages_ask_show_and_agree(client, upload: WorkbookImport, larch: Workplace, other: User) -> None:
    def url(name: str, *args: object) -> str:
        return reverse(f"compliance:{name}", args=["larch", *args])

    sign_in_personally(client, larch.hr)
    page = client.get(url("import", upload.public_id)).content.decode()
    assert "This touches 2 people. Somebody else of HR has to agree before it holds." in page
    answer = client.post(url("import_confirm", upload.public_id))
    waiting = Proposal.objects.get()
    assert answer.url == url("proposal", waiting.public_id)
    page = client.get(answer.url).content.decode()
    assert "2 people will have to do it." in page
    assert waiting.certification is None
    assert Certification.objects.get().title in page
    assert url("import", upload.public_id) in page
    assert 'name="agree"' not in page
    page = client.get(url("import", upload.public_id)).content.decode()
    assert url("import_confirm", upload.public_id) not in page
    assert url("proposal", waiting.public_id) in page
    sign_in_personally(client, other)
    client.post(url("proposal", waiting.public_id), {"agree": "1"})
    written(upload)
    client.post(url("import_undo", upload.public_id))
    undo = Proposal.objects.get(kind="undo")
    page = client.get(url("proposal", undo.public_id)).content.decode()
    assert "2 people will not have to do it any more." in page
    # Undone by somebody at the server meanwhile, it can only be put away.
    people_services.undo_import(workbook_import=upload, by=None, at=AT, agreed=True)
    page = client.get(url("proposal", undo.public_id)).content.decode()
    assert ("This was decided or changed meanwhile." in page, 'name="agree"' in page) == (True, False)
    client.post(url("proposal", undo.public_id), {"refuse": "1"})
    undo.refresh_from_db()
    assert undo.state == Proposal.State.REFUSED


def test_what_touches_very_many_is_looked_at_by_a_worker(
    client, upload: WorkbookImport, larch: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planned_uploads, "LOOKED_AT_WHILE_WAITING", 1)
    waiting = ask_to_write(upload=upload, by=larch.hr, at=AT)
    assert isinstance(waiting, Proposal)
    sign_in_personally(client, larch.hr)
    page = reverse("compliance:proposal", args=["larch", waiting.public_id])
    assert 'http-equiv="refresh"' in client.get(page).content.decode()
    outbox.deliver(key=previews._key(PreviewRun.objects.get()), at=AT)
    assert "2 people will have to do it." in client.get(page).content.decode()
    # Its page of the preview alone would let one person make it.
    alone = reverse("compliance:preview", args=["larch", PreviewRun.objects.get().public_id])
    assert client.post(alone).status_code == 404
    refuse(proposal=waiting, by=larch.hr, at=AT)
    assert WorkbookImport.objects.get().state == State.READY


def test_other_systems_and_commands_cannot_agree(
    client, upload: WorkbookImport, larch: Workplace, hospitality: Certification, tmp_path: Path
) -> None:
    key = people_services.make_api_key(organisation=larch.organisation, name="payroll", by=None, at=AT)
    confirm = f"/api/1/larch/imports/{upload.public_id}/confirm/"
    answer = client.post(confirm, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["error"]) == (
        409,
        "2 people are touched. Two people of HR have to agree, on the import's page.",
    )
    file, out = tmp_path / "assignments.csv", StringIO()
    rows = "".join(f"{hospitality.code},{number},2026-06-30\n" for number in ("1", "2"))
    file.write_text(f"certification,employee_number,due_on\n{rows}")
    with pytest.raises(SystemExit):
        call_command("import_workbook", "assignments", str(file), "--organisation", "larch", "--apply", stdout=out)
    assert "Nothing was written: 2 people are touched." in out.getvalue()
    assert set(WorkbookImport.objects.values_list("state", flat=True)) == {State.READY}
