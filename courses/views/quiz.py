"""The quiz of a recorded course: what is still required, one question a page, and handing in."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from assessments import selectors as attempts
from assessments.exceptions import AssessmentError, BadResponse
from assessments.frozen import Json
from assessments.models import Attempt
from assessments.papers import swap_text, without_questions
from assessments.refusals import AttemptsExhausted, HandedIn, MustWait
from assessments.services import save_answer, start_attempt, submit_open_attempt
from cms import clock
from courses import selectors
from courses.selectors import attempt_context
from courses.services import record_quiz
from courses.views.lesson import PART_HEADER
from courses.views.open_quiz import open_quiz
from courses.views.questions import asked, is_finished, response_in
from courses.views.reading import Reading, enrolled_only, get_or_post, with_reading


@csrf_exempt  # the quiz of an open course keeps nothing and sets no cookie; that of a recorded one is protected below
@get_or_post
@with_reading
def quiz(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show the way to the quiz, or the paper in hand; POST starts a paper."""
    if reading.snapshot["quiz"] is None:
        raise Http404
    if not reading.snapshot["quiz"]["blueprint"]:
        # Everything that was asked is withdrawn: nobody passes on nothing.
        return redirect(reading.url("course"))
    return open_quiz(request, reading) if reading.is_open else _recorded_quiz(request, reading)


@csrf_protect
@enrolled_only
def _recorded_quiz(request: HttpRequest, reading: Reading) -> HttpResponse:
    if reading.active is None:
        return redirect(reading.url("result"))
    attempt = open_attempt(reading)
    if attempt is not None:
        return (
            redirect(_first_open(reading, attempt))
            if request.method == "POST"
            else _overview(request, reading, attempt)
        )
    if request.method != "POST" or reading.lessons_left or reading.minutes_left:
        return _before(request, reading)
    try:
        attempt = start_attempt(
            learner=reading.active.learner,
            quiz=reading.snapshot["quiz"],
            context=attempt_context(reading.active),
            language=reading.text.language,
            at=clock.now(),
            since=reading.hidden_before,
        )
    except (AttemptsExhausted, MustWait) as refusal:
        return _before(request, reading, refusal)
    return redirect(_first_open(reading, attempt))


@get_or_post
@with_reading
@enrolled_only
def quiz_question(request: HttpRequest, reading: Reading, position: int) -> HttpResponse:
    """Show one question of the paper in hand; POST saves the answer at once and leads on."""
    attempt = open_attempt(reading)
    if attempt is None:
        return redirect(reading.url("quiz"))
    questions = paper_of(reading, attempt)["questions"]
    if not 1 <= position <= len(questions):
        raise Http404
    question = questions[position - 1]
    saved = attempts.responses(attempt).get(question["key"])
    if request.method != "POST":
        return _question(request, reading, position, questions, saved)
    response = response_in(question, request.POST)
    if question["type"] == "scenario" and not _goes_on(saved, response):
        # An older page of the same story was sent again: show where the story is now.
        return (
            redirect(reading.url("quiz_question", position=position))
            if response
            else _again(request, reading, position, questions, saved)
        )
    if response is None:
        return _again(request, reading, position, questions, saved)
    try:
        save_answer(attempt=attempt, question_key=question["key"], response=response, at=clock.now())
    except BadResponse:
        return _again(request, reading, position, questions, saved)
    except HandedIn:
        return redirect(reading.url("result"))
    if PART_HEADER in request.headers:
        return HttpResponse(status=204)
    if not is_finished(question, response):
        return redirect(reading.url("quiz_question", position=position))
    return redirect(
        reading.url("quiz_question", position=position + 1) if position < len(questions) else reading.url("quiz")
    )


@get_or_post
@with_reading
@enrolled_only
def hand_in(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Grade the paper in hand, record the result, complete the course if that was the last thing; once."""
    if request.method != "POST":
        return redirect(reading.url("quiz"))
    # The overview has told what is not answered; its button says so, and nothing is counted twice.
    if "anyway" not in request.POST and (attempt := open_attempt(reading)) and _unanswered(reading, attempt):
        return redirect(reading.url("quiz"))
    which = _papers(reading)
    if which is not None and reading.active is not None:
        now = clock.now()
        with transaction.atomic():
            graded = submit_open_attempt(**which, at=now, withdrawn=reading.withdrawn_questions)
            if graded is not None:
                record_quiz(enrolment=reading.active, attempt=graded, edition_text=reading.text, at=now)
    return redirect(reading.url("result"))


def open_attempt(reading: Reading) -> Attempt | None:
    """Return the paper in hand, None if there is none that this session may see."""
    which = _papers(reading)
    return None if which is None else attempts.open_attempt(**which)


def _papers(reading: Reading) -> dict[str, Any] | None:
    """Return what names the papers of this enrolment that this session may see; None where there can be none."""
    quiz = reading.quiz
    if reading.active is None or quiz is None or not quiz["blueprint"]:
        return None
    return {
        "learner": reading.active.learner,
        "quiz_code": quiz["code"],
        "context": attempt_context(reading.active),
        "since": reading.hidden_before,
    }


def paper_of(reading: Reading, attempt: Attempt) -> Json:
    """Return the paper of ``attempt`` in the language of the text that is read; its keys stay as they were.

    Questions withdrawn since it was drawn are not on it any more.
    """
    paper: Json = without_questions(attempt.paper, reading.withdrawn_questions)
    quiz = reading.snapshot["quiz"]
    if attempt.language == reading.text.language or quiz is None:
        return paper
    return swap_text(paper, quiz["questions"], other_language_quiz=quiz)


def _goes_on(saved: Any, response: Any) -> bool:
    """Whether ``response`` takes one more step of the story that ``saved`` has come to."""
    so_far = saved or []
    return isinstance(response, list) and len(response) == len(so_far) + 1 and response[:-1] == so_far


def _states(attempt: Attempt, questions: list[Json]) -> list[bool]:
    saved = attempts.responses(attempt)
    return [is_finished(question, saved.get(question["key"])) for question in questions]


def _unanswered(reading: Reading, attempt: Attempt) -> list[int]:
    states = _states(attempt, paper_of(reading, attempt)["questions"])
    return [position for position, answered in enumerate(states, start=1) if not answered]


def _first_open(reading: Reading, attempt: Attempt) -> str:
    unanswered = _unanswered(reading, attempt)
    return reading.url("quiz_question", position=unanswered[0]) if unanswered else reading.url("quiz")


def _before(request: HttpRequest, reading: Reading, refusal: AssessmentError | None = None) -> HttpResponse:
    context = {
        "reading": reading,
        "quiz": reading.snapshot["quiz"],
        "questions": sum(row["n"] for row in reading.snapshot["quiz"]["blueprint"]),
        "practice": practice_in(reading),
        "failed": reading.failed,
        "refusal": refusal,
        "exhausted": isinstance(refusal, AttemptsExhausted),
    }
    return render(request, "courses/pages/quiz.html", context)


def practice_in(reading: Reading) -> list[tuple[Json, int, int]]:
    """Return lessons with something to practise, their number, and how many questions and situations they have."""
    found = []
    for number, lesson in enumerate(reading.lessons, start=1):
        count = sum(block["type"] in ("check", "scenario") for block in lesson["body"])
        if count:
            found.append((lesson, number, count))
    return found


def _overview(request: HttpRequest, reading: Reading, attempt: Attempt) -> HttpResponse:
    states = _states(attempt, paper_of(reading, attempt)["questions"])
    unanswered = [position for position, answered in enumerate(states, start=1) if not answered]
    context = {
        "reading": reading,
        "quiz": reading.snapshot["quiz"],
        "states": list(enumerate(states, start=1)),
        "unanswered": unanswered,
        "answered": len(states) - len(unanswered),
    }
    return render(request, "courses/pages/quiz_overview.html", context)


def _again(request: HttpRequest, reading: Reading, position: int, questions: list[Json], saved: Any) -> HttpResponse:
    """Ask again: nothing was chosen, or it was no answer to this question."""
    return _question(request, reading, position, questions, saved, missing=True)


def _beside(reading: Reading, question: Json, saved: Any) -> Json | None:
    """Return what stands beside a question of a draft translation: the same in the source language."""
    if not reading.is_draft:
        return None
    source = selectors.edition_text(reading.text.edition, settings.LANGUAGE_CODE)
    if source is None or source.snapshot["quiz"] is None:
        return None
    paper = {"quiz": {"title": "", "objectives": [], "critical_rules": []}, "questions": [question]}
    return asked(swap_text(paper, source.snapshot["quiz"]["questions"])["questions"][0], saved)


def _question(
    request: HttpRequest, reading: Reading, position: int, questions: list[Json], saved: Any, *, missing: bool = False
) -> HttpResponse:
    context = {
        "reading": reading,
        "quiz": reading.snapshot["quiz"],
        "question": asked(questions[position - 1], saved),
        "beside": _beside(reading, questions[position - 1], saved),
        "position": position,
        "total": len(questions),
        "previous": position - 1,
        "following": position + 1 if position < len(questions) else 0,
        "missing": missing,
        "saved": saved is not None,
    }
    return render(request, "courses/pages/quiz_question.html", context)
