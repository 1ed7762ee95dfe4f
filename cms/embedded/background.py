"""Celery's worker and beat as threads, so that one process is the whole platform."""

import logging
import threading
from typing import Any

from celery import Celery, concurrency
from celery.beat import Scheduler, Service
from celery.worker import WorkController

logger = logging.getLogger(__name__)


class Background:
    """A worker and a beat beside the web server.

    ``WorkController`` and not ``app.Worker``: the latter installs signal handlers, which a thread cannot.
    Messages live in memory; what they would have caused is in the outbox, which beat sweeps every few seconds.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._worker: WorkController | None = None
        self._beat: Service | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start both threads; returns at once."""
        # Celery would otherwise replace the process's logging and complain about a missing console.
        pool: Any = concurrency.get_implementation("threads")
        self._worker = WorkController(
            app=self._app,
            pool_cls=pool,
            concurrency=2,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self._beat = Service(self._app, scheduler_cls=Scheduler, max_interval=5)
        for name, run in (("worker", self._worker.start), ("beat", lambda: self._beat_start())):
            thread = threading.Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _beat_start(self) -> None:
        assert self._beat is not None
        self._beat.start(embedded_process=False)

    def stop(self, seconds: float = 5.0) -> None:
        """Ask both to end and wait up to ``seconds`` for each."""
        if self._beat is not None:
            self._beat.stop(wait=False)
        if self._worker is not None:
            # Leaves running tasks to finish within the wait; a task that does not is made good by the next sweep.
            threading.Thread(target=self._stop_worker, daemon=True).start()
        for thread in self._threads:
            thread.join(seconds)

    def _stop_worker(self) -> None:
        try:
            assert self._worker is not None
            self._worker.stop(in_sighandler=False)
        except Exception:  # shutting down: nothing is lost, the outbox holds what must happen
            logger.debug("worker did not stop cleanly")
