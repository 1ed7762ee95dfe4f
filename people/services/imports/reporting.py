"""What came of an upload, for machines and for people."""

from collections.abc import Iterator
from typing import Any, Final

from django.utils import translation

from people.explanations import Explanation, explain
from people.models import WorkbookImport, WorkbookRow
from people.workbooks.kinds import kind_of
from people.workbooks.options import Options
from people.workbooks.problems import RowProblem

MOST_PROBLEMS: Final = 10_000
MOST_CHANGES: Final = 10_000


def report_of(kept: WorkbookImport, *, language: str = "") -> dict[str, Any]:
    """Return what was judged and what was done, as plain values for JSON."""
    with translation.override(language or Options.from_json(kept.options).language):
        problems = list(problems_of(kept))
        return {
            "import": str(kept.public_id),
            "kind": kept.kind,
            "mode": kept.mode,
            "file": kept.file_name,
            "state": kept.state,
            "refused": kept.state == WorkbookImport.State.REFUSED,
            "counts": kept.counts,
            "outcome": kept.outcome,
            "layout": kept.layout,
            "problems": [problem for problem in problems if not problem["warning"]],
            "warnings": [problem for problem in problems if problem["warning"]],
            "changes": list(changes_of(kept)),
        }


def problems_of(kept: WorkbookImport, *, limit: int = MOST_PROBLEMS) -> Iterator[dict[str, Any]]:
    """Yield what is wrong with the file, then with its rows, in words of the active language."""
    kind = kind_of(kept.kind)
    left = limit
    for problem in kept.problems:
        yield _said(explain(RowProblem.from_json(problem), kind), problem)
    rows = WorkbookRow.objects.filter(workbook_import=kept).exclude(problems=[]).order_by("pk")
    for problems in rows.values_list("problems", flat=True).iterator(chunk_size=500):
        for problem in problems:
            if not left:
                return
            left -= 1
            yield _said(explain(RowProblem.from_json(problem), kind), problem)


def changes_of(kept: WorkbookImport, *, limit: int = MOST_CHANGES) -> Iterator[dict[str, Any]]:
    """Yield rows that change something, each with before and after by column."""
    rows = WorkbookRow.objects.filter(workbook_import=kept).to_write().order_by("pk")[:limit]
    for number, key, action, changes in rows.values_list("number", "key", "action", "changes").iterator(chunk_size=500):
        yield {"row": number, "key": key, "action": action, "changes": changes}


def _said(words: Explanation, problem: dict[str, Any]) -> dict[str, Any]:
    return {
        "row": words.row,
        "column": problem["column"],
        "heading": words.column,
        "rule": words.rule,
        "warning": words.is_warning,
        "problem": words.message,
        "mend": words.mend,
        "value": words.value,
        "hints": problem["hints"],
    }
