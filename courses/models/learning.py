"""Learning as a log: events, the enrolment that they fold into, and completions."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class Enrolment(models.Model):
    """A learner's way through one edition of a course. A renewal is a new enrolment; the old one stays.

    ``fold`` is the read model of the events (shape and laws: courses.fold); a command rebuilds it and must find it
    unchanged. ``membership`` says for which workplace; null: the learner's own.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="enrolments")
    membership = models.ForeignKey(
        "people.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="enrolments"
    )
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="enrolments")
    edition = models.ForeignKey("courses.Edition", on_delete=models.PROTECT, related_name="enrolments")
    number = models.PositiveIntegerField()
    """1 for the first time, 2 for the first renewal …"""
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    fold = models.JSONField(default=dict)

    class Meta:
        ordering = ("-opened_at",)
        # SQLite cannot treat nulls as equal in a unique constraint, so each rule stands twice.
        constraints = (
            models.UniqueConstraint(
                fields=("learner", "membership", "course", "number"),
                condition=Q(membership__isnull=False),
                name="enrolment_number_once",
            ),
            models.UniqueConstraint(
                fields=("learner", "course", "number"),
                condition=Q(membership__isnull=True),
                name="own_enrolment_number_once",
            ),
            models.UniqueConstraint(
                fields=("learner", "membership", "course"),
                condition=Q(completed_at__isnull=True, membership__isnull=False),
                name="one_open_enrolment",
            ),
            models.UniqueConstraint(
                fields=("learner", "course"),
                condition=Q(completed_at__isnull=True, membership__isnull=True),
                name="one_open_own_enrolment",
            ),
        )

    def __str__(self) -> str:
        return f"enrolment {self.public_id}"


class LearningEvent(models.Model):
    """Something a learner did, observed by a browser, an offline pack, another system or a trainer's tablet.

    Idempotent by (learner, uuid): the earliest receipt wins. Append-only.
    """

    class Verb(models.TextChoices):
        """What was done."""

        ENROLLED = "enrolled", pgettext_lazy("learning event", "Enrolled")
        STARTED = "started", pgettext_lazy("learning event", "Started")
        VIEWED = "viewed", pgettext_lazy("learning event", "Viewed")
        LESSON_COMPLETED = "lesson_completed", pgettext_lazy("learning event", "Completed a lesson")
        QUIZ_GRADED = "quiz_graded", pgettext_lazy("learning event", "Quiz graded")
        COURSE_COMPLETED = "course_completed", pgettext_lazy("learning event", "Completed the course")

    uuid = models.UUIDField()
    learner = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="learning_events")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=20, choices=Verb.choices)
    edition_text = models.ForeignKey("courses.EditionText", on_delete=models.PROTECT, related_name="+")
    lesson_code = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=20)
    rendition = models.CharField(max_length=20, default="read")
    claimed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    origin = models.CharField(max_length=20, default="browser")
    data = models.JSONField(default=dict, blank=True)
    """``attempt`` (its public id) and ``passed`` for quiz_graded; ``completion`` for course_completed.

    ``overlays``: digests of the local parts (``FrozenOverlay``) that we showed with the lesson.
    ``session`` (its public id): seen in a session in person. Of a quiz answered there ``attempt`` names the session.
    """

    class Meta:
        ordering = ("received_at", "pk")
        constraints = (models.UniqueConstraint(fields=("learner", "uuid"), name="event_once_per_learner"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.uuid}"


class Completion(models.Model):
    """The fact that a course was completed; names what must still be said when course and person are gone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="completion")
    learner = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="completions")
    membership = models.ForeignKey(
        "people.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="completions"
    )
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="completions")
    edition_text = models.ForeignKey("courses.EditionText", on_delete=models.PROTECT, related_name="+")
    completed_on = models.DateField()
    """Local date, in ``time_zone``, of the learner's last required event (renewal, rule R4)."""
    completed_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-completed_on", "-pk")
        indexes = (models.Index(fields=("membership", "course", "completed_on"), name="completion_by_membership"),)

    def __str__(self) -> str:
        return f"completion {self.public_id}"
