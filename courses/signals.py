"""News that courses send upwards."""

from django.dispatch import Signal

course_completed = Signal()
"""``completion``, ``at``: a course was completed. Sent inside the transaction that records it."""

enrolment_opened = Signal()
"""``enrolment``, ``at``: somebody began a course. Sent inside the transaction that records it."""
