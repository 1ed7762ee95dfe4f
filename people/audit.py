"""The log of what staff did."""

from datetime import date, datetime

from django.db.models import Model

from cms import clock
from people.models import AuditEntry, Organisation, User

_PERSONAL = frozenset({"name", "email", "phone", "address", "answer", "answers", "language", "pin", "code"})
_LONGEST_VALUE = 60


def record(
    *,
    organisation: Organisation | None,
    actor: User | None,
    verb: str,
    target: Model | None = None,
    at: datetime | None = None,
    **data: object,
) -> AuditEntry:
    """Write that ``actor`` did ``verb`` to ``target``, in the caller's transaction.

    ``data`` holds counts, dates, codes and truth values. ``at`` is now unless given. ``actor`` None: the system.

    Raises:
        ValueError: ``data`` has a personal key, or a value that is not small and plain.
    """
    return AuditEntry.objects.create(
        organisation=organisation,
        actor=actor,
        verb=verb,
        target_kind=target._meta.label_lower if target is not None else "",
        target_id=str(getattr(target, "public_id", target.pk)) if target is not None else "",
        data={key: _plain(key, value) for key, value in data.items()},
        happened_at=at or clock.now(),
    )


def _plain(key: str, value: object) -> str | int | bool | None:
    if key in _PERSONAL:
        raise ValueError(f"the audit log keeps no {key}")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= _LONGEST_VALUE):
        return value
    raise ValueError(f"the audit log keeps small plain values; {key} is none")
