from datetime import date
from typing import Any

import pytest

from people import services
from people.exceptions import WorkbookRefused
from people.models import AccountChange, AuditEntry, Employment, Membership, Organisation
from people.rows import PersonRow, Problem
from people.services import PeopleCounts
from tests.factories.people import (
    AT,
    EmploymentFactory,
    MembershipFactory,
    OrganisationFactory,
    RoleFactory,
    SiteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def larch() -> Organisation:
    organisation: Organisation = OrganisationFactory(code="larch")
    for code in ("fsj", "pg"):
        SiteFactory(organisation=organisation, code=code)
    for code in ("hk", "fd"):
        RoleFactory(organisation=organisation, code=code)
    return organisation


def row(number: str = "0042", **changed: Any) -> PersonRow:
    given: dict[str, Any] = {
        "row": 2,
        "employee_number": number,
        "name": "Jo Castellan",
        "email": None,
        "site": "fsj",
        "role": "hk",
        "starts_on": date(2026, 3, 2),
        "ends_on": None,
    }
    return PersonRow(**given | changed)


def apply(organisation: Organisation, *rows: PersonRow) -> PeopleCounts:
    return services.apply_people(rows=rows, organisation=organisation, by=None, at=AT)


def known(organisation: Organisation) -> list[tuple[str, str | None, date, date | None]]:
    jobs = Employment.objects.current_knowledge().filter(membership__organisation=organisation)
    return [
        (job.site.code, job.role.code if job.role else None, job.starts_on, job.ends_on)
        for job in jobs.order_by("starts_on")
    ]


def test_new_people_are_added_with_their_job(larch: Organisation) -> None:
    counts = apply(larch, row("1", email="jo@larch.example"), row("2", role=None, ends_on=date(2026, 9, 30)))
    assert counts == PeopleCounts(created=2, started=2)
    assert [(it.employee_number, it.email) for it in Membership.objects.order_by("pk")] == [
        ("1", "jo@larch.example"),
        ("2", ""),
    ]
    assert known(larch) == [("fsj", "hk", date(2026, 3, 2), None), ("fsj", None, date(2026, 3, 2), date(2026, 9, 30))]
    entry = AuditEntry.objects.get(verb="people.uploaded")
    assert entry.data == {"created": 2, "started": 2}


def test_same_file_twice_changes_nothing(larch: Organisation) -> None:
    rows = [row("1", email="jo@larch.example", ends_on=date(2026, 9, 30)), row("2")]
    apply(larch, *rows)
    assert apply(larch, *rows) == PeopleCounts(unchanged=2)
    assert Employment.objects.count() == 2


def test_name_and_contact_are_changed_and_listed(larch: Organisation) -> None:
    apply(larch, row(email="old@larch.example"))
    counts = apply(larch, row("0042", name="Jo Castellan-Birch", email="new@larch.example"))
    assert counts == PeopleCounts(changed=1, renamed=1, contacts_changed=1)
    assert sorted(change.kind for change in AccountChange.objects.all()) == ["contact_changed", "name_changed"]


def test_empty_cells_change_nothing(larch: Organisation) -> None:
    apply(larch, row(email="jo@larch.example", ends_on=date(2026, 9, 30)))
    assert apply(larch, row(role=None)) == PeopleCounts(unchanged=1)
    assert Membership.objects.get().email == "jo@larch.example"
    assert known(larch) == [("fsj", "hk", date(2026, 3, 2), date(2026, 9, 30))]


def test_number_is_found_whatever_its_case(larch: Organisation) -> None:
    apply(larch, row("e-7"))
    assert apply(larch, row("E-7")) == PeopleCounts(unchanged=1)


def test_last_day_ends_the_job(larch: Organisation) -> None:
    apply(larch, row())
    assert apply(larch, row(ends_on=date(2026, 6, 30))) == PeopleCounts(changed=1, ended=1)
    assert known(larch) == [("fsj", "hk", date(2026, 3, 2), date(2026, 6, 30))]


def test_first_day_is_corrected(larch: Organisation) -> None:
    apply(larch, row())
    assert apply(larch, row(starts_on=date(2026, 2, 23))) == PeopleCounts(changed=1, corrected=1)
    assert known(larch) == [("fsj", "hk", date(2026, 2, 23), None)]
    assert Employment.objects.count() == 2


def test_other_site_or_role_on_the_same_first_day_is_a_correction(larch: Organisation) -> None:
    apply(larch, row())
    assert apply(larch, row(site="pg", role="fd")) == PeopleCounts(changed=1, corrected=1)
    assert known(larch) == [("pg", "fd", date(2026, 3, 2), None)]


def test_transfer_ends_the_old_job_the_day_before(larch: Organisation) -> None:
    apply(larch, row())
    assert apply(larch, row(site="pg", starts_on=date(2026, 5, 1))) == PeopleCounts(changed=1, started=1, ended=1)
    assert known(larch) == [
        ("fsj", "hk", date(2026, 3, 2), date(2026, 4, 30)),
        ("pg", "hk", date(2026, 5, 1), None),
    ]


def test_returning_is_a_new_job(larch: Organisation) -> None:
    apply(larch, row(ends_on=date(2026, 4, 30)))
    assert apply(larch, row(starts_on=date(2026, 6, 1))) == PeopleCounts(changed=1, started=1)
    assert known(larch) == [
        ("fsj", "hk", date(2026, 3, 2), date(2026, 4, 30)),
        ("fsj", "hk", date(2026, 6, 1), None),
    ]


def test_second_job_at_once_is_left_alone(larch: Organisation) -> None:
    apply(larch, row())
    member = Membership.objects.get()
    EmploymentFactory(membership=member, site=larch.sites.get(code="pg"), role=larch.roles.get(code="fd"))
    assert apply(larch, row()) == PeopleCounts(unchanged=1)


def test_what_does_not_fit_undoes_everything_and_is_named(larch: Organisation) -> None:
    apply(larch, row(starts_on=date(2026, 5, 1)))
    with pytest.raises(WorkbookRefused) as error:
        apply(larch, row("1"), row("0042", row=3, site="pg", starts_on=date(2026, 3, 2)))
    assert [(problem.row, problem.column, problem.problem) for problem in error.value.problems] == [
        (3, "starts_on", Problem.OVERLAPS)
    ]
    assert Membership.objects.count() == 1
    assert known(larch) == [("fsj", "hk", date(2026, 5, 1), None)]


def test_people_who_are_not_in_the_file_are_left_alone(larch: Organisation) -> None:
    EmploymentFactory(membership=MembershipFactory(organisation=larch))
    apply(larch, row())
    assert len(known(larch)) == 2


def test_same_number_at_another_organisation_is_another_person(larch: Organisation) -> None:
    other = MembershipFactory(employee_number="0042", name="Ama Birch")
    apply(larch, row())
    other.refresh_from_db()
    assert other.name == "Ama Birch"
    assert Membership.objects.count() == 2
