"""The kinds of workbook of this app."""

from people.kinds.employments import EmploymentsKind
from people.kinds.people import PeopleKind
from people.workbooks.kinds import register_kind


def register() -> None:
    """Let workbooks of people and of employments come in and go out."""
    register_kind(PeopleKind())
    register_kind(EmploymentsKind())
