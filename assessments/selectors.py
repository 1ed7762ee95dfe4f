"""Reads over attempts and questions."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from wagtail.models import ReferenceIndex

from assessments.models import AnonymousAnswer, Answer, Attempt, Question

if TYPE_CHECKING:
    from people.models import User


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
