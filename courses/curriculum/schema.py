"""The curriculum as values: what ``docs/reference/curriculum.md`` describes, read and referring to itself.

Texts marked *md* in the format are Markdown still (``markdown.render_markdown``); every other text is plain.
``at`` is where a thing begins in its file.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from courses.curriculum.catalogues import Catalogue
from courses.curriculum.fields import Said
from courses.curriculum.problems import Place
from courses.sign_offs import Kind
from translations.glossary import Term

TIERS: Final = ("open", "recorded", "vetted")
CLAIM_KINDS: Final = ("statistic", "legal", "helpline", "programme")
REVIEW_OWNERS: Final = ("author", "publisher")
REVIEW_KINDS: Final = tuple(kind.value for kind in Kind)
EXPLOITATION_KINDS: Final = ("labour", "sexual", "criminal", "marriage", "organs")
SERVICE_KINDS: Final = (
    "emergency",
    "confidential-line",
    "crisis",
    "child-protection",
    "child-line",
    "online-report",
    "rights",
    "anonymous-tips",
)
TONES: Final = ("note", "important", "rights", "words")
VERDICTS: Final = ("concern", "innocent", "rights")


@dataclass(frozen=True, slots=True)
class Sector:
    """A field of work with a page of its own."""

    at: Place
    code: str
    slug: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a course is for."""

    at: Place
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Service:
    """A help line: one dated record. ``phone``, ``text``, ``hours``, ``languages`` are "" when not confirmed.

    ``coverage`` is a place (``ca``, ``ca-bc``), "" for everywhere; ``what_happens`` is Markdown.
    """

    at: Place
    code: str
    name: str
    kind: str
    phone: str
    text: str
    hours: str
    languages: str
    coverage: str
    audiences: tuple[str, ...]
    is_police: bool
    is_government: bool
    what_happens: str
    source: str
    verified_on: date
    review_by: date
    position: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact that texts rely on: with its period, place, source and caveat, and the days of looking at it."""

    at: Place
    code: str
    kind: str
    value: str
    period: str
    place: str
    source: str
    caveat: str
    verified_on: date
    review_by: date


@dataclass(frozen=True, slots=True)
class Source:
    """A document that a lesson or a help line may cite. ``published`` is as precise as known, or ""."""

    at: Place
    code: str
    title: str
    publisher: str
    published: str
    url: str
    verified_on: date
    review_by: date
    caveat: str


@dataclass(frozen=True, slots=True)
class Objective:
    """What somebody can do after the course."""

    at: Place
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class CriticalRule:
    """A rule that must be right whatever the score; ``passage`` is the lesson to read again."""

    at: Place
    code: str
    text: str
    passage: str


@dataclass(frozen=True, slots=True)
class BlueprintRow:
    """Draw ``n`` questions: of one critical rule, of innocent situations, or ordinary ones of an objective."""

    at: Place
    n: int
    critical: str
    objective: str
    difficulty: str
    innocent: bool

    def to_json(self) -> dict[str, object]:
        """Return the row as a frozen quiz holds it."""
        if self.critical:
            return {"n": self.n, "critical": self.critical}
        if self.innocent:
            return {"n": self.n, "innocent": True}
        row: dict[str, object] = {"n": self.n, "objective": self.objective}
        return {**row, "difficulty": self.difficulty} if self.difficulty else row


@dataclass(frozen=True, slots=True)
class Quiz:
    """The final quiz. ``max_false_alarms``: innocent situations reported; one more and it is not passed."""

    at: Place
    code: str
    title: str
    pass_percent: int
    max_false_alarms: int
    blueprint: tuple[BlueprintRow, ...]


@dataclass(frozen=True, slots=True)
class Certification:
    """What completing the course earns, and for how many calendar months."""

    at: Place
    code: str
    title: str
    validity_months: int
    window_months: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice in a scenario; ``credit`` (0, 0.5 or 1) counts in questions only."""

    at: Place
    text: str
    next: str
    feedback: str
    credit: float


@dataclass(frozen=True, slots=True)
class Node:
    """A step of a scenario; without choices it is an ending."""

    at: Place
    id: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Running text."""

    at: Place
    heading: str
    text: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalloutBlock:
    """A note set apart; ``tone`` is one of ``TONES``."""

    at: Place
    tone: str
    title: str
    text: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A statistic with its caveat and source, and the claims that it relies on, by code."""

    at: Place
    text: str
    caveat: str
    source: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignBlock:
    """A sign in what people do, what else it may be, and what to do."""

    at: Place
    sign: str
    also: str
    do: str


@dataclass(frozen=True, slots=True)
class DoNeverBlock:
    """Two lists."""

    at: Place
    do: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One side of "two ways"; ``services`` is empty on the work side."""

    at: Place
    title: str
    text: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TwoWaysBlock:
    """Telling somebody at work, and, at equal size, what to do if the boss is part of it."""

    at: Place
    work: Way
    boss: Way


@dataclass(frozen=True, slots=True)
class ScenarioBlock:
    """An invented situation to practise on, never scored."""

    at: Place
    code: str
    title: str
    verdict: str
    start: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class CheckBlock:
    """One question of the bank, for practice."""

    at: Place
    question: str


@dataclass(frozen=True, slots=True)
class AttestationBlock:
    """A statement to confirm."""

    at: Place
    text: str


@dataclass(frozen=True, slots=True)
class ReflectionBlock:
    """A question to think about; what is written stays on the device."""

    at: Place
    prompt: str


@dataclass(frozen=True, slots=True)
class HelpNowBlock:
    """Help lines, by the codes of their records."""

    at: Place
    title: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """A picture in the course's ``media`` folder."""

    at: Place
    file: str
    alt: str
    caption: str


Block = (
    TextBlock
    | CalloutBlock
    | FigureBlock
    | SignBlock
    | DoNeverBlock
    | TwoWaysBlock
    | ScenarioBlock
    | CheckBlock
    | AttestationBlock
    | ReflectionBlock
    | HelpNowBlock
    | ImageBlock
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of 3 to 8 minutes, one idea per block. ``texts`` is every text in its file."""

    at: Place
    code: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    content_note: str
    sources: tuple[str, ...]
    body: tuple[Block, ...]
    texts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a single or multiple choice; ``alarm``: it reports or acts against somebody."""

    at: Place
    text: str
    correct: bool
    alarm: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things that belong together."""

    at: Place
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the bank; which of the last fields are filled depends on its ``type``."""

    at: Place
    code: str
    type: str
    use: str
    objective: str
    difficulty: str
    critical: str
    innocent: bool
    situation: str
    passage: str
    stem: str
    feedback: str
    options: tuple[Option, ...] = ()
    answer: bool | None = None
    items: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    start: str = ""
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewDate:
    """When a course was looked at, by when somebody looks again, and which group of editors that is."""

    at: Place
    reviewed_on: date
    review_by: date
    grace_days: int
    owner: str


@dataclass(frozen=True, slots=True)
class Course:
    """A course with its lessons, in their order, and its bank. ``sources`` are those of its own file."""

    at: Place
    folder: Path
    code: str
    slug: str
    title: str
    full_title: str
    summary: str
    sector: str
    audiences: tuple[str, ...]
    tier: str
    language: str
    minutes: int
    minimum_minutes: int
    exploitation: tuple[str, ...]
    content_note: str
    outcomes: tuple[str, ...]
    objectives: tuple[Objective, ...]
    critical_rules: tuple[CriticalRule, ...]
    missing_reviews: tuple[str, ...]
    required_reviews: tuple[str, ...]
    review_date: ReviewDate | None
    quiz: Quiz | None
    certification: Certification | None
    lessons: tuple[Lesson, ...]
    questions: tuple[Question, ...]
    sources: tuple[Source, ...]
    texts: tuple[Said, ...]
    catalogues: tuple[Catalogue, ...] = ()
    complete: bool = True
    """Whether nothing is missing in this language."""

    @property
    def media(self) -> Path:
        """Return the folder that image blocks name files of."""
        return self.folder / "media"


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Everything in the folder. ``sources`` are the shared ones; courses add their own. Courses by folder name."""

    root: Path
    sectors: tuple[Sector, ...]
    audiences: tuple[Audience, ...]
    services: tuple[Service, ...]
    sources: tuple[Source, ...]
    courses: tuple[Course, ...]
    texts: tuple[Said, ...]
    claims: tuple[Claim, ...] = ()
    catalogues: tuple[Catalogue, ...] = ()
    terms: tuple[Term, ...] = ()
    """The glossary of every language."""

    def all_sources(self) -> tuple[Source, ...]:
        """Return the shared sources and those of every course."""
        return self.sources + tuple(source for course in self.courses for source in course.sources)
