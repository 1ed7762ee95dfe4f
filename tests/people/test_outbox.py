import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from people import outbox
from people.faults import FaultInjected, forget_passes
from people.models import OutboxEntry
from people.tasks import sweep_outbox
from tests.factories.people import AT
from tests.people.conftest import Clock


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the handler of "note" was given; what it does can be changed by ``told.append`` never."""
    heard: list[Any] = []
    monkeypatch.setattr(outbox, "_handlers", {"note": lambda payload: heard.append(payload["n"])})
    return heard


@pytest.fixture(autouse=True)
def _no_faults() -> Iterator[None]:
    forget_passes()
    yield
    forget_passes()


def handle_with(monkeypatch: pytest.MonkeyPatch, handler: Callable[[Mapping[str, Any]], None]) -> None:
    monkeypatch.setattr(outbox, "_handlers", {"note": handler})


def enqueue(n: int = 1, **more: Any) -> None:
    outbox.enqueue(kind="note", key=f"note:{n}", payload={"n": n}, **more)


@pytest.mark.django_db
def test_entry_is_done_once(told: list[Any]) -> None:
    enqueue()
    assert outbox.deliver_due(at=AT, limit=10) == 1
    assert outbox.deliver_due(at=AT, limit=10) == 0
    assert told == [1]
    entry = OutboxEntry.objects.get()
    assert (entry.done_at is not None, entry.claimed_until, entry.attempts) == (True, None, 1)


@pytest.mark.django_db
def test_same_effect_is_written_once(told: list[Any]) -> None:
    enqueue()
    enqueue()
    assert OutboxEntry.objects.count() == 1
    outbox.deliver_due(at=AT, limit=10)
    enqueue()
    assert outbox.deliver_due(at=AT, limit=10) == 0


@pytest.mark.django_db
def test_limit_and_order_hold(told: list[Any]) -> None:
    for n in (1, 2, 3):
        enqueue(n)
    assert outbox.deliver_due(at=AT, limit=2) == 2
    assert told == [1, 2]


@pytest.mark.django_db
def test_entry_waits_for_its_instant(told: list[Any]) -> None:
    enqueue(not_before=AT + timedelta(hours=1))
    assert outbox.deliver_due(at=AT + timedelta(minutes=59), limit=10) == 0
    assert outbox.deliver_due(at=AT + timedelta(hours=1), limit=10) == 1


@pytest.mark.django_db
def test_what_rolls_back_is_not_there(told: list[Any]) -> None:
    @transaction.atomic
    def change() -> None:
        enqueue()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert outbox.deliver_due(at=AT, limit=10) == 0


@pytest.mark.django_db
def test_hint_after_the_commit_delivers_at_once(told: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
        assert told == []
    assert told == [1]


@pytest.mark.django_db
def test_lost_hint_is_made_good_by_the_sweep(
    told: list[Any], django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("people.tasks.deliver.apply_async", fail)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
    assert told == []
    sweep_outbox()
    assert told == [1]


@pytest.mark.django_db
def test_failure_waits_longer_each_time_and_is_final_after_twelve(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[datetime] = []
    now = AT

    def fail(payload: Mapping[str, Any]) -> None:
        tries.append(now)
        raise ValueError("somebody's words")

    handle_with(monkeypatch, fail)
    enqueue()
    waits = []
    for _ in range(12):
        assert outbox.deliver_due(at=now, limit=1) == 0
        entry = OutboxEntry.objects.get()
        if entry.failed_at is None:
            waits.append(round((entry.not_before - now).total_seconds()))
            assert outbox.deliver_due(at=entry.not_before - timedelta(seconds=2), limit=1) == 0
            now = entry.not_before
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 30720]
    entry = OutboxEntry.objects.get()
    assert (len(tries), entry.attempts, entry.failed_at is not None, entry.done_at) == (12, 12, True, None)
    assert outbox.deliver_due(at=now + timedelta(days=30), limit=1) == 0
    outbox.retry(entry=entry)
    handle_with(monkeypatch, lambda payload: None)
    assert outbox.deliver_due(at=now, limit=1) == 1


@pytest.mark.django_db
def test_failure_is_logged_without_its_words(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(payload: Mapping[str, Any]) -> None:
        raise ValueError("Jo Castellan")

    handle_with(monkeypatch, fail)
    enqueue()
    outbox.deliver_due(at=AT, limit=1)
    (line,) = [record for record in caplog.records if record.name == "people.outbox"]
    assert "Jo" not in str(line.__dict__)


@pytest.mark.django_db
def test_one_failure_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []

    def fail_at_two(payload: Mapping[str, Any]) -> None:
        if payload["n"] == 2:
            raise ValueError
        heard.append(payload["n"])

    handle_with(monkeypatch, fail_at_two)
    for n in (1, 2, 3):
        enqueue(n)
    assert outbox.deliver_due(at=AT, limit=10) == 2
    assert heard == [1, 3]


@pytest.mark.django_db
def test_unknown_kind_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_handlers", {})
    enqueue()
    outbox.deliver_due(at=AT, limit=1)
    assert OutboxEntry.objects.get().attempts == 1
    assert OutboxEntry.objects.get().failed_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(("point", "handled"), [("outbox.claimed", []), ("outbox.handled", [1])])
def test_killed_worker_costs_the_lease_and_never_the_effect(
    told: list[Any], monkeypatch: pytest.MonkeyPatch, point: str, handled: list[int]
) -> None:
    enqueue()
    monkeypatch.setenv("FIELDFARE_FAULT", point)
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    with pytest.raises(FaultInjected):
        outbox.deliver_due(at=AT, limit=1)
    monkeypatch.delenv("FIELDFARE_FAULT")
    assert told == handled
    assert outbox.deliver_due(at=AT + timedelta(minutes=4), limit=1) == 0
    assert outbox.deliver_due(at=AT + timedelta(minutes=6), limit=1) == 1
    assert told == [*handled, 1]


@pytest.mark.django_db
def test_entry_that_always_kills_its_worker_is_given_up(told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue()
    OutboxEntry.objects.update(attempts=12, claimed_until=AT)
    assert outbox.deliver_due(at=AT, limit=1) == 0
    assert told == []
    assert OutboxEntry.objects.get().failed_at is not None


@pytest.mark.django_db
def test_handler_runs_outside_any_transaction_of_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    depth: list[int] = []
    before = len(connection.savepoint_ids)
    handle_with(monkeypatch, lambda payload: depth.append(len(connection.savepoint_ids) - before))
    enqueue()
    outbox.deliver_due(at=AT, limit=1)
    assert depth == [0]


@pytest.mark.django_db
def test_late_failure_does_not_undo_anothers_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(payload: Mapping[str, Any]) -> None:
        # Meanwhile the lease ran out and another worker took the entry over.
        OutboxEntry.objects.update(attempts=2, claimed_until=AT + timedelta(minutes=11))
        raise ValueError

    handle_with(monkeypatch, slow)
    enqueue()
    outbox.deliver_due(at=AT, limit=1)
    assert OutboxEntry.objects.get().claimed_until == AT + timedelta(minutes=11)


@pytest.mark.django_db
def test_done_entries_are_forgotten_and_others_stay(told: list[Any]) -> None:
    enqueue(1)
    outbox.deliver_due(at=AT, limit=1)
    enqueue(2)
    assert outbox.forget_done(before=AT + timedelta(days=1)) == 1
    assert OutboxEntry.objects.get().key == "note:2"


@pytest.mark.django_db
def test_sweep_forgets_what_is_old(told: list[Any], the_clock: Clock) -> None:
    from people.tasks import sweep_forgettable

    enqueue(1)
    outbox.deliver_due(at=AT, limit=1)
    the_clock.forward(days=29)
    sweep_forgettable()
    assert OutboxEntry.objects.count() == 1
    the_clock.forward(days=2)
    sweep_forgettable()
    assert OutboxEntry.objects.count() == 0


def write_entries(count: int) -> None:
    for n in range(count):
        OutboxEntry.objects.create(kind="note", key=f"note:{n}", payload={"n": n}, not_before=AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="threads share one connection there; processes are tried below"
)
def test_several_workers_do_each_entry_once(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    handle_with(monkeypatch, lambda payload: heard.append(payload["n"]))
    write_entries(40)
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(outbox.deliver_due(at=AT, limit=100))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(heard) == list(range(40))
    assert sum(counts) == 40


def copy_outbox(file: Path) -> None:
    """Write the outbox as it is, schema and rows, to a database file of its own."""
    with connection.cursor() as cursor, closing(sqlite3.connect(file)) as copy:
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'people_outboxentry' AND sql IS NOT NULL")
        for (statement,) in cursor.fetchall():
            copy.execute(statement)
        cursor.execute("SELECT * FROM people_outboxentry")
        marks = ", ".join("?" for _ in cursor.description)
        copy.executemany(f"INSERT INTO people_outboxentry VALUES ({marks})", cursor.fetchall())
        copy.commit()


WORKER = """
import os, sys
import django
django.setup()
from datetime import datetime
from people import outbox

def handle(payload):
    with open(sys.argv[1], "a") as heard:
        heard.write(f"{payload['n']}\\n")

outbox.register("note", handle)
outbox.deliver_due(at=datetime.fromisoformat(sys.argv[2]), limit=100)
"""


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="threads do it on PostgreSQL")
def test_several_processes_share_an_sqlite_file_and_killed_ones_lose_nothing(tmp_path: Path) -> None:
    write_entries(40)
    database, heard = tmp_path / "copy.sqlite3", tmp_path / "heard"
    copy_outbox(database)

    def start(at: datetime, **faults: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, str(heard), at.isoformat()],
            env={
                **os.environ,
                "DATABASE_URL": f"sqlite:///{database}",
                "DJANGO_SETTINGS_MODULE": "cms.settings.test",
                **faults,
            },
        )

    killed = [
        start(AT, FIELDFARE_FAULT="outbox.claimed", FIELDFARE_FAULT_AFTER="3"),
        start(AT, FIELDFARE_FAULT="outbox.handled", FIELDFARE_FAULT_AFTER="3"),
    ]
    assert [worker.wait(120) for worker in killed] == [-signal.SIGKILL, -signal.SIGKILL]
    well = [start(AT), start(AT)]
    assert [worker.wait(120) for worker in well] == [0, 0]
    # Two claims are still held by the dead; their leases run out.
    assert len(heard.read_text().split()) == 39
    assert start(AT + timedelta(minutes=6)).wait(120) == 0
    done = Counter(int(n) for n in heard.read_text().split())
    assert sorted(done) == list(range(40))
    # Only the one that was killed between its effect and the note of it was done twice.
    assert sorted(done.values()) == [1] * 39 + [2]
