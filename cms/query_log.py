"""Queries without the log that Django keeps of them in development."""

from django.db.backends.base.base import BaseDatabaseWrapper


def log_no_queries() -> None:
    """Keep no log of queries in this process unless a test or a debugger asks for one.

    With DEBUG Django logs each of them with its values, for which it asks SQLite once more: one command that serves
    a demonstration would do everything twice and remember it.
    """
    BaseDatabaseWrapper.queries_logged = property(lambda self: self.force_debug_cursor)  # type: ignore[assignment,method-assign]
