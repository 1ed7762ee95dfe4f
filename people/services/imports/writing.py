"""Writing what was confirmed: chunk by chunk, each a short transaction that moves the cursor with its rows."""

import time
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Count

from people import audit
from people.faults import fault_point
from people.models import WorkbookChunk, WorkbookImport, WorkbookRow
from people.services.imports.confirming import ask_for_writing
from people.services.imports.judging import breathe
from people.services.imports.setting import setting_of
from people.workbooks import kinds
from people.workbooks.kinds import Action, Given, Kind, Plan
from people.workbooks.options import Options
from people.workbooks.problems import Problem, RowProblem

CHUNK_ROWS: Final = 500
CHUNK_ROWS_SQLITE: Final = 100
TURN_SECONDS: Final = 60
"""How long a worker goes on before it lets another take the next turn: far less than the lease of the outbox."""


def write_import(*, import_id: int, at: datetime, turn_seconds: float | None = TURN_SECONDS) -> WorkbookImport:
    """Write a confirmed upload from where the cursor stands, to its end or for one turn; return it.

    Killed at any point, the next run goes on behind the last whole chunk. Two at once take turns.
    """
    began = time.monotonic()
    while _write_chunk(import_id, at):
        fault_point("imports.chunk_committed")
        breathe()
        if turn_seconds is not None and time.monotonic() - began > turn_seconds:
            with transaction.atomic():
                kept = WorkbookImport.objects.select_for_update().get(pk=import_id)
                ask_for_writing(kept)
            return kept
    return WorkbookImport.objects.get(pk=import_id)


@transaction.atomic
def _write_chunk(import_id: int, at: datetime) -> bool:
    """Write the next rows; return whether there may be more."""
    kept = (
        WorkbookImport.objects.select_for_update(of=("self",))
        .select_related("organisation", "confirmed_by")
        .get(pk=import_id)
    )
    if kept.state != WorkbookImport.State.APPLYING:
        return False
    kind = kinds.kind_of(kept.kind)
    size = CHUNK_ROWS_SQLITE if connection.vendor == "sqlite" else CHUNK_ROWS
    waiting = WorkbookRow.objects.filter(workbook_import=kept, pk__gt=kept.applied_row).to_write()
    if kept.applied_pass:
        waiting = waiting.filter(changes__has_any_keys=sorted(kind.later_passes))
    rows = [_Row(*row) for row in waiting.order_by("pk").values_list(*_Row._fields)[:size]]
    if not rows:
        return _next_pass(kept, kind, at)
    language = Options.from_json(kept.options).language
    setting = setting_of(kept.organisation, at=at, mode=kept.mode, by=kept.confirmed_by, locked=True, language=language)
    plans = kind.plan([Given(row.number, row.key, row.values) for row in rows], setting)
    sound = plans if kept.applied_pass else _hold_back(rows, plans)
    undo = kind.write(sound, setting, number=kept.applied_pass)
    if undo:
        WorkbookChunk.objects.create(workbook_import=kept, undo=undo, written_at=at)
    kept.applied_row = rows[-1].pk
    if kept.applied_pass == 0:
        kept.applied_rows += len(rows)
    kept.save(update_fields=["applied_row", "applied_rows"])
    fault_point("imports.chunk_written")
    return True


class _Row(NamedTuple):
    """What of a staged row is needed to write it."""

    pk: int
    number: int | None
    key: str
    values: dict[str, str]
    changes: dict[str, list[str]]
    action: str


def _hold_back(rows: list[_Row], plans: list[Plan]) -> list[Plan]:
    """Return the plans that do exactly what was shown; mark the rows where something else is known by now."""
    sound: list[Plan] = []
    held: dict[int, list[RowProblem]] = {}
    for row, plan in zip(rows, plans, strict=True):
        if plan.action is not Action.ERROR and str(plan.action) == row.action and plan.changes == row.changes:
            sound.append(plan)
            continue
        held[row.pk] = [it for it in plan.problems if not it.is_warning] or [
            RowProblem(row.number, next(iter(row.changes), ""), Problem.CHANGED_MEANWHILE)
        ]
    if held:
        staged = list(WorkbookRow.objects.filter(pk__in=held))
        for each in staged:
            each.action = WorkbookRow.Action.ERROR
            each.problems = [*each.problems, *(problem.to_json() for problem in held[each.pk])]
        WorkbookRow.objects.bulk_update(staged, ["action", "problems"], batch_size=200)
    return sound


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
    audit.record(
        organisation=kept.organisation,
        actor=kept.confirmed_by,
        verb="workbook.written",
        target=kept,
        at=at,
        kind=kept.kind,
        **kept.outcome,
    )
    return False
