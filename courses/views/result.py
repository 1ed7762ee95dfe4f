"""The result of the quiz handed in last."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments import selectors as attempts
from assessments.models import Attempt
from cms import clock
from courses.models import Completion
from courses.registry import evidence_of
from courses.selectors import attempt_context
from courses.views.quiz import paper_of
from courses.views.reading import Reading, enrolled_only, with_reading
from courses.views.verdict import verdict


@require_safe
@with_reading
@enrolled_only
def result(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show what was mastered, what to look at again, and what the completion earned."""
    attempt = _graded(reading)
    if attempt is None:
        return redirect(reading.url("quiz" if reading.active and reading.requirements.has_quiz else "course"))
    detached = attempt.answers_detached_at is not None
    questions = [] if detached else paper_of(reading, attempt)["questions"]
    completion = None if reading.active else Completion.objects.filter(enrolment=reading.enrolment).first()
    evidence = evidence_of(completions=[completion], at=clock.now()) if completion else {}
    context = {
        "reading": reading,
        "completion": completion,
        "evidence": evidence.get(completion.pk, []) if completion else [],
        "failed": reading.failed,
        **verdict(reading, attempt.result or {}, questions, {} if detached else attempts.responses(attempt)),
    }
    return render(request, "courses/pages/result.html", context)


def _graded(reading: Reading) -> Attempt | None:
    quiz, enrolment = reading.snapshot["quiz"], reading.enrolment
    if enrolment is None or quiz is None:
        return None
    return attempts.graded_attempt(
        learner=enrolment.learner,
        quiz_code=quiz["code"],
        context=attempt_context(enrolment),
        since=reading.hidden_before,
    )
