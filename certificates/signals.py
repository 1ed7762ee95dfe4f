"""What happens to certificates, for the rooms above."""

from django.dispatch import Signal

# Sent with ``certificate`` (issued, revoked, or the new one of a replacement), inside the transaction that changed it.
certificate_changed = Signal()
