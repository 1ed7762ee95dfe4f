"""What happens to certificates, for the rooms above."""

from django.dispatch import Signal

# Sent with ``certificate`` (issued, revoked, or the new one of a replacement), inside the transaction that changed it.
certificate_changed = Signal()

# Sent with ``certification`` and ``course_ids``, of what it did not ask of anybody, before it does; whoever objects
# raises a ``ValidationError`` that says why.
courses_to_be_asked = Signal()
