"""Bring the database to where the code is: tables, and what the apps need in them."""

import fcntl
import gc
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from cms.preparation import preparations
from cms.processes import begun
from cms.query_log import log_no_queries


class Command(BaseCommand):
    help = "Migrate, load the curriculum if its files changed and, in development, make the demo organisations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--needed", action="store_true", help="only say whether there is anything to do: yes or no")

    def handle(self, *args: Any, **options: Any) -> str | None:
        if options["needed"]:
            return "yes" if is_behind() or any(step.is_needed() for step in preparations()) else "no"
        self.is_done = False
        with self._alone():
            self._prepare()
        return None if self.is_done else "There was nothing to prepare."

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for another start that is at it here, such as one whose server was killed; a lock ends with its process."""
        with (settings.VAR_DIR / "prepare.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.stdout.write("Another start prepares the database; waiting for it.")
                self.stdout.flush()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare(self) -> None:
        log_no_queries()
        # Migrations make and drop hundreds of thousands of objects; looking for garbage all the time doubles their time.
        gc.set_threshold(200_000, 20, 100)
        # Django forgets which setting names a model whenever a migration describes one, for all of its registries; the one
        # of the installed apps does not change, and asking it anew for every foreign key takes a tenth of the time.
        apps.get_swappable_settings_name = cache(apps.get_swappable_settings_name)  # type: ignore[method-assign]
        steps = preparations()
        ahead = next((step.ahead for step in steps if step.ahead), None) if _is_new() else None
        with begun(ahead) as computed:
            if is_behind():
                self._do("Making the tables", lambda: call_command("migrate", verbosity=0, interactive=False))
            for step in steps:
                if step.is_needed():
                    self._do(step.title, lambda step=step: step.run(computed() if step.ahead else None))

    def _do(self, title: str, act: Callable[[], object]) -> None:
        """Say what begins and, on the same line, how long it took: the first start takes a while."""
        self.is_done = True
        started = time.monotonic()
        self.stdout.write(f"{title} … ", ending="")
        self.stdout.flush()
        act()
        self.stdout.write(f"{time.monotonic() - started:.0f} s")
        self.stdout.flush()


def _is_new() -> bool:
    """Return whether nothing was ever made in the database."""
    return not MigrationRecorder(connection).applied_migrations()


def is_behind() -> bool:
    """Return whether migrations wait to be applied."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
