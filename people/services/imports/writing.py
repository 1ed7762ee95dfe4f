"""Writing what was confirmed: chunk by chunk, each a short transaction that moves the cursor with its rows."""

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from people import audit
from people.faults import fault_point
from people.models import WorkbookChunk, WorkbookImport, WorkbookRow
from people.services.imports.confirming import ask_for_taking_back, ask_for_writing, is_all_or_nothing
from people.services.imports.judging import breathe
from people.services.imports.lanes import Lane, lanes
from people.services.imports.setting import TURN_SECONDS, setting_of
from people.services.imports.taking_back import take_back_import
from people.workbooks import kinds
from people.workbooks.kinds import Action, Given, Kind, Plan
from people.workbooks.options import Options
from people.workbooks.problems import Problem, RowProblem

CHUNK_ROWS: Final = 500
CHUNK_ROWS_SQLITE: Final = 100
SIDE_BY_SIDE_ROWS: Final = 2_000
"""Fewer rows than that are written before further connections would be worth their while."""


class _HeldBack(Exception):
    """Rows of an upload that is all or nothing would do something else by now."""

    def __init__(self, problems: dict[int, list[RowProblem]]) -> None:
        self.problems = problems


def write_import(*, import_id: int, at: datetime, turn_seconds: float | None = TURN_SECONDS) -> WorkbookImport:
    """Write a confirmed upload from where the cursor stands, to its end or for one turn; return it.

    Killed at any point, the next run goes on behind the last whole chunk. Two at once take turns. On PostgreSQL several chunks
    of many are written at a time, see ``_write_side_by_side``. Of what is all or nothing, a row that somebody changed since
    the preview lets all be taken back.
    """
    until = None if turn_seconds is None else time.monotonic() + turn_seconds
    has_lanes = _may_write_side_by_side(import_id)
    more = True
    try:
        while more:
            # What lanes could not write is written alone, and then there may be lanes again.
            if has_lanes and not _write_side_by_side(import_id, at, until):
                more = False
            elif not _write_chunk(import_id, at):
                break
            else:
                fault_point("imports.chunk_committed")
                breathe()
                more = not _is_over(until)
    except _HeldBack as held:
        _give_up(import_id, held.problems, at)
        return take_back_import(import_id=import_id, at=at, turn_seconds=turn_seconds)
    if not more:
        with transaction.atomic():
            kept = WorkbookImport.objects.select_for_update().get(pk=import_id)
            ask_for_writing(kept)
        return kept
    return WorkbookImport.objects.get(pk=import_id)


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until


@transaction.atomic
def _write_chunk(import_id: int, at: datetime) -> bool:
    """Write the next rows; return whether there may be more."""
    _wait_for_turn(import_id)
    kept = _held(import_id)
    if kept.state != WorkbookImport.State.APPLYING:
        return False
    kind = kinds.kind_of(kept.kind)
    size = CHUNK_ROWS_SQLITE if connection.vendor == "sqlite" else CHUNK_ROWS
    rows = _rows(_waiting(kept, kind).filter(pk__gt=kept.applied_row)[:size])
    if not rows:
        return _next_pass(kept, kind, at)
    _move(kept, rows, _write_rows(kept, kind, rows, at), at)
    return True


def _held(import_id: int) -> WorkbookImport:
    found = WorkbookImport.objects.select_for_update(of=("self",)).select_related("organisation", "confirmed_by")
    return found.get(pk=import_id)


def _wait_for_turn(import_id: int) -> None:
    """Let nobody else write this upload until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('people.workbookimport', %s))", [import_id])


def _waiting(kept: WorkbookImport, kind: Kind) -> "QuerySet[WorkbookRow]":
    """Return the rows that this pass writes, in order."""
    waiting = WorkbookRow.objects.filter(workbook_import=kept).to_write()
    if kept.applied_pass:
        waiting = waiting.filter(changes__has_any_keys=sorted(kind.later_passes))
    return waiting.order_by("pk")


def _rows(waiting: "QuerySet[WorkbookRow]") -> list["_Row"]:
    return [_Row(*row) for row in waiting.values_list(*_Row._fields)]


def _write_rows(kept: WorkbookImport, kind: Kind, rows: list["_Row"], at: datetime) -> list[dict[str, Any]]:
    """Write what the rows say; return what it takes to take it back."""
    language = Options.from_json(kept.options).language
    setting = setting_of(kept.organisation, at=at, mode=kept.mode, by=kept.confirmed_by, locked=True, language=language)
    plans = kind.plan([Given(row.number, row.key, row.values) for row in rows], setting)
    sound = plans if kept.applied_pass else _sound(rows, plans, strictly=is_all_or_nothing(kept))
    return kind.write(sound, setting, number=kept.applied_pass)


def _move(kept: WorkbookImport, rows: list["_Row"], undo: list[dict[str, Any]], at: datetime) -> None:
    """Move the cursor behind ``rows``, which are written; ``kept`` is held."""
    if undo:
        WorkbookChunk.objects.create(workbook_import=kept, undo=undo, written_at=at)
    kept.applied_row = rows[-1].pk
    if kept.applied_pass == 0:
        kept.applied_rows += len(rows)
    kept.save(update_fields=["applied_row", "applied_rows"])
    fault_point("imports.chunk_written")


def _may_write_side_by_side(import_id: int) -> bool:
    """Whether it pays, and another connection sees what this one does."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return False
    kept = WorkbookImport.objects.get(pk=import_id)
    kind = kinds.kind_of(kept.kind)
    if kept.state != WorkbookImport.State.APPLYING or not kind.rows_stand_alone:
        return False
    rest = _waiting(kept, kind).filter(pk__gt=kept.applied_row)
    return rest[: SIDE_BY_SIDE_ROWS + 1].count() > SIDE_BY_SIDE_ROWS


def _write_side_by_side(import_id: int, at: datetime, until: float | None) -> bool:
    """Write chunks of this pass in lanes; return whether there is time for more.

    Chunks are committed in their order, each with the cursor behind it, so that a kill leaves what one after another
    would leave. What fails here is left to be written alone, where the same failure is said if it is one.
    """
    with transaction.atomic():
        _wait_for_turn(import_id)
        kept = WorkbookImport.objects.select_related("organisation", "confirmed_by").get(pk=import_id)
        if kept.state != WorkbookImport.State.APPLYING:
            return True
        kind = kinds.kind_of(kept.kind)
        start = kept.applied_row
        with lanes(partial(_write_part, kept, kind, at)) as opened:
            free, busy = deque(opened), deque[Lane]()
            sound = True
            while start == kept.applied_row or not _is_over(until):
                keys = list(_waiting(kept, kind).filter(pk__gt=start).values_list("pk", flat=True)[:CHUNK_ROWS])
                if not keys:
                    break
                if not free:
                    free.append(busy.popleft())
                    sound = free[0].ends(committed=True)
                    if not sound:
                        break
                    fault_point("imports.chunk_committed")
                busy.append(free.popleft())
                busy[-1].begin(start, keys[-1])
                start = keys[-1]
            for lane in busy:
                sound = lane.ends(committed=sound) and sound
    return not _is_over(until)


def _write_part(kept: WorkbookImport, kind: Kind, at: datetime, start: int, end: int) -> Callable[[], bool]:
    """Write the rows behind ``start`` up to ``end``; return what moves the cursor behind them if it stands before."""
    rows = _rows(_waiting(kept, kind).filter(pk__gt=start, pk__lte=end))
    undo = _write_rows(kept, kind, rows, at)

    def move() -> bool:
        now = _held(kept.pk)
        stands_before = (now.applied_pass, now.applied_row) == (kept.applied_pass, start)
        if not stands_before or now.state != WorkbookImport.State.APPLYING:
            return False
        _move(now, rows, undo, at)
        return True

    return move


class _Row(NamedTuple):
    """What of a staged row is needed to write it."""

    pk: int
    number: int | None
    key: str
    values: dict[str, str]
    changes: dict[str, list[str]]
    action: str


def _sound(rows: list[_Row], plans: list[Plan], *, strictly: bool) -> list[Plan]:
    """Return the plans that do exactly what was shown; mark the rows where something else is known by now.

    Raises:
        _HeldBack: there are such rows, and nothing may be written ``strictly``.
    """
    sound: list[Plan] = []
    held: dict[int, list[RowProblem]] = {}
    for row, plan in zip(rows, plans, strict=True):
        if plan.action is not Action.ERROR and str(plan.action) == row.action and plan.changes == row.changes:
            sound.append(plan)
            continue
        held[row.pk] = [it for it in plan.problems if not it.is_warning] or [
            RowProblem(row.number, next(iter(row.changes), ""), Problem.CHANGED_MEANWHILE)
        ]
    if held and strictly:
        raise _HeldBack(held)
    _hold_back(held)
    return sound


def _hold_back(held: dict[int, list[RowProblem]]) -> None:
    staged = list(WorkbookRow.objects.filter(pk__in=held)) if held else []
    for each in staged:
        each.action = WorkbookRow.Action.ERROR
        each.problems = [*each.problems, *(problem.to_json() for problem in held[each.pk])]
    WorkbookRow.objects.bulk_update(staged, ["action", "problems"], batch_size=200)


@transaction.atomic
def _give_up(import_id: int, held: dict[int, list[RowProblem]], at: datetime) -> None:
    """Mark the rows that are in the way, and let all be taken back that was written before them."""
    kept = _held(import_id)
    if kept.state != WorkbookImport.State.APPLYING:
        return
    _hold_back(held)
    kept.state, kept.undone_by, kept.finished_at = WorkbookImport.State.UNDOING, kept.confirmed_by, at
    kept.outcome = {str(action): 0 for action in Action} | {str(Action.ERROR): len(held)}
    kept.save(update_fields=["state", "undone_by", "finished_at", "outcome"])
    _record(kept, "workbook.undone", at, error=len(held))
    ask_for_taking_back(kept, left=kept.chunks.count())


def _next_pass(kept: WorkbookImport, kind: Kind, at: datetime) -> bool:
    if kept.applied_pass + 1 < kind.passes:
        kept.applied_pass += 1
        kept.applied_row = 0
        kept.save(update_fields=["applied_pass", "applied_row"])
        return True
    rows = WorkbookRow.objects.filter(workbook_import=kept)
    kept.outcome = {str(action): 0 for action in Action} | dict(
        rows.values_list("action").annotate(count=Count("pk")).order_by()
    )
    kept.state, kept.finished_at = WorkbookImport.State.APPLIED, at
    kept.save(update_fields=["outcome", "state", "finished_at"])
    _record(kept, "workbook.written", at, **kept.outcome)
    return False


def _record(kept: WorkbookImport, verb: str, at: datetime, **counts: int) -> None:
    """Write into the log what became of what somebody confirmed."""
    actor = kept.confirmed_by
    audit.record(organisation=kept.organisation, actor=actor, verb=verb, target=kept, at=at, kind=kept.kind, **counts)
