"""News that courses send upwards."""

from django.dispatch import Signal

course_completed = Signal()
"""``completion``, ``at``: a course was completed. Sent inside the transaction that records it."""
