"""Reads over attempts and questions."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q, QuerySet
from wagtail.models import ReferenceIndex

from assessments.item_statistics import Tally
from assessments.models import AnonymousAnswer, Answer, Attempt, Question
from cms.models import Sector

if TYPE_CHECKING:
    from people.models import User


def sectors_of_bank(bank_id: int) -> list[str]:
    """Return the sectors of the courses whose final quiz draws from a bank: none before a course has it."""
    found = Sector.objects.filter(courses__final_quiz__bank=bank_id)
    return sorted(found.distinct().values_list("code", flat=True))


def attempts(*, learner: "User", quiz_code: str, context: str, since: datetime | None = None) -> QuerySet[Attempt]:
    """Return the attempts of ``learner`` at a quiz in one context, oldest first.

    With ``since``, those that began before that instant are left out.
    """
    found = Attempt.objects.filter(learner=learner, quiz_code=quiz_code, context=context).order_by("form")
    return found if since is None else found.filter(started_at__gte=since)


def open_attempt(*, learner: "User", quiz_code: str, context: str, since: datetime | None = None) -> Attempt | None:
    """Return the attempt that is not handed in; None if there is none. ``since``: as for ``attempts``."""
    found = attempts(learner=learner, quiz_code=quiz_code, context=context, since=since)
    return found.filter(submitted_at=None).last()


def graded_attempt(*, learner: "User", quiz_code: str, context: str, since: datetime | None = None) -> Attempt | None:
    """Return the attempt handed in last; None if there is none. ``since``: as for ``attempts``."""
    found = attempts(learner=learner, quiz_code=quiz_code, context=context, since=since)
    return found.exclude(submitted_at=None).last()


def responses(attempt: Attempt) -> dict[str, Any]:
    """Return what was answered so far, by question key."""
    return dict(attempt.answers.values_list("question_key", "response"))


def questions_in_use(questions: Iterable[Question]) -> list[Question]:
    """Return those of ``questions`` that a page shows or that somebody has answered."""
    asked = list(questions)
    codes = [question.code for question in asked]
    answered = {
        *Answer.objects.filter(question_key__in=codes).values_list("question_key", flat=True),
        *AnonymousAnswer.objects.filter(question_key__in=codes).values_list("question_key", flat=True),
    }
    return [
        question
        for question in asked
        if question.code in answered or ReferenceIndex.get_references_to(question).exists()
    ]


@dataclass(frozen=True, slots=True)
class QuestionTallies:
    """The counts of one question, by language. No row of it is a person's."""

    key: str
    tallies: dict[str, Tally]


def item_tallies(*, keys: Iterable[str] | None = None) -> list[QuestionTallies]:
    """Return the counts of questions (of ``keys``, or of all that were answered), by key; two queries.

    Only answers that lost their person count: those of the last 30 days are not in it. Of each language it is the
    newest version of the question that was answered in it; an older wording says nothing about today's.
    """
    answers = AnonymousAnswer.objects.all()
    if keys is not None:
        answers = answers.filter(question_key__in=set(keys))
    newest: dict[tuple[str, str], str] = {}
    versions = answers.values("question_key", "language", "question_version").annotate(last=Max("month"))
    for version in versions.order_by("last", "question_version"):
        newest[version["question_key"], version["language"]] = version["question_version"]
    right = Q(score_percent=100)
    counted = answers.values("question_key", "language", "question_version", "response").annotate(
        answers=Count("pk"),
        right=Count("pk", filter=right),
        high=Count("pk", filter=Q(rest_passed=True)),
        high_right=Count("pk", filter=right & Q(rest_passed=True)),
        low=Count("pk", filter=Q(rest_passed=False)),
        low_right=Count("pk", filter=right & Q(rest_passed=False)),
    )
    sums: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    chosen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    rows: Iterable[dict[str, Any]] = counted.order_by()  # type: ignore[assignment]  # a row of values is a mapping
    for row in rows:
        key, language = row["question_key"], row["language"]
        if newest[key, language] != row["question_version"]:
            continue
        sums[key][language].update({name: row[name] for name in _COUNTS})
        for choice in _choices(row["response"]):
            chosen[key, language][choice] += row["answers"]
    return [
        QuestionTallies(
            key,
            {
                language: Tally(**{name: count[name] for name in _COUNTS}, chosen=dict(chosen[key, language]))
                for language, count in sorted(sums[key].items())
            },
        )
        for key in sorted(sums)
    ]


_COUNTS = ("answers", "right", "high", "high_right", "low", "low_right")


def _choices(response: Any) -> list[str]:
    """Return the ids of what was chosen in a response, whatever the type of its question."""
    match response:
        case bool():
            return ["true" if response else "false"]
        case str():
            return [response]
        case list():
            return [each for each in response if isinstance(each, str)]
    return []
