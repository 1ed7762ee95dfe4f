"""What can go wrong in courses. Errors carry data; the view turns them into sentences."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from courses.overlays import Fault


class CourseError(Exception):
    """Base of every error of this app."""


class NotEnrollable(CourseError):
    """Nobody enrols in this course: it is open to all without a record, or asks for an approval (``tier``)."""

    def __init__(self, *, course: str, tier: str) -> None:
        super().__init__(f"{course}: {tier}")
        self.course = course
        self.tier = tier


class NotReleased(CourseError):
    """The course has no edition, or none with a text."""

    def __init__(self, *, course: str) -> None:
        super().__init__(course)
        self.course = course


class NothingToWithdraw(CourseError):
    """No edition has this part; carries its ``kind`` and ``target``."""

    def __init__(self, *, kind: str, target: str) -> None:
        super().__init__(f"{kind} {target}")
        self.kind = kind
        self.target = target


class NoReason(CourseError):
    """An answer to a finding without a reason: reviewers could not judge it."""


class NoSuchFinding(CourseError):
    """The text has no such finding (any more); carries its ``fingerprint``."""

    def __init__(self, *, fingerprint: str) -> None:
        super().__init__(fingerprint)
        self.fingerprint = fingerprint


class NoName(CourseError):
    """A reviewer without a name or pseudonym."""


class NameTaken(CourseError):
    """Another reviewer is known by this name already."""


class NoKind(CourseError):
    """A reviewer who may sign as nobody, or as a kind that there is not."""


class WrongReviewer(CourseError):
    """The reviewer does not sign as this ``kind`` or in this ``language``, or somebody else was asked."""

    def __init__(self, *, kind: str, language: str) -> None:
        super().__init__(f"{kind} {language}")
        self.kind = kind
        self.language = language


class NotPublished(CourseError):
    """Nothing of the course is published in this ``language``."""

    def __init__(self, *, course: str, language: str) -> None:
        super().__init__(f"{course} {language}")
        self.course = course
        self.language = language


class OlderText(CourseError):
    """A yes to a text that has changed since it was shown."""


class NothingToTakeBack(CourseError):
    """The reviewer's newest word is no yes."""


class AlreadySaid(CourseError):
    """Who has said yes or no to a text does not decline to read it; a yes is taken back."""


class DoorShut(CourseError):
    """Nobody has such a link to review, or it opens no more."""


class WrongWords(CourseError):
    """The name or the words that a reviewer typed are not theirs."""


class WordsTooShort(CourseError):
    """The words that a reviewer chose are too easily guessed."""


class NoContact(CourseError):
    """Nothing says whom to reach at a Nation."""


class NoLicence(CourseError):
    """Nothing says how what a Nation owns may be used."""


class OpenLicence(CourseError):
    """What belongs to a Nation is never given away under CC BY."""


class NotTheirs(CourseError):
    """Only the owner may do this, and it is somebody else."""


class HasSignatories(CourseError):
    """The Nation has people who sign for it: it appoints the others itself."""


class LastSignatory(CourseError):
    """Nobody would be left to sign for the Nation."""


class AlreadyOwned(CourseError):
    """The part, or the whole that it stands in, belongs to another owner."""


class ConsentRefused(CourseError):
    """A consent that cannot be recorded; carries ``faults`` (``courses.consents.ConsentFault``)."""

    def __init__(self, *, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(self.faults))


class NoConsent(CourseError):
    """The consent to a story has ended: it is not shown again without another one."""


class EmptyComment(CourseError):
    """A comment without a word."""


class NothingThere(CourseError):
    """The text has no such passage any more."""


class DoesNotAddUp(CourseError):
    """A line of the ledger that cannot be; ``field`` names what is wrong in it."""

    def __init__(self, *, field: str) -> None:
        super().__init__(field)
        self.field = field


class NothingPaid(CourseError):
    """Nothing was paid that could have come."""


class NobodyPays(CourseError):
    """A survivor's review is paid here, not elsewhere."""


class PastReview(CourseError):
    """The day to look again (``review_by``) is not after the day on which somebody looked, or it is past."""

    def __init__(self, *, review_by: date) -> None:
        super().__init__(review_by.isoformat())
        self.review_by = review_by


class PublishRefused(CourseError):
    """Reviewers of a page's workflow have not signed what would be published; carries ``page`` and ``problems``."""

    def __init__(self, *, page: int, problems: "Iterable[ReleaseProblem]") -> None:
        super().__init__(page)
        self.page = page
        self.problems = tuple(problems)


class NotYetLooked(CourseError):
    """The day on which somebody is said to have looked (``reviewed_on``) lies ahead."""

    def __init__(self, *, reviewed_on: date) -> None:
        super().__init__(reviewed_on.isoformat())
        self.reviewed_on = reviewed_on


class ForeignMembership(CourseError):
    """The membership belongs to another learner."""


class EventRefused(CourseError):
    """Base of the reasons for which an event is not recorded; nothing of it was kept."""


class ForeignEnrolment(EventRefused):
    """The enrolment, or the one in which this event's id was used, is not the one it is sent for."""


class ForeignText(EventRefused):
    """The text is not one of the enrolment's edition; carries its ``digest``."""

    def __init__(self, *, digest: str) -> None:
        super().__init__(digest)
        self.digest = digest


class UnknownLesson(EventRefused):
    """The edition has no such lesson, or a verb that needs one came without; carries ``lesson``."""

    def __init__(self, *, lesson: str) -> None:
        super().__init__(lesson)
        self.lesson = lesson


class UnknownVerb(EventRefused):
    """Nobody knows this verb, or only the server may say it; carries ``verb``."""

    def __init__(self, *, verb: str) -> None:
        super().__init__(verb)
        self.verb = verb


class UnknownRendition(EventRefused):
    """No lesson comes in this form; carries ``rendition``."""

    def __init__(self, *, rendition: str) -> None:
        super().__init__(rendition)
        self.rendition = rendition


class ClaimedInFuture(EventRefused):
    """The event claims to have happened after it was received, by more than clocks differ."""

    def __init__(self, *, claimed_at: datetime, received_at: datetime) -> None:
        super().__init__(f"{claimed_at.isoformat()} after {received_at.isoformat()}")
        self.claimed_at = claimed_at
        self.received_at = received_at


class TooManyEvents(EventRefused):
    """The enrolment holds as many different instants as any learner could need (``most``)."""

    def __init__(self, *, most: int) -> None:
        super().__init__(str(most))
        self.most = most


class ForeignAttempt(CourseError):
    """The attempt was made by another learner, for another enrolment or on another quiz, or is not graded yet."""

    def __init__(self, *, attempt: uuid.UUID) -> None:
        super().__init__(str(attempt))
        self.attempt = attempt


class QuestionTypeChanged(CourseError):
    """A shipped question has another type than the one loaded under its code; papers hold that one, so it stays.

    ``code`` is ``<bank>/<question>``; ``was`` and ``wanted`` are types.
    """

    def __init__(self, *, code: str, was: str, wanted: str) -> None:
        super().__init__(f"{code} is a {was} question; a {wanted} question needs a code of its own")
        self.code = code
        self.was = was
        self.wanted = wanted


class NotAFacilitator(CourseError):
    """The user holds no sessions in this organisation."""


class NoSuchLanguage(CourseError):
    """The edition has no text in this ``language`` that the organisation gives to its people."""

    def __init__(self, *, language: str) -> None:
        super().__init__(language)
        self.language = language


class HeldBeforeRelease(CourseError):
    """The session begins before its edition was released, at ``released_at``."""

    def __init__(self, *, released_at: datetime) -> None:
        super().__init__(released_at.isoformat())
        self.released_at = released_at


class SessionNotOver(CourseError):
    """Nobody has attended before the session ends, at ``ends_at``."""

    def __init__(self, *, ends_at: datetime) -> None:
        super().__init__(ends_at.isoformat())
        self.ends_at = ends_at


class AlreadyCounted(CourseError):
    """The attendance stands in the person's record already and cannot be lowered or taken off."""


class OverlayRefused(CourseError):
    """A local part cannot be kept or approved as it is; carries every fault with the piece that it is about, or ""."""

    def __init__(self, faults: Iterable[tuple[Fault, str]]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("; ".join(" ".join(filter(None, each)) for each in self.faults))


class OverlayWithdrawn(CourseError):
    """The local part was withdrawn, for good: what takes its place is a new one."""


class ReleaseFault(StrEnum):
    """What keeps a course from being released."""

    NO_PAGE = "no_page"
    ALIAS = "alias"
    NO_LESSONS = "no_lessons"
    LESSON_MISSING = "lesson_missing"
    LESSON_TWICE = "lesson_twice"
    FOREIGN_LESSON = "foreign_lesson"
    EMPTY_LESSON = "empty_lesson"
    PIECE_MISSING = "piece_missing"
    FILE_MISSING = "file_missing"
    BROKEN_OFF = "broken_off"
    NOT_THAT_KIND = "not_that_kind"
    TOO_LARGE = "too_large"
    CAPTIONS = "captions"
    CAPTIONS_LANGUAGE = "captions_language"
    STORY = "story"
    BLUEPRINT = "blueprint"
    QUESTION_MISSING = "question_missing"
    PASSAGE_MISSING = "passage_missing"
    TOO_FEW_MINUTES = "too_few_minutes"
    UNCHANGED = "unchanged"
    STRUCTURE = "structure"
    NOT_NEWEST = "not_newest"
    RETRAIN_DATE = "retrain_date"
    RETRAIN_PAST = "retrain_past"
    WITHDRAWN = "withdrawn"
    HARM = "harm"
    SAID_NO = "said_no"
    TAKEN_BACK = "taken_back"
    NOT_SIGNED = "not_signed"
    UNPAID = "unpaid"
    CLAIM = "claim"
    CONSENT = "consent"
    PICTURE = "picture"
    PICTURE_WORDS = "picture_words"


OF_REVIEWS = frozenset({ReleaseFault.SAID_NO, ReleaseFault.TAKEN_BACK, ReleaseFault.NOT_SIGNED, ReleaseFault.UNPAID})
"""Faults that no text can mend: reviewers have to speak, or to be paid."""
OF_CARE = OF_REVIEWS | {ReleaseFault.WITHDRAWN, ReleaseFault.CLAIM, ReleaseFault.CONSENT}
"""Faults that a site has of its own after its first release: a part was taken back there, a fact does not hold."""


@dataclass(frozen=True, slots=True, order=True)
class ReleaseProblem:
    """One thing to mend. ``language`` and ``lesson`` (a code) say where; ``detail`` names the piece."""

    fault: ReleaseFault
    language: str = ""
    lesson: str = ""
    detail: str = ""


class ReleaseRefused(CourseError):
    """The course cannot be released as it is; carries every problem, and nothing was kept."""

    def __init__(self, *, course: str, problems: Iterable[ReleaseProblem]) -> None:
        self.course = course
        self.problems = tuple(sorted(set(problems)))
        lines = (
            " ".join(filter(None, (each.fault, each.language, each.lesson, each.detail))) for each in self.problems
        )
        super().__init__(f"{course}: " + "; ".join(lines))
