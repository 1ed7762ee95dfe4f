"""Lanes: chunks of one upload that are written at a time, each on a connection of its own, committed in their order.

A lane is told from which row to which it writes, says when that is done but for the commit, and is told whether to
commit. Whoever tells it keeps the order. A lane is a process where this one may be copied, so that each core is used,
and a thread where it may not.
"""

import gc
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, Final

from django.db import connection, connections, transaction

from cms.processes import may_be_copied

logger = logging.getLogger(__name__)

LANES: Final = 3
"""One more than a small server has cores: a lane that is done waits for its turn to commit."""

Write = Callable[[int, int], Callable[[], bool]]
"""Takes the row behind which a chunk begins and its last; writes it and returns what moves the cursor, or cannot."""


class Lane:
    """The end of a lane at which it is told what to do. A lane that has failed is told in vain, and ends nothing."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def begin(self, start: int, end: int) -> None:
        """Let it write the rows behind ``start`` up to ``end``."""
        with suppress(OSError):
            self._line.send((start, end))

    def ends(self, *, committed: bool) -> bool:
        """Wait until the chunk is written; commit it or not; return whether it was committed."""
        try:
            if not self._line.recv():
                return False
            self._line.send(committed)
            return bool(self._line.recv())
        except (EOFError, OSError):
            return False

    def close(self) -> None:
        """Let it end; what was not committed is undone."""
        self._line.close()


@contextmanager
def lanes(write: Write) -> Iterator[list[Lane]]:
    """Open lanes that write by ``write``; on leaving, all have ended and nothing of them is under way."""
    may_fork = may_be_copied()
    start = _in_a_process if may_fork else _in_a_thread
    opened: list[Lane] = []
    ending: list[Callable[[], Any]] = []
    try:
        with _left_alone() if may_fork else nullcontext():
            for _ in range(LANES):
                ours, theirs = Pipe()
                opened.append(Lane(ours))
                ending.append(start(write, theirs, opened))
        yield opened
    finally:
        for lane in opened:
            lane.close()
        for end in ending:
            end()


@contextmanager
def _left_alone() -> Iterator[None]:
    """Let copies that are made meanwhile leave alone what is here, and so share its memory with this process.

    Otherwise the collector of each copy writes into every object that it looks at, and each copy holds all of them anew.
    """
    was_left_alone = gc.get_freeze_count() > 0
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        if not was_left_alone:
            gc.unfreeze()


def _in_a_thread(write: Write, line: Connection, _opened: list[Lane]) -> Callable[[], Any]:
    thread = threading.Thread(target=_work, args=(write, line), name="import-lane", daemon=True)
    thread.start()
    return thread.join


def _in_a_process(write: Write, line: Connection, opened: list[Lane]) -> Callable[[], Any]:
    """Copy this process. The copy lets go what is not its own: the other ends, and connections to the database."""
    process_id = os.fork()
    if process_id == 0:
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            for lane in opened:
                lane.close()
            for alias in list(connections):
                # The driver ends a connection only in the process that opened it.
                with suppress(AttributeError):
                    del connections[alias]
            _work(write, line)
        finally:
            # Nothing that was registered for the end of the first process is done twice.
            os._exit(0)
    line.close()

    def wait() -> None:
        with suppress(ChildProcessError):
            os.waitpid(process_id, 0)

    return wait


def _work(write: Write, line: Connection) -> None:
    try:
        while True:
            start, end = line.recv()
            line.send(_write(write, line, start, end))
    except (EOFError, OSError):
        pass
    except BaseException as error:  # of whatever kind: it is said where the chunk is written alone
        extra = {"event": "imports.side_by_side", "outcome": "alone", "error": type(error).__name__}
        logger.info("a chunk is written alone", extra=extra)
    finally:
        line.close()
        connection.close()


def _write(write: Write, line: Connection, start: int, end: int) -> bool:
    """Write a chunk and commit it if that is asked; return whether it was committed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Who holds one chunk and waits for the other would wait for ever: the server does not see the order.
            cursor.execute("SET LOCAL lock_timeout = '3s'")
        move = write(start, end)
        line.send(True)
        if line.recv() and move():
            return True
        transaction.set_rollback(True)
        return False
