"""Attempts: a frozen paper, the answers while they are needed, and the graded result."""

import uuid

from django.db import models


class Attempt(models.Model):
    """One paper of one learner.

    ``paper`` is self-contained JSON (see assessments.papers); grading reads nothing else. ``context`` names what the
    quiz is taken for in the app above (an enrolment's id), which this app never reads.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="attempts")
    quiz_code = models.CharField(max_length=80)
    context = models.CharField(max_length=80)
    form = models.PositiveIntegerField()
    """1 for the first paper in this context, 2 for the next …"""
    paper = models.JSONField()
    language = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    """What grading found (assessments.grading.Result.to_json); null until submitted."""
    passed = models.BooleanField(null=True, blank=True)
    answers_detached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("learner", "context", "quiz_code", "form"), name="attempt_form_once"),
        )
        indexes = (
            models.Index(
                fields=("submitted_at",),
                condition=models.Q(submitted_at__isnull=False, answers_detached_at__isnull=True),
                name="attempt_answers_to_detach",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quiz_code} form {self.form}"


class Answer(models.Model):
    """What a learner answered to one question of a paper; saved at once, may change until the paper is handed in."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question_key = models.CharField(max_length=80)
    response = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("attempt", "question_key"), name="answer_once_per_question"),)
        # What is left for long is looked for each night.
        indexes = (models.Index(fields=("saved_at",), name="answer_by_saving"),)

    def __str__(self) -> str:
        return self.question_key


class AnonymousAnswer(models.Model):
    """An answer that lost its person: question version, language and what was chosen, for item statistics only.

    Its id is random: counting ids would show which answers were taken from one paper.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question_key = models.CharField(max_length=80)
    question_version = models.CharField(max_length=16)
    language = models.CharField(max_length=20)
    response = models.JSONField()
    score_percent = models.PositiveIntegerField()
    rest_passed = models.BooleanField(null=True)
    """Whether the rest of the paper reached the pass mark; null where that is not known. No finer: it must join nothing."""
    month = models.DateField()
    """First day of the month of grading; no finer, so that nobody can be picked out."""

    class Meta:
        indexes = (models.Index(fields=("question_key", "question_version", "language"), name="anonymous_by_question"),)

    def __str__(self) -> str:
        return self.question_key
