"""Named places where tests end the process, to prove that nothing is lost. Without the environment they do nothing."""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


class FaultInjected(BaseException):
    """The process "ends" here, within a test; not an Exception, so that no handler of errors catches it."""


def fault_point(name: str) -> None:
    """End the process if FIELDFARE_FAULT is ``name``.

    FIELDFARE_FAULT_AFTER (0 unless set) lets so many passes go unharmed first. FIELDFARE_FAULT_MODE=raise raises
    FaultInjected instead of killing.
    """
    if os.environ.get("FIELDFARE_FAULT") != name:
        return
    _passed[name] += 1
    if _passed[name] <= int(os.environ.get("FIELDFARE_FAULT_AFTER", "0")):
        return
    if os.environ.get("FIELDFARE_FAULT_MODE") == "raise":
        raise FaultInjected(name)
    os.kill(os.getpid(), signal.SIGKILL)


def forget_passes() -> None:
    """Count from nothing again."""
    _passed.clear()
