"""Keeping a file that came."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, Final

from cryptography.fernet import InvalidToken
from django.db import transaction

from people import outbox, sealing
from people.exceptions import KeyUsedOtherwise
from people.models import ColumnMapping, Organisation, User, WorkbookImport, WorkbookPart
from people.workbooks.cells import clean, clean_key
from people.workbooks.kinds import Mode, kind_for, kind_of
from people.workbooks.options import Options
from people.workbooks.problems import Problem
from people.workbooks.reading.source import LARGEST_BYTES, rejected

FILES_KEPT_DAYS: Final = 90
_TO_END_DAYS: Final = 7
"""How much longer what a worker has in hand is kept."""
JUDGE: Final = "people.judge_import"
LEFT_BEHIND_AFTER: Final = 2 * outbox.LEASE
"""So long after its arrival nobody judges any more what was to be judged at once."""
_IN_MEMORY_BYTES: Final = 8 * 1024 * 1024
_READ_BYTES: Final = 1024 * 1024


@transaction.atomic
def keep_upload(
    *,
    organisation: Organisation | None,
    kind: str,
    file: IO[bytes],
    file_name: str,
    by: User | None,
    at: datetime,
    mode: Mode = Mode.UPSERT,
    options: Options | None = None,
    idempotency_key: str | None = None,
    later: bool = True,
) -> WorkbookImport:
    """Keep a file, encrypted, to be judged; nothing else is written. With ``later`` a worker judges it, else the caller.

    What is meant by the organisation's headings, as somebody has said before, goes along. With an
    ``idempotency_key`` that came before, the same file gives the same import.

    Raises:
        UnknownKind: there is no such kind of workbook, or it is shared and there is an ``organisation``, or neither.
        ValueError: the kind does not know this mode.
        WorkbookRefused: the file is larger than ``LARGEST_BYTES``.
        KeyUsedOtherwise: the key came before with another file, kind or mode.
    """
    known = kind_for(kind, organisation)
    if mode not in known.modes:
        raise ValueError(f"{kind} knows no mode {mode}")
    options = options or Options()
    file.seek(0, 2)
    if file.tell() > LARGEST_BYTES:
        raise rejected(Problem.TOO_BIG)
    digest = hashlib.sha256(options.digest(kind=kind, mode=mode).encode())
    file.seek(0)
    size = 0
    while block := file.read(_READ_BYTES):
        digest.update(block)
        size += len(block)
    if idempotency_key is not None:
        # Two at once with one key follow each other.
        if organisation is not None:
            Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        before = WorkbookImport.objects.filter(organisation=organisation, idempotency_key=idempotency_key).first()
        if before is not None:
            if before.digest != digest.hexdigest():
                raise KeyUsedOtherwise
            return before
    kept = WorkbookImport.objects.create(
        organisation=organisation,
        kind=kind,
        mode=mode,
        file_name=clean(file_name)[-200:],
        file_bytes=size,
        digest=digest.hexdigest(),
        options=options.to_json(),
        uploaded_by=by,
        uploaded_at=at,
        idempotency_key=idempotency_key,
    )
    file.seek(0)
    for number, piece in enumerate(sealing.pieces(iter(lambda: file.read(_READ_BYTES), b""))):
        WorkbookPart.objects.create(workbook_import=kept, number=number, sealed=sealing.seal(piece))
    ask_for_judging(kept, at, later=later)
    return kept


def ask_for_judging(kept: WorkbookImport, at: datetime, *, later: bool) -> None:
    """Let a worker judge an upload, in the caller's transaction.

    Where the caller judges it himself, not ``later``, the worker looks after ``LEFT_BEHIND_AFTER`` whether he lived to do so.
    """
    key = f"{JUDGE}:{kept.pk}:{at.isoformat()}"
    not_before = None if later else at + LEFT_BEHIND_AFTER
    outbox.enqueue(kind=JUDGE, key=key, payload={"import": kept.pk}, not_before=not_before)


@contextmanager
def opened_file(kept: WorkbookImport) -> Iterator[IO[bytes]]:
    """Open the file as it came.

    Raises:
        FileNotFoundError: it was deleted after ``FILES_KEPT_DAYS``, or sealed with a key that is known no longer.
    """
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
        empty = True
        for part in kept.parts.order_by("number").iterator(chunk_size=4):
            try:
                file.write(sealing.unseal(bytes(part.sealed)))
            except InvalidToken as error:
                raise FileNotFoundError(kept.file_name) from error
            empty = False
        if empty and kept.file_bytes:
            raise FileNotFoundError(kept.file_name)
        file.seek(0)
        yield file  # type: ignore[misc]


def known_mapping(organisation: Organisation | None, kind: str) -> dict[str, str]:
    """Return what the organisation's own headings mean, as somebody has said before."""
    if organisation is None:
        return {}
    return dict(ColumnMapping.objects.filter(organisation=organisation, kind=kind).values_list("heading", "column"))


@transaction.atomic
def remember_mapping(*, organisation: Organisation, kind: str, mapping: Mapping[str, str]) -> None:
    """Keep what headings mean, by their folded text; "" for "left out on purpose"."""
    keys = {column.key for column in kind_of(kind).columns}
    rows = [
        ColumnMapping(organisation=organisation, kind=kind, heading=clean_key(heading)[:120], column=column)
        for heading, column in mapping.items()
        if heading and (column in keys or not column)
    ]
    ColumnMapping.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organisation", "kind", "heading"],
        update_fields=["column"],
    )


def forget_files(*, at: datetime) -> int:
    """Delete files, and what rows said, of uploads older than ``FILES_KEPT_DAYS``; return how many uploads.

    That they were there, who did it, and what came of it, stays. What is being written or taken back has a week more.
    """
    before = at - timedelta(days=FILES_KEPT_DAYS)
    in_hand = (WorkbookImport.State.APPLYING, WorkbookImport.State.UNDOING)
    old = WorkbookImport.objects.filter(uploaded_at__lt=before).exclude(
        state__in=in_hand, uploaded_at__gte=before - timedelta(days=_TO_END_DAYS)
    )
    forgotten = 0
    for pk in list(old.filter(parts__isnull=False).order_by("pk").values_list("pk", flat=True).distinct()):
        with transaction.atomic():
            # Somebody may have said yes to it, or no, since we looked.
            kept = old.select_for_update(of=("self",)).filter(pk=pk).first()
            if kept is None:
                continue
            kept.parts.all().delete()
            kept.rows.all().delete()
            kept.chunks.all().delete()
        forgotten += 1
    return forgotten


def is_forgotten(kept: WorkbookImport) -> bool:
    """Return whether the file, and what its rows said and did, was deleted: it can be neither written nor taken back."""
    return not kept.parts.exists()
