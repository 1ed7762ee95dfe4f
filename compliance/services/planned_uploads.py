"""What a file of assignments would ask, or ask no longer when it is taken back, as previews need it. Nothing is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from compliance import selectors
from compliance.changes import RequirementChange
from compliance.exceptions import AlreadyWithdrawn
from compliance.models import PreviewRun, Proposal, Requirement
from compliance.services.planned_changes import Planned, Together
from people.models import WorkbookChunk, WorkbookImport, WorkbookRow
from people.workbooks.kinds import Given, Mode, Setting, kind_of

ROWS_AT_ONCE: Final = 1_000
LOOKED_AT_WHILE_WAITING: Final = 1_000
"""A file that touches so many people is looked at while the page is waited for."""


def payload_of_upload(upload: WorkbookImport) -> dict[str, Any]:
    """Return what a proposal keeps of writing ``upload``, or of taking it back."""
    return {"import": str(upload.public_id)}


def upload_proposed(proposed: Proposal | PreviewRun) -> WorkbookImport:
    """Return the upload that would be written or taken back.

    Raises:
        AlreadyWithdrawn: it was written, or taken back, or checked anew with another outcome meanwhile.
    """
    waits = WorkbookImport.State.READY if proposed.kind == Proposal.Kind.UPLOAD else WorkbookImport.State.APPLIED
    ours = WorkbookImport.objects.filter(organisation=proposed.organisation, state=waits)
    upload = ours.select_related("organisation").filter(public_id=UUID(proposed.payload["import"])).first()
    if upload is None:
        raise AlreadyWithdrawn
    return upload


def is_long_upload(proposal: Proposal) -> bool:
    """Whether looking at what writing a file does, or taking it back, takes longer than a page may."""
    touched: int = proposal.summary["touched"]
    return touched > LOOKED_AT_WHILE_WAITING


def writing_of(upload: WorkbookImport, *, on: date) -> Together:
    """Return the change that writing ``upload`` makes on ``on``."""
    kind, setting = kind_of(upload.kind), _setting(upload, on)
    rows = WorkbookRow.objects.filter(workbook_import=upload).to_write().order_by("pk")

    def pairs() -> Iterator[tuple[Requirement | None, Requirement]]:
        batch: list[Given] = []
        for row in rows.values_list("number", "key", "values").iterator(chunk_size=ROWS_AT_ONCE):
            batch.append(Given(*row))
            if len(batch) == ROWS_AT_ONCE:
                yield from kind.would_record(kind.plan(batch, setting), setting)
                batch = []
        if batch:
            yield from kind.would_record(kind.plan(batch, setting), setting)

    return _together(upload, pairs())


def taking_back_of(upload: WorkbookImport, *, on: date) -> Together:
    """Return the change that taking ``upload`` back makes on ``on``."""
    kind, setting = kind_of(upload.kind), _setting(upload, on)
    chunks = WorkbookChunk.objects.filter(workbook_import=upload).order_by("-pk").values_list("undo", flat=True)
    return _together(upload, (pair for undo in chunks.iterator() for pair in kind.would_take_back(undo, setting)))


def _setting(upload: WorkbookImport, on: date) -> Setting:
    # Nothing of it is recorded, so that the hour says nothing.
    at = datetime.combine(on, time(), tzinfo=UTC)
    return Setting(organisation=upload.organisation, mode=Mode(upload.mode), at=at, today=on)  # type: ignore[arg-type]


def _together(upload: WorkbookImport, pairs: Iterable[tuple[Requirement | None, Requirement]]) -> Together:
    added: dict[int, list[Requirement]] = defaultdict(list)
    removed: dict[int, set[int]] = defaultdict(set)
    concerned: dict[int, set[int]] = defaultdict(set)
    for before, after in pairs:
        key = after.certification_id
        added[key].append(after)
        concerned[key].update(selectors.concerned(after))
        if before is not None:
            removed[key].add(before.pk)
            concerned[key].update(selectors.concerned(before))
    organisation = upload.organisation
    assert organisation is not None, "files of organisations are what people are asked by"
    parts = (
        Planned(
            RequirementChange(added=tuple(added[key]), removed=frozenset(removed[key])),
            key,
            organisation,
            frozenset(concerned[key]),
        )
        for key in sorted(added)
    )
    return Together(organisation, tuple(parts))
