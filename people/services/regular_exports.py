"""Exports that are made again and again, each fetched behind the sign-in for some days; and which columns go out."""

import tempfile
from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.fernet import InvalidToken
from django.db import transaction

from people import audit, outbox, sealing
from people.exceptions import NotForHr
from people.models import ExportColumns, ExportFile, ExportPart, ExportSchedule, Organisation, User
from people.selectors import hr_of, local_day
from people.services import staff_notes
from people.services.exports import write_export
from people.workbooks.kinds import kind_for

MAKE: Final = "people.make_export"
MADE_AT: Final = time(5)
"""On the clock of the organisation: before the day's work begins."""
_IN_MEMORY_BYTES: Final = 4 * 1024 * 1024
_READ_BYTES: Final = 1024 * 1024


@transaction.atomic
def choose_export_columns(
    *, organisation: Organisation, kind: str, columns: Collection[str], by: User, at: datetime
) -> None:
    """Let only these columns of a kind leave the organisation and come into it, beside what identifies a row.

    All of them: no limit.

    Raises:
        UnknownKind: the organisation has no such kind.
        ValueError: a column is not one of the kind.
    """
    known = {column.key: column for column in kind_for(kind, organisation).columns}
    if not set(columns) <= known.keys():
        raise ValueError(f"no columns of {kind}: {set(columns) - known.keys()}")
    chosen = [key for key, column in known.items() if key in columns or column.identifies]
    if len(chosen) == len(known):
        ExportColumns.objects.filter(organisation=organisation, kind=kind).delete()
    else:
        ExportColumns.objects.update_or_create(organisation=organisation, kind=kind, defaults={"columns": chosen})
    audit.record(organisation=organisation, actor=by, verb="export.columns", at=at, kind=kind, columns=len(chosen))


@transaction.atomic
def schedule_export(
    *,
    organisation: Organisation,
    kind: str,
    every: str,
    first_on: date,
    recipient: User,
    by: User,
    at: datetime,
    file_format: str = ExportSchedule.Format.XLSX,
    kept_days: int = 30,
    language: str = "en",
) -> ExportSchedule:
    """Let an export of ``kind`` be made from ``first_on`` on, for somebody of the organisation's HR.

    The same again, as when a page is sent twice, is the one that runs already.

    Raises:
        UnknownKind: the organisation has no such kind.
        NotForHr: ``recipient`` is not HR of the whole organisation.
    """
    kind_for(kind, organisation)
    if not hr_of(organisation).filter(pk=recipient.pk).exists():
        raise NotForHr
    said: dict[str, Any] = {
        "organisation": organisation,
        "kind": kind,
        "every": every,
        "first_on": first_on,
        "recipient": recipient,
        "file_format": file_format,
        "kept_days": kept_days,
        "language": language,
    }
    schedule = ExportSchedule(**said, created_by=by, created_at=at)
    schedule.next_at = next_at(schedule, after=at)
    schedule.full_clean(exclude=("recipient", "created_by"))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    running = ExportSchedule.objects.filter(**said, next_at__isnull=False).first()
    if running is not None:
        return running
    schedule.save()
    audit.record(
        organisation=organisation, actor=by, verb="export.scheduled", target=schedule, at=at, kind=kind, every=every
    )
    return schedule


@transaction.atomic
def stop_export(*, schedule: ExportSchedule, by: User | None, at: datetime) -> None:
    """Make no more files; those that are there stay until their time is over."""
    stopped = ExportSchedule.objects.filter(pk=schedule.pk, next_at__isnull=False).update(next_at=None)
    if stopped:
        audit.record(
            organisation=schedule.organisation,
            actor=by,
            verb="export.stopped",
            target=schedule,
            at=at,
            kind=schedule.kind,
        )


def next_at(schedule: ExportSchedule, *, after: datetime) -> datetime:
    """Return the first instant later than ``after`` at which a file is due."""
    zone = ZoneInfo(schedule.organisation.time_zone)
    day = max(schedule.first_on, local_day(schedule.organisation, after))
    for due_on in _days(schedule.first_on, schedule.every, since=day):
        due_at = datetime.combine(due_on, MADE_AT, zone).astimezone(ZoneInfo("UTC"))
        if due_at > after:
            return due_at
    raise AssertionError("days have no end")


def _days(first_on: date, every: str, *, since: date) -> Iterator[date]:
    """Yield the days of a rhythm from ``since`` on."""
    if every == ExportSchedule.Every.MONTH:
        month = since.year * 12 + since.month - 1
        while True:
            year, index = divmod(month, 12)
            due_on = date(year, index + 1, min(first_on.day, monthrange(year, index + 1)[1]))
            if due_on >= since:
                yield due_on
            month += 1
    step = 7 if every == ExportSchedule.Every.WEEK else 1
    due_on = since + timedelta(days=-((since - first_on).days) % step)
    while True:
        yield due_on
        due_on += timedelta(days=step)


def ask_for_due_exports(*, at: datetime) -> int:
    """Ask for the files that are due, and move their schedules on; return how many. What was missed is made once."""
    due = list(ExportSchedule.objects.filter(next_at__lte=at).order_by("next_at").values_list("pk", flat=True))
    return sum(_ask_for(pk, at) for pk in due)


@transaction.atomic
def _ask_for(pk: int, at: datetime) -> int:
    schedule = (
        ExportSchedule.objects.select_for_update(of=("self",))
        .select_related("organisation", "recipient")
        .filter(pk=pk, next_at__lte=at)
        .first()
    )
    if schedule is None or schedule.next_at is None:
        return 0
    if not hr_of(schedule.organisation).filter(pk=schedule.recipient_id).exists():
        stop_export(schedule=schedule, by=None, at=at)
        return 0
    due_at = schedule.next_at.isoformat()
    outbox.enqueue(kind=MAKE, key=f"{MAKE}:{schedule.pk}:{due_at}", payload={"schedule": schedule.pk, "due_at": due_at})
    schedule.next_at = next_at(schedule, after=at)
    schedule.save(update_fields=["next_at"])
    return 1


def deliver_export(payload: Mapping[str, Any], *, at: datetime) -> ExportFile | None:
    """Make the file that an entry of the outbox asks for; done before, or stopped, or HR no longer: nothing."""
    schedule = ExportSchedule.objects.select_related("organisation", "recipient").filter(pk=payload["schedule"]).first()
    due_at = datetime.fromisoformat(payload["due_at"])
    if schedule is None or not hr_of(schedule.organisation).filter(pk=schedule.recipient_id).exists():
        return None
    if ExportFile.objects.filter(schedule=schedule, due_at=due_at).exists():
        return None
    with tempfile.TemporaryFile() as target:
        rows = write_export(
            organisation=schedule.organisation,
            kind=schedule.kind,
            target=target,
            at=at,
            by=schedule.recipient,
            file_format=schedule.file_format,
            language=schedule.language,
        )
        target.seek(0)
        return _keep(schedule, target, rows=rows, due_at=due_at, at=at)


@transaction.atomic
def _keep(schedule: ExportSchedule, target: Any, *, rows: int, due_at: datetime, at: datetime) -> ExportFile:
    day = local_day(schedule.organisation, at).isoformat()
    file = ExportFile.objects.create(
        schedule=schedule,
        due_at=due_at,
        made_at=at,
        expires_at=at + timedelta(days=schedule.kept_days),
        rows=rows,
        file_name=f"{schedule.kind}-{day}.{schedule.file_format}",
    )
    for number, piece in enumerate(sealing.pieces(iter(lambda: target.read(_READ_BYTES), b""))):
        ExportPart.objects.create(file=file, number=number, sealed=sealing.seal(piece))
    ExportSchedule.objects.filter(pk=schedule.pk).update(made_count=schedule.made_count + 1)
    staff_notes.note(
        user=schedule.recipient,
        organisation=schedule.organisation,
        about=staff_notes.EXPORT,
        target=str(file.public_id),
    )
    return file


def fetch_export(*, file: ExportFile, by: User, at: datetime) -> Any:
    """Return a file that was made, opened for reading, and write down who fetched it.

    Raises:
        FileNotFoundError: its time is over, or it was sealed with a key that is known no longer.
    """
    if file.expires_at <= at:
        raise FileNotFoundError(file.file_name)
    opened = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by whoever reads it
    for part in file.parts.order_by("number").iterator(chunk_size=4):
        try:
            opened.write(sealing.unseal(bytes(part.sealed)))
        except InvalidToken as error:
            opened.close()
            raise FileNotFoundError(file.file_name) from error
    opened.seek(0)
    schedule = file.schedule
    audit.record(
        organisation=schedule.organisation, actor=by, verb="export.fetched", target=file, at=at, kind=schedule.kind
    )
    return opened


def forget_exports(*, at: datetime) -> int:
    """Delete the files whose time is over; return how many."""
    over = ExportFile.objects.filter(expires_at__lte=at)
    count = over.count()
    over.delete()
    return count
