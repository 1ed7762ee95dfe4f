"""News that translations send upwards."""

from django.dispatch import Signal

words_changed = Signal()
"""``language``, ``groups``, ``at``: people brought in other words. Sent inside the transaction that records them."""
