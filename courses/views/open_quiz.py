"""The quiz of an open course: the questions on one page, graded from one form. Nothing is kept, nothing is logged."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.exceptions import BadResponse
from assessments.frozen import Json
from assessments.grading import check_response
from assessments.refusals import BadToken
from assessments.stateless import grade_token, make_token, paper_from_token
from courses.views.course import without_cookie
from courses.views.questions import asked, is_finished, response_in
from courses.views.reading import Reading
from courses.views.verdict import verdict


def open_quiz(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show a paper; POST goes on with a story in it, shows another paper, or grades it."""
    quiz = reading.snapshot["quiz"]
    if request.method != "POST":
        return _paper(request, reading, make_token(quiz))
    token = request.POST.get("token", "")
    action = request.POST.get("action", "")
    try:
        if action == "other":
            return _paper(request, reading, make_token(quiz, after=token))
        questions = paper_from_token(quiz, token)["questions"]
    except BadToken:
        return _paper(request, reading, make_token(quiz), too_old=True)
    responses = {question["key"]: _sent(question, request) for question in questions}
    open_positions = [
        position
        for position, question in enumerate(questions, start=1)
        if not is_finished(question, responses[question["key"]])
    ]
    if action == "go-on" or (open_positions and action != "anyway"):
        return _paper(
            request, reading, token, responses=responses, unanswered=[] if action == "go-on" else open_positions
        )
    result = grade_token(quiz, token, responses).to_json()
    context = {
        "reading": reading,
        "token": token,
        "failed": 0,
        **verdict(reading, result, questions, responses),
    }
    return render(request, "courses/pages/result.html", without_cookie(reading, context))


def _sent(question: Json, request: HttpRequest) -> Any:
    response = response_in(question, request.POST)
    try:
        check_response(question, response)
    except BadResponse:
        return None
    return response


def _paper(
    request: HttpRequest,
    reading: Reading,
    token: str,
    *,
    responses: dict[str, Any] | None = None,
    unanswered: list[int] | None = None,
    too_old: bool = False,
) -> HttpResponse:
    quiz = reading.snapshot["quiz"]
    questions = paper_from_token(quiz, token)["questions"]
    given = responses or {}
    context = {
        "reading": reading,
        "quiz": quiz,
        "token": token,
        "questions": [asked(question, given.get(question["key"])) for question in questions],
        "unanswered": unanswered or [],
        "too_old": too_old,
    }
    return render(request, "courses/pages/open_quiz.html", without_cookie(reading, context))
