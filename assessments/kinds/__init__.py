"""The kinds of workbook of this app."""

from assessments.kinds.question_bank import QuestionBankKind
from people.workbooks.kinds import register_kind


def register() -> None:
    """Let questions come in and go out."""
    register_kind(QuestionBankKind())
