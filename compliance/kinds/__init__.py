"""The kinds of workbook of this app."""

from compliance.kinds.assignments import AssignmentsKind
from compliance.kinds.facts import LeaveKind, PastCompletionsKind, WaiversKind
from people.workbooks.kinds import register_kind


def register() -> None:
    """Let workbooks of assignments, past completions, leave and exemptions come in and go out."""
    for kind in (AssignmentsKind(), PastCompletionsKind(), LeaveKind(), WaiversKind()):
        register_kind(kind)
