from datetime import date
from typing import Any

import pytest

from people import services, signals
from people.exceptions import EmploymentOverlaps, EndsBeforeStart, FactSuperseded
from people.models import AuditEntry, Employment, Membership
from tests.factories.people import AT, EmploymentFactory, MembershipFactory, RoleFactory, SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return MembershipFactory()


@pytest.fixture
def news() -> Any:
    heard: list[Membership] = []

    def hear(sender: object, membership: Membership, **kwargs: Any) -> None:
        heard.append(membership)

    signals.employment_changed.connect(hear)
    yield heard
    signals.employment_changed.disconnect(hear)


def start(member: Membership, **changed: Any) -> Employment:
    given: dict[str, Any] = {
        "site": SiteFactory(organisation=member.organisation),
        "role": None,
        "starts_on": date(2026, 3, 9),
        "by": None,
        "at": AT,
    }
    return services.start_employment(membership=member, **given | changed)


def test_start_is_a_fact_and_news(member: Membership, news: Any) -> None:
    job = start(member)
    assert (job.membership, job.starts_on, job.ends_on, job.recorded_at) == (member, date(2026, 3, 9), None, AT)
    assert news == [member]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.data) == ("employment.started", {"starts_on": "2026-03-09", "ends_on": None})


def test_end_supersedes_and_keeps_the_reference(member: Membership, news: Any) -> None:
    job = start(member)
    ended = services.end_employment(employment=job, ends_on=date(2026, 6, 30), by=None, at=AT)
    job.refresh_from_db()
    assert (job.ends_on, ended.ends_on, ended.supersedes, ended.reference) == (
        None,
        date(2026, 6, 30),
        job,
        job.reference,
    )
    assert list(Employment.objects.current_knowledge()) == [ended]
    assert list(Employment.objects.covering(date(2026, 6, 30))) == [ended]
    assert list(Employment.objects.covering(date(2026, 7, 1))) == []
    assert len(news) == 2


def test_end_before_the_first_day_is_refused(member: Membership) -> None:
    job = start(member)
    with pytest.raises(EndsBeforeStart):
        services.end_employment(employment=job, ends_on=date(2026, 3, 8), by=None, at=AT)
    services.end_employment(employment=job, ends_on=date(2026, 3, 9), by=None, at=AT)


def test_superseded_fact_is_not_superseded_again(member: Membership) -> None:
    job = start(member)
    services.end_employment(employment=job, ends_on=date(2026, 6, 30), by=None, at=AT)
    with pytest.raises(FactSuperseded):
        services.end_employment(employment=job, ends_on=date(2026, 7, 31), by=None, at=AT)


def test_same_end_twice_is_one_fact(member: Membership, news: Any) -> None:
    ended = services.end_employment(employment=start(member), ends_on=date(2026, 6, 30), by=None, at=AT)
    assert services.end_employment(employment=ended, ends_on=date(2026, 6, 30), by=None, at=AT) == ended
    assert len(news) == 2


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "overlaps"),
    [
        (date(2026, 3, 1), date(2026, 3, 8), False),
        (date(2026, 3, 1), date(2026, 3, 9), True),
        (date(2026, 6, 30), None, True),
        (date(2026, 7, 1), None, False),
    ],
)
def test_same_job_twice_on_the_same_days_is_refused(
    member: Membership, starts_on: date, ends_on: date | None, overlaps: bool
) -> None:
    job = start(member, ends_on=date(2026, 6, 30))
    if overlaps:
        with pytest.raises(EmploymentOverlaps):
            start(member, site=job.site, starts_on=starts_on, ends_on=ends_on)
    else:
        start(member, site=job.site, starts_on=starts_on, ends_on=ends_on)


def test_two_roles_at_once_are_two_jobs(member: Membership) -> None:
    job = start(member)
    start(member, site=job.site, role=RoleFactory(organisation=member.organisation))
    assert Employment.objects.count() == 2


def test_correction_changes_what_is_known(member: Membership) -> None:
    job = EmploymentFactory(membership=member)
    corrected = services.correct_employment(
        employment=job, site=job.site, role=None, starts_on=date(2026, 1, 12), ends_on=None, by=None, at=AT
    )
    assert [(it.role, it.starts_on) for it in Employment.objects.current_knowledge()] == [(None, date(2026, 1, 12))]
    assert corrected.reference == job.reference


def test_site_of_another_organisation_is_refused(member: Membership) -> None:
    with pytest.raises(ValueError, match="another organisation"):
        start(member, site=SiteFactory())
    with pytest.raises(ValueError, match="another organisation"):
        start(member, role=RoleFactory())
