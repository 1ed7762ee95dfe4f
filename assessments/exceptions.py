"""What can go wrong in assessments. Errors carry data; the view turns them into sentences."""

from enum import StrEnum


class AssessmentError(Exception):
    """Base of every error of this app."""


class ResponseFault(StrEnum):
    """Why a response cannot be read as an answer to its question."""

    WRONG_TYPE = "wrong_type"
    TOO_LONG = "too_long"
    UNKNOWN_ID = "unknown_id"
    REPEATED_ID = "repeated_id"
    INCOMPLETE = "incomplete"
    NOT_CONNECTED = "not_connected"
    NOT_ACCEPTED = "not_accepted"


class BadResponse(AssessmentError):
    """A response that is malformed or belongs to another question; never stored, never right.

    It carries the question's key and the fault, not what was sent: that may be anything.
    """

    def __init__(self, *, key: str, fault: ResponseFault) -> None:
        super().__init__(f"{key}: {fault.value}")
        self.key = key
        self.fault = fault


class BlueprintNotDrawable(AssessmentError):
    """A row of the blueprint finds fewer questions than it draws.

    ``row`` counts from 0; ``needed`` and ``found`` are numbers of questions.
    """

    def __init__(self, *, row: int, needed: int, found: int) -> None:
        super().__init__(f"blueprint row {row}: {found} of {needed} questions")
        self.row = row
        self.needed = needed
        self.found = found
