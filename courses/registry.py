"""What apps above add to a learner's pages: what there is to do, and the evidence of what was done.

An app fills these in its ``ready()``; courses ask without knowing who answers.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from courses.models import Completion, Course
    from people.scope import Scope


@dataclass(frozen=True, slots=True)
class TrainingItem:
    """A course that somebody has to take: one line of "My training".

    ``state`` is a code that ``{% state_badge %}`` knows (``assigned``, ``overdue``, ``expiring``, ``expired`` …).
    ``last_good_on`` is the last day on which doing it is in time; None: no day is set. ``because`` is a
    translated sentence ("because you work at …"), ``again`` how often it comes again, empty where nobody can say.
    ``url`` is where to go on, a path of this site;
    ``another_way_url`` where to ask for another way to learn it, empty where nobody could agree one. ``also`` says
    what is asked beside the course, each in words. ``language`` is the code of the title's, where that is not the
    page's.
    """

    course: "Course"
    title: str
    state: str
    last_good_on: date | None
    because: str
    url: str
    another_way_url: str = ""
    also: tuple[str, ...] = ()
    again: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a completion earned, as its holder sees it: a certificate.

    ``completion_id`` is the primary key of the ``Completion``; ``last_good_on`` is the last valid day, None where
    it never lapses; ``state`` is a code that ``{% state_badge %}`` knows. ``url`` shows it; ``document_url``
    downloads it, empty where there is nothing to download.
    """

    completion_id: int
    title: str
    state: str
    issued_on: date
    last_good_on: date | None
    url: str
    document_url: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseReach:
    """What a release asks of whoever holds a certificate: of how many people, by which day at the soonest.

    ``mails_today`` of them are told at once, ``mails_soon`` within 30 days; None where they are too many to work that out.
    """

    people: int = 0
    by: date | None = None
    mails_today: int | None = 0
    mails_soon: int | None = 0


TrainingProvider: TypeAlias = Callable[["Scope", datetime], Iterable[TrainingItem]]
EvidenceProvider: TypeAlias = Callable[["Sequence[Completion]", datetime], Iterable[Evidence]]

CopiesProvider: TypeAlias = Callable[["Course"], Iterable[str]]

ReachProvider: TypeAlias = Callable[["Course", str, date | None, datetime], ReleaseReach]

_copies: list[CopiesProvider] = []
_reach: list[ReachProvider] = []
_training: list[TrainingProvider] = []
_evidence: list[EvidenceProvider] = []


def register_training_items(provider: TrainingProvider) -> None:
    """Let ``provider(scope, at)`` say what the person signed in has to do. Registering twice changes nothing."""
    if provider not in _training:
        _training.append(provider)


def register_evidence(provider: EvidenceProvider) -> None:
    """Let ``provider(completions, at)`` say what these completions earned; all belong to the person who looks."""
    if provider not in _evidence:
        _evidence.append(provider)


def register_printed_copies(provider: CopiesProvider) -> None:
    """Let ``provider(course)`` say where paper with a course on it is kept, in words. Registering twice changes nothing."""
    if provider not in _copies:
        _copies.append(provider)


def register_release_reach(provider: ReachProvider) -> None:
    """Let ``provider(course, severity, retrain_by, at)`` say what a release would ask of people."""
    _reach[:] = [provider]


def release_reach(*, course: "Course", severity: str, retrain_by: date | None, at: datetime) -> ReleaseReach:
    """Return what a release of ``course`` would ask of people; nothing is written."""
    return next((provider(course, severity, retrain_by, at) for provider in _reach), ReleaseReach())


def printed_copies(*, course: "Course") -> list[str]:
    """Return where paper with ``course`` on it is known to be kept."""
    return [place for provider in _copies for place in provider(course)]


def training_items(*, scope: "Scope", at: datetime) -> list[TrainingItem]:
    """Return what there is to do, by last good day; what has no day comes last."""
    items = [item for provider in _training for item in provider(scope, at)]
    return sorted(items, key=lambda item: (item.last_good_on or date.max, item.title))


def evidence_of(*, completions: "Sequence[Completion]", at: datetime) -> dict[int, list[Evidence]]:
    """Return the evidence of each completion by its primary key; a completion without any is left out."""
    found: dict[int, list[Evidence]] = {}
    if completions:
        for provider in _evidence:
            for evidence in provider(completions, at):
                found.setdefault(evidence.completion_id, []).append(evidence)
    return found
