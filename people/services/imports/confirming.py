"""Saying yes to an upload, or no to what it did."""

from datetime import datetime
from typing import Final

from django.db import transaction

from people import audit, outbox
from people.exceptions import ImportHasErrors, ImportNotReady, ManyWouldEnd, NeedsAgreement
from people.models import User, WorkbookImport
from people.services.imports.arriving import ask_for_judging, is_forgotten
from people.services.imports.setting import setting_of
from people.workbooks import kinds
from people.workbooks.options import Options

WRITE: Final = "people.write_import"
TAKE_BACK: Final = "people.take_back_import"
MOST_ENDED: Final = 20
MOST_ENDED_PERCENT: Final = 5


@transaction.atomic
def confirm_import(
    *,
    workbook_import: WorkbookImport,
    by: User | None,
    at: datetime,
    endings: int = 0,
    agreed: bool = False,
    later: bool = True,
) -> WorkbookImport:
    """Let an upload that was judged be written; rows with errors are held back. With ``later`` a worker does it.

    ``endings``: how many employments somebody has said shall end, where a complete snapshot would end more than 20 or
    more than 5 %. ``agreed``: a second person of HR has agreed. Confirmed once already, it returns the upload as it is.

    Raises:
        ImportNotReady: it was not judged yet, cannot be taken, or was forgotten after ``FILES_KEPT_DAYS``.
        ImportHasErrors: rows have errors, and it is a complete snapshot or all or nothing.
        ManyWouldEnd: it would end more than ``endings``.
        NeedsAgreement: it touches many, and no second person has agreed.
    """
    kept = _locked(workbook_import)
    if kept.state in (WorkbookImport.State.APPLYING, WorkbookImport.State.APPLIED):
        return kept
    if kept.state != WorkbookImport.State.READY:
        raise ImportNotReady(state=kept.state)
    _must_be_kept(kept)
    errors = kept.counts.get("error", 0)
    if errors and is_all_or_nothing(kept):
        raise ImportHasErrors(errors=errors)
    ended, live = kept.counts.get("ended", 0), kept.counts.get("live", 0)
    if is_many(ended, live) and endings != ended:
        raise ManyWouldEnd(ended=ended, live=live)
    if not agreed and needs_agreement(kept, at=at):
        raise NeedsAgreement(touched=kept.counts["touched"])
    kept.state = WorkbookImport.State.APPLYING
    kept.confirmed_by, kept.confirmed_at = by, at
    kept.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    audit.record(
        organisation=kept.organisation, actor=by, verb="workbook.confirmed", target=kept, at=at, kind=kept.kind
    )
    if later:
        ask_for_writing(kept)
    return kept


def is_all_or_nothing(kept: WorkbookImport) -> bool:
    """Return whether a single row that cannot be written keeps all others from being written."""
    return kept.mode == WorkbookImport.Mode.SNAPSHOT or Options.from_json(kept.options).all_or_nothing


def needs_agreement(kept: WorkbookImport, *, at: datetime) -> bool:
    """Return whether an upload touches so many people that a second person of HR has to agree to it, and to undoing it."""
    touched = kept.counts.get("touched", 0)
    return touched > 0 and kinds.kind_of(kept.kind).needs_agreement(touched, setting_of(kept.organisation, at=at))


def is_many(ended: int, live: int) -> bool:
    """Return whether so many endings, among so many, must be confirmed twice."""
    return ended > MOST_ENDED or ended * 100 > live * MOST_ENDED_PERCENT


def ask_for_writing(kept: WorkbookImport) -> None:
    """Let a worker go on writing from where the cursor stands, in the caller's transaction."""
    key = f"{WRITE}:{kept.pk}:{kept.applied_pass}:{kept.applied_row}"
    outbox.enqueue(kind=WRITE, key=key, payload={"import": kept.pk})


@transaction.atomic
def undo_import(
    *, workbook_import: WorkbookImport, by: User | None, at: datetime, agreed: bool = False, later: bool = True
) -> WorkbookImport:
    """Let what an upload wrote be taken back; what somebody changed since is kept and listed.

    ``agreed``: a second person of HR has agreed.

    Raises:
        ImportNotReady: it was not written, or not to its end, or was forgotten after ``FILES_KEPT_DAYS``.
        NeedsAgreement: it touched many, and no second person has agreed.
    """
    kept = _locked(workbook_import)
    if kept.state in (WorkbookImport.State.UNDOING, WorkbookImport.State.UNDONE):
        return kept
    if kept.state != WorkbookImport.State.APPLIED:
        raise ImportNotReady(state=kept.state)
    _must_be_kept(kept)
    if not agreed and needs_agreement(kept, at=at):
        raise NeedsAgreement(touched=kept.counts["touched"])
    kept.state, kept.undone_by = WorkbookImport.State.UNDOING, by
    kept.save(update_fields=["state", "undone_by"])
    audit.record(organisation=kept.organisation, actor=by, verb="workbook.undone", target=kept, at=at, kind=kept.kind)
    if later:
        ask_for_taking_back(kept, left=kept.chunks.count())
    return kept


def ask_for_taking_back(kept: WorkbookImport, *, left: int) -> None:
    """Let a worker go on taking back, in the caller's transaction."""
    outbox.enqueue(kind=TAKE_BACK, key=f"{TAKE_BACK}:{kept.pk}:{left}", payload={"import": kept.pk})


@transaction.atomic
def judge_again(
    *, workbook_import: WorkbookImport, options: Options, at: datetime, mode: str = "", later: bool = True
) -> WorkbookImport:
    """Judge the same file again with what somebody says of it now: its sheet, encoding, columns, order of dates.

    Raises:
        ImportNotReady: it was confirmed already, or was forgotten after ``FILES_KEPT_DAYS``.
    """
    kept = _locked(workbook_import)
    if kept.state not in (WorkbookImport.State.READY, WorkbookImport.State.REFUSED):
        raise ImportNotReady(state=kept.state)
    _must_be_kept(kept)
    kept.state = WorkbookImport.State.JUDGING
    kept.options, kept.problems, kept.counts, kept.judged_rows = options.to_json(), [], {}, 0
    kept.mode = mode or kept.mode
    kept.save(update_fields=["state", "options", "problems", "counts", "judged_rows", "mode"])
    ask_for_judging(kept, at, later=later)
    return kept


def _must_be_kept(kept: WorkbookImport) -> None:
    if is_forgotten(kept):
        raise ImportNotReady(state="forgotten")


def _locked(workbook_import: WorkbookImport) -> WorkbookImport:
    return (
        WorkbookImport.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=workbook_import.pk)
    )
