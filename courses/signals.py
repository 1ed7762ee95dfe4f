"""News that courses send upwards."""

from django.dispatch import Signal

course_completed = Signal()
"""``completion``, ``at``: a course was completed. Sent inside the transaction that records it."""

completion_untold = Signal()
"""``completion``: a receiver of ``course_completed`` failed, so that what all of them did is undone. Sent inside the
transaction that records the completion, for those who owe something to write that down; who fails here fails it all.
"""

enrolment_opened = Signal()
"""``enrolment``, ``at``: somebody began a course. Sent inside the transaction that records it."""

edition_released = Signal()
"""``edition``, ``at``: a course was released. Sent inside the transaction that records it."""

part_withdrawn = Signal()
"""``withdrawal``, ``at``, ``is_copy``: a part was taken away from readers; ``is_copy``: because it says the same as
another that its owner took back. Sent inside the transaction that records it.
"""

review_said = Signal()
"""``said``, ``at``: a reviewer said something. Sent inside the transaction that records it."""

session_counted = Signal()
"""``attendance``, ``at``: it is on record that somebody was at a session. Sent inside the transaction that records it."""
