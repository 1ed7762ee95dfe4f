"""Taking back what an upload wrote, the last chunk first."""

import time
from datetime import datetime
from typing import Final

from django.db import transaction

from people.faults import fault_point
from people.models import WorkbookChunk, WorkbookImport
from people.services.imports.confirming import ask_for_taking_back
from people.services.imports.judging import breathe
from people.services.imports.setting import TURN_SECONDS, setting_of
from people.workbooks import kinds

MOST_LEFT_NAMED: Final = 1000


def take_back_import(*, import_id: int, at: datetime, turn_seconds: float | None = TURN_SECONDS) -> WorkbookImport:
    """Take back an upload that somebody asked to undo, to its beginning or for one turn; return it.

    A later edit to the same field stays, and is named in ``outcome["left"]``. Killed at any point, the next run goes on.
    """
    began = time.monotonic()
    while _take_back_chunk(import_id, at):
        fault_point("imports.chunk_taken_back")
        breathe()
        if turn_seconds is not None and time.monotonic() - began > turn_seconds:
            with transaction.atomic():
                kept = WorkbookImport.objects.select_for_update().get(pk=import_id)
                ask_for_taking_back(kept, left=kept.chunks.count())
            return kept
    return WorkbookImport.objects.get(pk=import_id)


@transaction.atomic
def _take_back_chunk(import_id: int, at: datetime) -> bool:
    kept = (
        WorkbookImport.objects.select_for_update(of=("self",))
        .select_related("organisation", "undone_by")
        .get(pk=import_id)
    )
    if kept.state != WorkbookImport.State.UNDOING:
        return False
    chunk = WorkbookChunk.objects.filter(workbook_import=kept).order_by("-pk").first()
    if chunk is None:
        kept.state = WorkbookImport.State.UNDONE
        kept.save(update_fields=["state"])
        return False
    setting = setting_of(kept.organisation, at=at, mode=kept.mode, by=kept.undone_by, locked=True)
    left = kinds.kind_of(kept.kind).take_back(chunk.undo, setting)
    kept.outcome = {
        **kept.outcome,
        "left": [*kept.outcome.get("left", []), *left][:MOST_LEFT_NAMED],
        "left_count": kept.outcome.get("left_count", 0) + len(left),
    }
    kept.save(update_fields=["outcome"])
    chunk.delete()
    return True
