"""A worker dies in the middle of judging, writing or taking back a workbook: the result is whole all the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from people import faults, services
from people.faults import FaultInjected
from people.models import WorkbookImport
from people.services.imports import judging, writing
from tests import migrated
from tests.corpus.workbooks import KEYS, xlsx
from tests.factories.people import AT
from tests.people.workbooks.conftest import Hand, counted, larch  # noqa: F401  # a fixture

PEOPLE = 20
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (judging, "BATCH_ROWS"),
        (judging, "BATCH_ROWS_SQLITE"),
        (writing, "CHUNK_ROWS"),
        (writing, "CHUNK_ROWS_SQLITE"),
    ):
        monkeypatch.setattr(module, name, 3)


def ends(monkeypatch: pytest.MonkeyPatch, name: str, after: int, act: Callable[[], object]) -> bool:
    """Run ``act`` and end it at ``name``; return whether that was met."""
    faults.forget_passes()
    monkeypatch.setenv("FIELDFARE_FAULT", name)
    monkeypatch.setenv("FIELDFARE_FAULT_AFTER", str(after))
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    try:
        act()
    except FaultInjected:
        return True
    finally:
        monkeypatch.delenv("FIELDFARE_FAULT")
    return False


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_small_chunks")
@pytest.mark.parametrize("after", [0, 1, 4])
def test_every_fault_leaves_a_whole(larch: Hand, monkeypatch: pytest.MonkeyPatch, after: int) -> None:  # noqa: F811
    rows = [[f"{n:03}", f"Person {n}", None, "fsj", "hk", "2026-03-02", None] for n in range(PEOPLE)]
    kept = services.keep_upload(
        organisation=larch.organisation,
        kind="people",
        file=xlsx(KEYS, *rows),
        file_name="p.xlsx",
        by=None,
        at=AT,
        later=False,
    )

    def judge() -> WorkbookImport:
        return services.judge_import(import_id=kept.pk, at=AT)

    def write() -> WorkbookImport:
        return services.write_import(import_id=kept.pk, at=AT, turn_seconds=None)

    def take_back() -> WorkbookImport:
        return services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)

    assert ends(monkeypatch, "imports.staged", after, judge)
    assert counted(judge()) == (PEOPLE, 0, 0, 0, 0)
    assert kept.rows.count() == PEOPLE
    services.confirm_import(workbook_import=kept, by=None, at=AT, later=False)
    for name in ("imports.chunk_written", "imports.chunk_committed"):
        assert ends(monkeypatch, name, after // 2, write)
        # What stands is whole chunks: as many people as jobs, as many as the cursor has passed.
        kept.refresh_from_db()
        assert len(larch.people()) == len(larch.jobs()) == kept.applied_rows
    assert write().state == WorkbookImport.State.APPLIED
    assert len(larch.people()) == len(larch.jobs()) == PEOPLE
    services.undo_import(workbook_import=kept, by=None, at=AT, later=False)
    assert ends(monkeypatch, "imports.chunk_taken_back", after, take_back)
    assert take_back().state == WorkbookImport.State.UNDONE
    assert larch.jobs() == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    migrated.is_ours(), reason="the test database of SQLite lies in memory, where no other process sees it"
)
def test_killed_process_leaves_a_whole(larch: Hand) -> None:  # noqa: F811
    # One chunk of the size that such a process writes, and a part of another.
    rows = [[f"{n:04}", f"Person {n}", None, "fsj", "hk", "2026-03-02", None] for n in range(600)]
    kept = larch.look(xlsx(KEYS, *rows))
    services.confirm_import(workbook_import=kept, by=None, at=AT, later=False)
    code = (
        "import django; django.setup(); from cms import clock; from people import services; "
        f"services.write_import(import_id={kept.pk}, at=clock.now(), turn_seconds=None)"
    )
    settings = connection.settings_dict
    url = (
        f"sqlite:///{settings['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cms.settings.test",
            "DATABASE_URL": url,
            "FIELDFARE_FAULT": "imports.chunk_written",
            "FIELDFARE_FAULT_AFTER": "1",
        },
        check=False,
        timeout=120,
        stderr=subprocess.DEVNULL,
    )
    assert process.returncode == -signal.SIGKILL
    kept.refresh_from_db()
    assert 0 < kept.applied_rows < 600
    assert len(larch.jobs()) == kept.applied_rows
    assert services.write_import(import_id=kept.pk, at=AT, turn_seconds=None).state == WorkbookImport.State.APPLIED
    assert len(larch.people()) == len(larch.jobs()) == 600
