"""Work that is done in copies of this process: only where a copy is sound, and the same as here."""

import os
import signal
import threading

import pytest

from cms.processes import begun, mapped, may_be_doubled

HERE = os.getpid()


def where(number: int) -> tuple[int, bool]:
    return number * 2, os.getpid() == HERE


def refuse(number: int) -> int:
    if number == 2:
        raise ValueError("two")
    return number


def ended_elsewhere(number: int) -> int:
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def nothing() -> int:
    raise ValueError("nothing")


def seven() -> tuple[int, bool]:
    return 7, os.getpid() == HERE


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a command: whoever runs these tests may have threads of its own."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_a_process_with_threads_or_one_core_is_not_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not may_be_doubled()
    assert mapped(where, [1, 2, 3]) == [(2, True), (4, True), (6, True)]
    with begun(seven) as result:
        assert result() is None
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert not may_be_doubled()


@pytest.mark.usefixtures("_alone")
def test_what_is_computed_elsewhere_comes_back_in_order() -> None:
    assert mapped(where, [1, 2, 3]) == [(2, False), (4, False), (6, False)]
    # One thing is not worth a copy.
    assert mapped(where, [1]) == [(2, True)]
    with pytest.raises(ValueError, match="two"):
        mapped(refuse, [1, 2, 3])


@pytest.mark.usefixtures("_alone")
def test_what_was_ended_elsewhere_is_computed_here() -> None:
    assert mapped(ended_elsewhere, [1, 2]) == [1, 2]


@pytest.mark.usefixtures("_alone")
def test_work_that_was_begun_says_what_it_found_or_nothing() -> None:
    before = threading.enumerate()
    with begun(seven) as result:
        assert result() == (7, False)
        assert threading.enumerate() == before
    with begun(nothing) as result:
        assert result() is None
    with begun(None) as result:
        assert result() is None
