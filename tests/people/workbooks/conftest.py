"""What the tests of uploads share: an organisation, and a hand that carries files through."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest

from people import services
from people.models import Employment, Membership, Organisation, User, WorkbookImport, WorkbookRow
from people.workbooks.kinds import Mode
from people.workbooks.options import Options
from tests.factories.people import AT, OrganisationFactory, RoleFactory, SiteFactory


class Hand:
    """Carries files of a kind through the engine, as somebody at a desk would."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    def look(self, file: BytesIO, kind: str = "people", mode: str = "upsert", **said: Any) -> WorkbookImport:
        return looked_at(file, kind, organisation=self.organisation, mode=mode, **said)

    def bring(self, file: BytesIO, kind: str = "people", mode: str = "upsert", **said: Any) -> WorkbookImport:
        return self.write(self.look(file, kind, mode, **said))

    def write(self, kept: WorkbookImport, endings: int = 0) -> WorkbookImport:
        services.confirm_import(workbook_import=kept, by=None, at=AT, endings=endings, later=False)
        return services.write_import(import_id=kept.pk, at=AT, turn_seconds=None)

    def undo(self, kept: WorkbookImport) -> WorkbookImport:
        services.undo_import(workbook_import=kept, by=None, at=AT, later=False)
        return services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)

    def export(self, kind: str = "people", file_format: str = "xlsx", on: date | None = None, **said: Any) -> BytesIO:
        target = BytesIO()
        services.write_export(
            organisation=self.organisation, kind=kind, target=target, at=AT, on=on, file_format=file_format, **said
        )
        target.seek(0)
        target.name = f"{kind}.{file_format}"
        return target

    def marked_up(self, kept: WorkbookImport) -> BytesIO:
        target = BytesIO()
        services.write_marked_up(workbook_import=kept, target=target)
        target.seek(0)
        target.name = "marked.xlsx"
        return target

    def jobs(self) -> list[tuple[str, str, str, date, date | None]]:
        known = Employment.objects.current_knowledge().filter(membership__organisation=self.organisation)
        return [
            (it.membership.employee_number, it.site.code, it.role.code if it.role else "", it.starts_on, it.ends_on)
            for it in known.order_by("membership__employee_number", "starts_on", "pk")
        ]

    def people(self) -> list[tuple[str, str, str]]:
        members = Membership.objects.filter(organisation=self.organisation).order_by("employee_number")
        return list(members.values_list("employee_number", "name", "email"))


def looked_at(
    file: BytesIO,
    kind: str = "people",
    *,
    organisation: Organisation | None = None,
    mode: str = "upsert",
    by: User | None = None,
    at: datetime = AT,
    **said: Any,
) -> WorkbookImport:
    """Return an upload of a file, judged; ``said``: its options."""
    kept = services.keep_upload(
        organisation=organisation,
        kind=kind,
        file=file,
        file_name=file.name,
        by=by,
        at=at,
        mode=Mode(mode),
        options=Options(**said),
        later=False,
    )
    return services.judge_import(import_id=kept.pk, at=at)


def said(kept: WorkbookImport) -> list[tuple[int | None, str, str]]:
    """Return what is wrong: row, column, rule; the file's own problems first, then those of rows, in order."""
    found = [(it["row"], it["column"], it["problem"]) for it in kept.problems]
    for row in WorkbookRow.objects.filter(workbook_import=kept).exclude(problems=[]).order_by("pk"):
        found += [(it["row"], it["column"], it["problem"]) for it in row.problems]
    return found


def counted(kept: WorkbookImport) -> tuple[int, ...]:
    """Return new, changed, unchanged, ended, error."""
    counts = kept.outcome or kept.counts
    return tuple(counts.get(it, 0) for it in ("new", "changed", "unchanged", "ended", "error"))


@pytest.fixture
def larch() -> Hand:
    organisation: Organisation = OrganisationFactory(code="larch")
    SiteFactory(organisation=organisation, code="fsj", name="Fort St. John")
    SiteFactory(organisation=organisation, code="pg", name="Prince George")
    SiteFactory(code="elsewhere")
    RoleFactory(organisation=organisation, code="hk", name="Housekeeping")
    RoleFactory(organisation=organisation, code="fd", name="Front desk")
    return Hand(organisation)
