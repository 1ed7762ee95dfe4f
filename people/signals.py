"""News for the apps above, sent inside the transaction that records it. Receivers accept further arguments."""

from django.dispatch import Signal

employment_changed = Signal()
"""``membership``, ``at``: an employment began, ended or was corrected."""

employments_changed = Signal()
"""``memberships`` (keys), ``at``: the same of many people at once, in place of as many single ones."""

membership_renamed = Signal()
"""``membership``, ``at``: the name that certificates show has changed."""

entry_use_asked = Signal()
"""``membership``: receivers answer whether anything was ever learnt under it."""

entries_joined = Signal()
"""``kept``, ``other`` (memberships of one organisation), ``at``: all facts of ``other`` are now those of ``kept``."""

users_merged = Signal()
"""``kept``, ``merged`` (users), ``membership``, ``at``: all of ``merged`` now belongs to ``kept``."""
