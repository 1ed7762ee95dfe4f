"""Models of courses."""

from courses.models.claim import Claim, ClaimUse
from courses.models.consent import StoryConsent, StoryIdentity
from courses.models.course import Course, Lesson
from courses.models.edition import CHANGES, Edition, EditionText, FrozenMedia
from courses.models.harm_answer import HarmAnswer
from courses.models.learning import Completion, Enrolment, LearningEvent
from courses.models.loading import LoadedItem
from courses.models.nation import Nation, OwnedPart
from courses.models.overlay import FrozenOverlay, Overlay, OverlayText
from courses.models.pages import CoursePage, LessonPage, LessonSource
from courses.models.picture import PictureApproval
from courses.models.rendition import Rendition, RenditionSet
from courses.models.review import Reviewer, ReviewKind, ReviewRequest, SignOff
from courses.models.review_date import ReviewDate
from courses.models.review_door import ReviewComment, ReviewDoor, ReviewerKey
from courses.models.review_pay import ReviewEntry, ReviewerIdentity
from courses.models.review_task import ReviewTask
from courses.models.session import Attendance, Session
from courses.models.voice import VoiceAcceptance
from courses.models.withdrawal import Withdrawal, WithdrawnFile

__all__ = [
    "CHANGES",
    "Attendance",
    "Claim",
    "ClaimUse",
    "Completion",
    "Course",
    "CoursePage",
    "Edition",
    "EditionText",
    "Enrolment",
    "FrozenMedia",
    "FrozenOverlay",
    "HarmAnswer",
    "LearningEvent",
    "Lesson",
    "LessonPage",
    "LessonSource",
    "LoadedItem",
    "Nation",
    "Overlay",
    "OverlayText",
    "OwnedPart",
    "PictureApproval",
    "Rendition",
    "RenditionSet",
    "ReviewComment",
    "ReviewDate",
    "ReviewDoor",
    "ReviewEntry",
    "ReviewKind",
    "ReviewRequest",
    "ReviewTask",
    "Reviewer",
    "ReviewerIdentity",
    "ReviewerKey",
    "Session",
    "SignOff",
    "StoryConsent",
    "StoryIdentity",
    "VoiceAcceptance",
    "Withdrawal",
    "WithdrawnFile",
]
