"""The harm check over what is published, and the answers of editors."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from django.core.cache import cache
from django.db import transaction
from wagtail.log_actions import log

from cms.models import EditorLimit
from cms.processes import mapped
from courses import harm
from courses.exceptions import NoReason, NoSuchFinding
from courses.harm import Document, Finding, lint, rule_book, term_findings
from courses.harm.frozen import document_of
from courses.models import Course, HarmAnswer
from courses.reading_level import ReadingLevel, reading_level
from courses.services.freezing import ForecastShelf, freeze, published
from courses.snapshot import Json
from people.models import User
from translations import glossary
from translations.glossary import Audience, Term
from translations.selectors import terms

ANSWER_LOG_ACTION = "courses.answer_finding"
WORTH_COPYING_CHARS: Final = 60_000
"""A shorter text is read in less time than it takes to copy this process."""
FOUND_KEPT_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding in one language, with the answer that an editor gave, if any."""

    language: str
    finding: Finding
    answer: HarmAnswer | None


class _Question(NamedTuple):
    """What a check needs to know; it reads nothing else."""

    document: Document
    terms: list[Term]
    audience: Audience


def findings_of(*, course: Course, snapshots: Sequence[Json]) -> Iterator[list[Judged]]:
    """Yield for each of ``snapshots`` every finding in it with its answer; three queries a language at most."""
    audience = Audience.PUBLIC if course.tier == Course.Tier.OPEN else Audience.INTERNAL
    asked = [_Question(document_of(each), terms(language=each["language"]), audience) for each in snapshots]
    for question, found in zip(asked, _all_found(asked), strict=True):
        language = question.document.language
        answers = {each.fingerprint: each for each in HarmAnswer.objects.filter(course=course, language=language)}
        yield [Judged(language, finding, answers.get(finding.fingerprint)) for finding in found]


def _all_found(asked: Sequence[_Question]) -> list[list[Finding]]:
    """Return what is found in each; what was found in the same words before is not looked for again."""
    keys = [_key_of(each) for each in asked]
    known: dict[str, list[Finding]] = cache.get_many(keys)
    new = {key: each for key, each in zip(keys, asked, strict=True) if key not in known}
    found = dict(zip(new, _looked_at(list(new.values())), strict=True))
    if found:
        cache.set_many(found, timeout=FOUND_KEPT_SECONDS)
    return [(known | found)[key] for key in keys]


def _looked_at(asked: Sequence[_Question]) -> list[list[Finding]]:
    chars = sum(len(passage.text) for each in asked for passage in each.document.passages)
    if chars < WORTH_COPYING_CHARS:
        return [_found(each) for each in asked]
    for each in asked:
        # Read here once, known to every copy that is made from now on; a copy that reads them takes them to its end.
        rule_book(each.document.language)
    return mapped(_found, asked)


def _key_of(asked: _Question) -> str:
    """Return what stands for all that a check reads: the words, the terms, the audience, and the rules themselves."""
    said = {"document": asdict(asked.document), "terms": [asdict(it) for it in asked.terms], "audience": asked.audience}
    words = json.dumps(said, sort_keys=True, default=sorted).encode()
    return f"harm:{hashlib.sha256(_rules() + words).hexdigest()}"


@lru_cache(maxsize=1)
def _rules() -> bytes:
    """Return what stands for the rules as they are installed: another edition of them finds other things."""
    files = sorted(it for it in Path(harm.__file__).parent.rglob("*") if it.suffix in (".py", ".yaml"))
    return b"".join(hashlib.sha256(it.read_bytes()).digest() for it in [*files, Path(glossary.__file__)])


def _found(asked: _Question) -> list[Finding]:
    return lint(asked.document) + term_findings(asked.document, asked.terms, audience=asked.audience)


def open_findings(*, course: Course, snapshots: Sequence[Json]) -> Iterator[list[Finding]]:
    """Yield for each of ``snapshots`` the findings that nobody has answered: they keep the course from being released."""
    for found in findings_of(course=course, snapshots=snapshots):
        yield [each.finding for each in found if each.answer is None]


def published_findings(*, course: Course, language: str = "") -> list[Judged]:
    """Return the findings in what is published of ``course`` (only in ``language``, where one is named)."""
    snapshots = [
        freeze(draft, edition=0, shelf=ForecastShelf()).snapshot
        for draft in published(course)
        if language in ("", draft.language)
    ]
    return [judged for found in findings_of(course=course, snapshots=snapshots) for judged in found]


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
