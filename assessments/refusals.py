"""What attempts and papers refuse. Like all errors of this app they carry data; the view finds the words."""

from datetime import datetime
from enum import StrEnum

from assessments.exceptions import AssessmentError


class AttemptsExhausted(AssessmentError):
    """The quiz allows ``max_attempts`` attempts, and they were made."""

    def __init__(self, *, max_attempts: int) -> None:
        super().__init__(f"{max_attempts} attempts were made")
        self.max_attempts = max_attempts


class MustWait(AssessmentError):
    """The quiz asks to wait after a failed attempt; the next may start at ``until``."""

    def __init__(self, *, until: datetime) -> None:
        super().__init__(f"wait until {until.isoformat()}")
        self.until = until


class NotOnPaper(AssessmentError):
    """The question is not on this paper; what was sent is not kept."""


class HandedIn(AssessmentError):
    """The paper was handed in; its answers do not change any more."""


class TokenFault(StrEnum):
    """Why a paper's token is refused."""

    MALFORMED = "malformed"
    EXPIRED = "expired"
    OTHER_QUIZ = "other_quiz"


class BadToken(AssessmentError):
    """A paper's token that is not ours, too old, or made for another quiz or edition of it."""

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(fault.value)
        self.fault = fault
