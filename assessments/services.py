"""Writes of attempts: start, save an answer, hand in, take the person out of the answers."""

import secrets
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from assessments import selectors
from assessments.chances import PastAttempt, check_chance
from assessments.freezing import freeze_bank, freeze_question, freeze_questions, freeze_quiz
from assessments.frozen import Json
from assessments.grading import Graded, check_response, grade_paper, grade_question
from assessments.item_statistics import Tally, statistics, suspects
from assessments.models import AnonymousAnswer, Answer, Attempt
from assessments.papers import draw_paper, without_questions
from assessments.refusals import HandedIn, NotOnPaper
from people.faults import fault_point
from translations.services import report_answers

if TYPE_CHECKING:
    from people.models import User

ANSWERS_KEPT_DAYS: Final = 30
"""Counted from grading; of a paper that is not handed in, from the last answer that was saved."""
ASKED_AGAIN_AFTER_DAYS: Final = 180

__all__ = [
    "ANSWERS_KEPT_DAYS",
    "ask_about_languages",
    "delete_left_answers",
    "detach_answers",
    "freeze_bank",
    "freeze_question",
    "freeze_questions",
    "freeze_quiz",
    "save_answer",
    "start_attempt",
    "submit_attempt",
    "submit_open_attempt",
]


def start_attempt(
    *, learner: "User", quiz: Json, context: str, language: str, at: datetime, since: datetime | None = None
) -> Attempt:
    """Return the open attempt of ``learner`` at a frozen ``quiz`` in ``context``, a new one if there is none.

    A new paper asks nothing that an earlier one in this context asked, as long as the bank has other questions.
    With ``since``, an open attempt that began before that instant is left alone and another one begins beside it.

    Raises:
        AttemptsExhausted: as many attempts were made as the quiz allows.
        MustWait: the waiting time after a failed attempt is not over; carries its end.
        BlueprintNotDrawable: the bank is too small for the blueprint.
    """
    where = {"learner": learner, "quiz_code": quiz["code"], "context": context}
    try:
        with transaction.atomic():
            return _open_or_new_attempt(where, quiz, language, at, since)
    except IntegrityError:
        # The same learner started the same form elsewhere a moment ago: that attempt is theirs.
        other = selectors.open_attempt(**where, since=since)
        if other is None:
            raise
        return other


def _open_or_new_attempt(
    where: dict[str, Any], quiz: Json, language: str, at: datetime, since: datetime | None
) -> Attempt:
    earlier = list(selectors.attempts(**where))
    if earlier and earlier[-1].submitted_at is None and (since is None or earlier[-1].started_at >= since):
        return earlier[-1]
    past = [PastAttempt(each.submitted_at, bool(each.passed)) for each in earlier if each.submitted_at]
    check_chance(quiz, past, at=at)
    form = earlier[-1].form + 1 if earlier else 1
    seen = {question["key"] for each in earlier for question in each.paper["questions"]}
    return Attempt.objects.create(
        **where,
        form=form,
        paper=draw_paper(quiz, seed=secrets.token_hex(16), form=form, exclude=seen),
        language=language,
        started_at=at,
    )


@transaction.atomic
def save_answer(*, attempt: Attempt, question_key: str, response: Any, at: datetime) -> None:
    """Keep ``response`` to a question of the attempt's paper, in place of an earlier one; it may be unfinished.

    Raises:
        HandedIn: the paper was handed in.
        NotOnPaper: this paper does not ask the question.
        BadResponse: the response does not belong to the question.
    """
    locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if locked.submitted_at is not None:
        raise HandedIn
    question = next((each for each in locked.paper["questions"] if each["key"] == question_key), None)
    if question is None:
        raise NotOnPaper
    check_response(question, response)
    Answer.objects.bulk_create(
        [Answer(attempt=locked, question_key=question_key, response=response, saved_at=at)],
        update_conflicts=True,
        unique_fields=["attempt", "question_key"],
        update_fields=["response", "saved_at"],
    )


@transaction.atomic
def submit_attempt(*, attempt: Attempt, at: datetime, withdrawn: Collection[str] = ()) -> Attempt:
    """Grade the attempt by the answers saved so far and return it; one that is graded stays as it is.

    Questions whose keys are in ``withdrawn`` leave the paper first: nobody is graded on them.
    """
    locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
    return locked if locked.submitted_at is not None else _graded(locked, at, withdrawn)


@transaction.atomic
def submit_open_attempt(
    *,
    learner: "User",
    quiz_code: str,
    context: str,
    at: datetime,
    since: datetime | None = None,
    withdrawn: Collection[str] = (),
) -> Attempt | None:
    """Grade the attempt that is not handed in and return it; None if there is none.

    With ``since``, an attempt that began before that instant stays as it is. ``withdrawn`` as in ``submit_attempt``.
    """
    found = selectors.attempts(learner=learner, quiz_code=quiz_code, context=context, since=since)
    locked = found.select_for_update().filter(submitted_at=None).last()
    return None if locked is None else _graded(locked, at, withdrawn)


def _graded(locked: Attempt, at: datetime, withdrawn: Collection[str]) -> Attempt:
    changed = ["result", "passed", "submitted_at"]
    if withdrawn:
        locked.paper = without_questions(locked.paper, withdrawn)
        changed.append("paper")
    result = grade_paper(locked.paper, selectors.responses(locked))
    fault_point("attempt-graded")
    locked.result = result.to_json()
    locked.passed = result.passed
    locked.submitted_at = at
    locked.save(update_fields=changed)
    return locked


@transaction.atomic
def detach_answers(*, before: datetime, limit: int, at: datetime) -> int:
    """Take the person out of the answers of attempts handed in earlier than ``before``; return how many attempts.

    At most ``limit`` attempts, oldest first; call it again until it returns 0. What stays of an attempt is its
    paper, which names nobody, and the result without what was right and wrong, question by question.
    """
    due = list(
        Attempt.objects.select_for_update(skip_locked=True)
        .filter(submitted_at__lt=before, answers_detached_at=None)
        .order_by("submitted_at")[:limit]
    )
    answers = Answer.objects.filter(attempt__in=[attempt.pk for attempt in due]).order_by("pk")
    by_pk = {attempt.pk: attempt for attempt in due}
    responses: dict[int, dict[str, Any]] = defaultdict(dict)
    for answer in answers:
        responses[answer.attempt_id][answer.question_key] = answer.response
    nameless = [
        row
        for answer in answers
        for row in _without_person(by_pk[answer.attempt_id], answer, responses[answer.attempt_id])
    ]
    # Rows in the order of their papers would tell which answers one person gave.
    nameless.sort(key=lambda answer: (answer.question_key, answer.pk))
    AnonymousAnswer.objects.bulk_create(nameless)
    answers.delete()
    for attempt in due:
        attempt.result = {**(attempt.result or {}), "questions": [], "unanswered": []}
        attempt.answers_detached_at = at
    Attempt.objects.bulk_update(due, ["result", "answers_detached_at"], batch_size=100)
    return len(due)


@transaction.atomic
def delete_left_answers(*, before: datetime, limit: int) -> int:
    """Delete the answers of papers that were not handed in and got no answer at or after ``before``; return how many papers.

    At most ``limit`` papers; call it again until it returns 0. The paper stays open: whoever comes back answers it anew.
    """
    saved_later = Answer.objects.filter(attempt=OuterRef("attempt"), saved_at__gte=before)
    left = Answer.objects.filter(saved_at__lt=before, attempt__submitted_at=None).exclude(Exists(saved_later))
    # A learner who answers at this moment holds the paper, and will have answered after that instant.
    papers = Attempt.objects.select_for_update(skip_locked=True).filter(
        pk__in=left.values("attempt").distinct()[:limit], submitted_at=None
    )
    due = [attempt.pk for attempt in papers]
    Answer.objects.filter(attempt__in=due).delete()
    return len(due)


def _rest_passed(paper: Json, scores: dict[str, Graded], key: str) -> bool | None:
    """Return whether the questions of ``paper`` other than ``key`` reached its pass mark; None: there are none."""
    rest = [graded.score for other, graded in scores.items() if other != key]
    return sum(rest) * 100 >= paper["quiz"]["pass_percent"] * len(rest) if rest else None


def _without_person(attempt: Attempt, answer: Answer, responses: dict[str, Any]) -> list[AnonymousAnswer]:
    """Return the row that stays of ``answer``; none for a question that the paper does not ask."""
    scores = {
        question["key"]: grade_question(question, responses.get(question["key"]))
        for question in attempt.paper["questions"]
    }
    graded_on = (attempt.submitted_at or answer.saved_at).astimezone(UTC).date()
    return [
        AnonymousAnswer(
            question_key=answer.question_key,
            question_version=question["version"],
            language=attempt.language,
            response=answer.response,
            score_percent=int(scores[question["key"]].score * 100),
            rest_passed=_rest_passed(attempt.paper, scores, question["key"]),
            month=graded_on.replace(day=1),
        )
        for question in attempt.paper["questions"]
        if question["key"] == answer.question_key
    ]


@transaction.atomic
def ask_about_languages(*, at: datetime) -> int:
    """Open a translation task for each question that one language fails far more often; return how many were opened.

    Whoever closed such a task is not asked again about the same question for ``ASKED_AGAIN_AFTER_DAYS``.
    """
    opened = 0
    for question in selectors.item_tallies():
        for language in suspects(question.tallies):
            facts = statistics(question.tallies[language])
            others = statistics(sum((each for code, each in question.tallies.items() if code != language), Tally()))
            opened += report_answers(
                question=question.key,
                language=language,
                here_percent=facts.facility_percent,
                elsewhere_percent=others.facility_percent,
                at=at,
                not_since=at - timedelta(days=ASKED_AGAIN_AFTER_DAYS),
            )
    return opened
