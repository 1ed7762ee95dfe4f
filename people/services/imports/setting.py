"""In what a kind plans, writes and takes back, and for how long at a time."""

from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from people.models import Organisation
from people.selectors import local_day
from people.workbooks.kinds import Mode, Setting

TURN_SECONDS: Final = 60
"""How long a worker goes on before it lets another take the next turn: far less than the lease of the outbox."""
_NOWHERE = ZoneInfo("UTC")


def setting_of(organisation: Organisation | None, *, at: datetime, mode: str = Mode.UPSERT, **more: Any) -> Setting:
    """Return the setting of an organisation, or of a shared kind, at an instant."""
    return Setting(
        organisation=cast(Organisation, organisation),
        mode=Mode(mode),
        at=at,
        today=at.astimezone(_NOWHERE).date() if organisation is None else local_day(organisation, at),
        **more,
    )
