"""The harm check over what is published, and the answers of editors."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from cms.models import EditorLimit
from courses.exceptions import NoReason, NoSuchFinding
from courses.harm import Document, Finding, lint, term_findings
from courses.harm.frozen import document_of
from courses.models import Course, HarmAnswer
from courses.reading_level import ReadingLevel, reading_level
from courses.services.freezing import ForecastShelf, freeze, published
from courses.snapshot import Json
from people.models import User
from translations.glossary import Audience
from translations.selectors import terms

ANSWER_LOG_ACTION = "courses.answer_finding"


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding in one language, with the answer that an editor gave, if any."""

    language: str
    finding: Finding
    answer: HarmAnswer | None


def findings_of(*, course: Course, snapshot: Json) -> list[Judged]:
    """Return every finding in ``snapshot`` with its answer; three queries at most."""
    language = snapshot["language"]
    answers = {each.fingerprint: each for each in HarmAnswer.objects.filter(course=course, language=language)}
    found = _found(course, document_of(snapshot))
    return [Judged(language, finding, answers.get(finding.fingerprint)) for finding in found]


def _found(course: Course, document: Document) -> list[Finding]:
    audience = Audience.PUBLIC if course.tier == Course.Tier.OPEN else Audience.INTERNAL
    return lint(document) + term_findings(document, terms(language=document.language), audience=audience)


def open_findings(*, course: Course, snapshot: Json) -> list[Finding]:
    """Return the findings that nobody has answered: they keep the course from being released."""
    return [each.finding for each in findings_of(course=course, snapshot=snapshot) if each.answer is None]


def published_findings(*, course: Course, language: str = "") -> list[Judged]:
    """Return the findings in what is published of ``course`` (only in ``language``, where one is named)."""
    return [
        judged
        for draft in published(course)
        if language in ("", draft.language)
        for judged in findings_of(course=course, snapshot=freeze(draft, edition=0, shelf=ForecastShelf()).snapshot)
    ]


@dataclass(frozen=True, slots=True)
class LessonLevel:
    """How hard a published lesson is to read, in one language."""

    language: str
    lesson: str
    level: ReadingLevel


def reading_levels(*, course: Course) -> list[LessonLevel]:
    """Return how hard each published lesson is, where a formula exists for its language; the hard ones first."""
    levels = []
    for draft in published(course):
        snapshot = freeze(draft, edition=0, shelf=ForecastShelf()).snapshot
        said: dict[str, list[str]] = {}
        for passage in document_of(snapshot).passages:
            said.setdefault(passage.place.lesson, []).append(passage.text)
        for lesson in snapshot["lessons"]:
            level = reading_level("\n".join(said.get(lesson["code"], [])), language=draft.language)
            if level is not None:
                levels.append(LessonLevel(draft.language, lesson["code"], level))
    return sorted(levels, key=lambda each: not each.level.is_hard)


@transaction.atomic
def answer_finding(
    *, course: Course, language: str, fingerprint: str, reason: str, by: User | None, at: datetime
) -> HarmAnswer:
    """Record why the sentence may stay; a second answer to the same finding takes the place of the first.

    Raises:
        NoReason: ``reason`` is empty.
        NoSuchFinding: what is published in ``language`` has no such finding.
    """
    if not reason.strip():
        raise NoReason
    EditorLimit.objects.hold(by, act="answer", sectors=[course.sector.code], languages=[language])
    course = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    found = {each.finding.fingerprint: each.finding for each in published_findings(course=course, language=language)}
    if not language or fingerprint not in found:
        raise NoSuchFinding(fingerprint=fingerprint)
    finding = found[fingerprint]
    answer, _ = HarmAnswer.objects.update_or_create(
        course=course,
        language=language,
        fingerprint=fingerprint,
        defaults={
            "rule": finding.rule,
            "sentence": finding.sentence,
            "reason": reason.strip(),
            "answered_at": at,
            "answered_by": by,
        },
    )
    log(course, ANSWER_LOG_ACTION, user=by, data={"rule": finding.rule, "of_language": language})
    return answer
