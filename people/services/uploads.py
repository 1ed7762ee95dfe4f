"""Writing the persons of a people file: who is new is added, what differs is changed, what is the same stays."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from people import audit
from people.exceptions import EmploymentOverlaps, NumberTaken, WorkbookRefused
from people.models import Employment, Membership, Organisation, Role, Site, User
from people.rows import Column, PersonRow, Problem, RowProblem
from people.services.employments import correct_employment, end_employment, start_employment
from people.services.memberships import change_contact, create_membership, one_line, rename_member


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """What an upload did. The first three count people and add up to the rows, the others count changes."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    renamed: int = 0
    contacts_changed: int = 0
    started: int = 0
    ended: int = 0
    corrected: int = 0


@transaction.atomic
def apply_people(
    *, rows: Sequence[PersonRow], organisation: Organisation, by: User | None, at: datetime
) -> PeopleCounts:
    """Write what ``rows`` say of the people of an organisation, all or nothing.

    A row is found again by its employee number, whatever its case. It says where the person works now: the same site,
    role and first day is the same employment (its last day may come with the row); the same site and role on
    overlapping days is a correction; another site or role ends what ran until the day before. People who are not in
    the file are left alone.

    Raises:
        WorkbookRefused: rows do not fit with other employments; carries every such problem, nothing was written.
    """
    upload = _Upload(organisation, by=by, at=at)
    for row in rows:
        upload.take(row)
    if upload.problems:
        raise WorkbookRefused(upload.problems)
    counts = PeopleCounts(**upload.counts)
    audit.record(
        organisation=organisation, actor=by, verb="people.uploaded", target=organisation, at=at, **upload.counts
    )
    return counts


class _Upload:
    def __init__(self, organisation: Organisation, *, by: User | None, at: datetime) -> None:
        self.organisation = organisation
        self.by = by
        self.at = at
        self.counts: Counter[str] = Counter()
        self.problems: list[RowProblem] = []
        self._sites: dict[str, Site] = {site.code: site for site in organisation.sites.all()}
        self._roles: dict[str, Role] = {role.code: role for role in organisation.roles.all()}
        members = Membership.objects.filter(organisation=organisation).select_related("organisation")
        self._members = {member.employee_number.casefold(): member for member in members}
        self._jobs: defaultdict[int, list[Employment]] = defaultdict(list)
        jobs = Employment.objects.current_knowledge().filter(membership__organisation=organisation)
        for job in jobs.select_related("site", "role"):
            self._jobs[job.membership_id].append(job)

    def take(self, row: PersonRow) -> None:
        before = self.counts.total()
        member = self._members.get(row.employee_number.casefold())
        outcome = "created"
        try:
            if member is None:
                member = self._add(row)
                self._place(member, row)
            else:
                self._update(member, row)
                self._place(member, row)
                outcome = "changed" if self.counts.total() > before else "unchanged"
        except EmploymentOverlaps:
            self.problems.append(RowProblem(row.row, Column.STARTS_ON, Problem.OVERLAPS))
        except NumberTaken:
            self.problems.append(
                RowProblem(row.row, Column.EMPLOYEE_NUMBER, Problem.NUMBER_TWICE, hints=(str(row.row),))
            )
        self.counts[outcome] += 1

    def _add(self, row: PersonRow) -> Membership:
        return create_membership(
            organisation=self.organisation,
            employee_number=row.employee_number,
            name=row.name,
            email=row.email or "",
            by=self.by,
            at=self.at,
        )

    def _update(self, member: Membership, row: PersonRow) -> None:
        if one_line(row.name) != member.name:
            rename_member(membership=member, name=row.name, by=self.by, at=self.at)
            self.counts["renamed"] += 1
        if row.email is not None and row.email != member.email:
            change_contact(membership=member, email=row.email, by=self.by, at=self.at)
            self.counts["contacts_changed"] += 1

    def _place(self, member: Membership, row: PersonRow) -> None:
        site = self._sites[row.site]
        role = self._roles[row.role] if row.role else None
        overlapping = [job for job in self._jobs[member.pk] if _overlaps(job, row)]
        # An empty role says nothing of it, so it fits any.
        same = [job for job in self._jobs[member.pk] if job.site == site and (role is None or job.role == role)]
        exact = next((job for job in same if job.starts_on == row.starts_on), None)
        found = exact or next((job for job in reversed(same) if job in overlapping), None)
        # A row without a last day never opens again what has ended.
        if found is None:
            found = next((job for job in overlapping if job.starts_on == row.starts_on), None)
        if found is not None:
            ends_on = row.ends_on or found.ends_on
            role = role or (found.role if found in same else None)
            if (found.site, found.role, found.starts_on, found.ends_on) != (site, role, row.starts_on, ends_on):
                only_ends = (found.site, found.role, found.starts_on) == (site, role, row.starts_on)
                correct_employment(
                    employment=found,
                    site=site,
                    role=role,
                    starts_on=row.starts_on,
                    ends_on=ends_on,
                    by=self.by,
                    at=self.at,
                )
                self.counts["ended" if only_ends else "corrected"] += 1
            return
        for job in overlapping:
            if job.starts_on > row.starts_on:
                raise EmploymentOverlaps(starts_on=job.starts_on, ends_on=job.ends_on)
            end_employment(employment=job, ends_on=row.starts_on - timedelta(days=1), by=self.by, at=self.at)
            self.counts["ended"] += 1
        start_employment(
            membership=member,
            site=site,
            role=role,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            by=self.by,
            at=self.at,
        )
        self.counts["started"] += 1


def _overlaps(job: Employment, row: PersonRow) -> bool:
    begins_in_time = row.ends_on is None or job.starts_on <= row.ends_on
    return begins_in_time and (job.ends_on is None or job.ends_on >= row.starts_on)
