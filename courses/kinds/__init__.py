"""The kinds of workbook of this app."""

from courses.kinds.session_attendance import SessionAttendanceKind
from people.workbooks.kinds import register_kind


def register() -> None:
    """Let the lists of sessions come in and go out."""
    register_kind(SessionAttendanceKind())
