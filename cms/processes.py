"""A second core for what only computes: functions that read no database run in copies of this process."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Final, TypeVar

_In = TypeVar("_In")
_Out = TypeVar("_Out")

PROCESSES: Final = 2
"""As many as a small server has cores."""


def may_be_copied() -> bool:
    """Whether a copy of this process would be sound.

    A copy has one thread, and every lock as it was: where another thread held one, the copy would wait for ever.
    """
    return hasattr(os, "fork") and threading.active_count() == 1


def may_be_doubled() -> bool:
    """Whether a copy would be sound and of use to what only computes, and a pool of copies may be made here."""
    return may_be_copied() and (os.cpu_count() or 1) > 1 and not multiprocessing.current_process().daemon


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork"))


def mapped(work: Callable[[_In], _Out], items: Sequence[_In]) -> list[_Out]:
    """Return ``work`` of each of ``items``, in order, on as many cores as may be used.

    ``work`` stands at the top of a module; what it takes and returns can be pickled. What it raises is raised here.
    """
    if len(items) > 1 and may_be_doubled():
        try:
            with _pool(min(PROCESSES, len(items))) as pool:
                return list(pool.map(work, items))
        except BrokenProcessPool:
            # Somebody ended one of them, such as a machine that is short of memory.
            pass
    return [work(item) for item in items]


@contextmanager
def begun(work: Callable[[], _Out] | None) -> Iterator[Callable[[], _Out | None]]:
    """Begin ``work`` in another process; yield what waits for it and returns what it returned.

    That returns None where nothing was begun, and where the work failed: whoever does it again here will see why.
    """
    if work is None or not may_be_doubled():
        yield lambda: None
        return
    with _pool(1) as pool:
        under_way: Future[_Out] = pool.submit(work)

        def result() -> _Out | None:
            found = under_way.result() if under_way.exception() is None else None
            # With its threads ended, this process may be doubled again.
            pool.shutdown()
            return found

        yield result
