import signal
import subprocess
import sys

import pytest

from people.faults import FaultInjected, fault_point, forget_passes


@pytest.fixture(autouse=True)
def _forget() -> None:
    forget_passes()


def test_nothing_happens_without_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDFARE_FAULT", raising=False)
    fault_point("outbox.claimed")


def test_named_point_raises_where_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDFARE_FAULT", "outbox.claimed")
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    fault_point("outbox.handled")
    with pytest.raises(FaultInjected):
        fault_point("outbox.claimed")


def test_passes_go_unharmed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDFARE_FAULT", "outbox.claimed")
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    monkeypatch.setenv("FIELDFARE_FAULT_AFTER", "2")
    fault_point("outbox.claimed")
    fault_point("outbox.claimed")
    with pytest.raises(FaultInjected):
        fault_point("outbox.claimed")


def test_no_handler_of_errors_catches_a_fault() -> None:
    assert not issubclass(FaultInjected, Exception)


def test_process_is_killed() -> None:
    code = "from people.faults import fault_point; fault_point('here'); print('alive')"
    ended = subprocess.run(
        [sys.executable, "-c", code], env={"FIELDFARE_FAULT": "here"}, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, b"")
