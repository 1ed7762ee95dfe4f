"""Two chunks of an import at a time leave what one after another leaves, and give way where they cannot."""

import os
import signal
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection

from people import faults, services
from people.faults import FaultInjected
from people.kinds.people import PeopleKind
from people.models import WorkbookChunk, WorkbookImport
from people.services.imports import writing
from tests.corpus.workbooks import KEYS, xlsx
from tests.factories.people import AT
from tests.people.workbooks.conftest import Hand, larch  # noqa: F401  # a fixture

PEOPLE = 20

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("one connection may write at a time in SQLite")
    monkeypatch.setattr(writing, "CHUNK_ROWS", 3)
    monkeypatch.setattr(writing, "SIDE_BY_SIDE_ROWS", 0)
    # What these tests patch and count is in one process; those of processes say so.
    monkeypatch.setattr(threading, "active_count", lambda: 2)


@pytest.fixture
def _processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture
def kept(larch: Hand) -> WorkbookImport:  # noqa: F811
    rows = [[f"{n:03}", f"Person {n}", None, "fsj", "hk", "2026-03-02", None] for n in range(PEOPLE)]
    kept = larch.look(xlsx(KEYS, *rows))
    services.confirm_import(workbook_import=kept, by=None, at=AT, later=False)
    return kept


def parts_alone(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count in the list the chunks that are written one at a time."""
    alone: list[int] = []
    write = writing._write_chunk

    def counted(import_id: int, at: Any) -> bool:
        alone.append(import_id)
        return write(import_id, at)

    monkeypatch.setattr(writing, "_write_chunk", counted)
    return alone


def write(kept: WorkbookImport, **said: Any) -> WorkbookImport:
    return services.write_import(import_id=kept.pk, at=AT, turn_seconds=said.get("turn_seconds"))


@pytest.mark.parametrize("threads", [1, 2])
def test_all_is_written_in_order_and_can_be_taken_back(
    larch: Hand,  # noqa: F811
    kept: WorkbookImport,
    monkeypatch: pytest.MonkeyPatch,
    threads: int,
) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    alone = parts_alone(monkeypatch)
    done = write(kept)
    assert (done.state, done.applied_rows, done.outcome["new"]) == (WorkbookImport.State.APPLIED, PEOPLE, PEOPLE)
    # Alone are only the end of the first pass and that of the second.
    assert len(alone) == 2
    assert [len(it.undo) for it in WorkbookChunk.objects.all()] == [3, 3, 3, 3, 3, 3, 2]
    firsts = [it.undo[0]["key"] for it in WorkbookChunk.objects.all()]
    assert firsts == ["000", "003", "006", "009", "012", "015", "018"]
    assert len(larch.people()) == len(larch.jobs()) == PEOPLE
    assert larch.undo(kept).state == WorkbookImport.State.UNDONE
    assert larch.jobs() == []


def failing(monkeypatch: pytest.MonkeyPatch, key: str, times: int) -> None:
    """Let the database refuse the chunk with this row, so many times."""
    original = PeopleKind.write
    left = [times]

    def refuse(self: PeopleKind, plans: Any, setting: Any, *, number: int) -> Any:
        if left[0] and any(plan.given.key == key for plan in plans):
            left[0] -= 1
            raise IntegrityError("refused")
        return original(self, plans, setting, number=number)

    monkeypatch.setattr(PeopleKind, "write", refuse)


@pytest.mark.parametrize("key", ["000", "004", "019"])
def test_what_was_refused_is_written_alone(
    larch: Hand,  # noqa: F811
    kept: WorkbookImport,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
) -> None:
    failing(monkeypatch, key, 1)
    assert write(kept).state == WorkbookImport.State.APPLIED
    assert len(larch.people()) == len(larch.jobs()) == PEOPLE


def test_what_is_refused_alone_too_is_said_and_nothing_of_it_stays(
    larch: Hand,  # noqa: F811
    kept: WorkbookImport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing(monkeypatch, "007", 2)
    with pytest.raises(IntegrityError):
        write(kept)
    kept.refresh_from_db()
    assert (kept.state, kept.applied_rows, len(larch.jobs())) == (WorkbookImport.State.APPLYING, 6, 6)
    assert write(kept).state == WorkbookImport.State.APPLIED
    assert len(larch.people()) == PEOPLE


@pytest.mark.parametrize("name", ["imports.chunk_written", "imports.chunk_committed"])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_fault_in_a_lane_leaves_whole_chunks(
    larch: Hand,  # noqa: F811
    kept: WorkbookImport,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    after: int,
) -> None:
    faults.forget_passes()
    monkeypatch.setenv("FIELDFARE_FAULT", name)
    monkeypatch.setenv("FIELDFARE_FAULT_AFTER", str(after))
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    with pytest.raises(FaultInjected):
        write(kept)
    monkeypatch.delenv("FIELDFARE_FAULT")
    kept.refresh_from_db()
    assert kept.applied_rows < PEOPLE
    assert len(larch.people()) == len(larch.jobs()) == kept.applied_rows
    assert write(kept).state == WorkbookImport.State.APPLIED
    assert len(larch.people()) == len(larch.jobs()) == PEOPLE


@pytest.mark.usefixtures("_processes")
@pytest.mark.parametrize("key", ["000", "010", "019"])
def test_what_a_killed_lane_leaves_is_written_alone(
    larch: Hand,  # noqa: F811
    kept: WorkbookImport,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
) -> None:
    original = PeopleKind.write
    mine = os.getpid()

    def die(self: PeopleKind, plans: Any, setting: Any, *, number: int) -> Any:
        if os.getpid() != mine and any(plan.given.key == key for plan in plans):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, plans, setting, number=number)

    monkeypatch.setattr(PeopleKind, "write", die)
    alone = parts_alone(monkeypatch)
    assert write(kept).state == WorkbookImport.State.APPLIED
    assert len(larch.people()) == len(larch.jobs()) == PEOPLE
    assert [it.undo[0]["key"] for it in WorkbookChunk.objects.all()][::3] == ["000", "009", "018"]
    assert 3 <= len(alone) <= 4
    # Whoever ended was waited for.
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_each_turn_goes_on(
    larch: Hand,  # noqa: F811
    kept: WorkbookImport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "ask_for_writing", lambda kept: None)
    seen = []
    while write(kept, turn_seconds=-1).state != WorkbookImport.State.APPLIED:
        seen.append(len(larch.people()))
    assert seen == [3, 6, 9, 12, 15, 18, 20, 20]
