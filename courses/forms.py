"""What learners send, other than answers (those are read by assessments.responses)."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.snapshot import Json
from people.models import Membership
from people.scope import Scope

MAX_BATCH_EVENTS: Final = 50
MAX_BATCH_BYTES: Final = 32_768

_OWN: Final = "own"


class StartForm(forms.Form):
    """For which workplace a course is taken; asked only of who has several open in this session."""

    membership = forms.ChoiceField(label=_("Which workplace is it for?"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._memberships = {str(membership.public_id): membership for membership in scope.memberships}
        own = pgettext_lazy("whom a course is taken for", "For myself")
        names = [(key, membership.organisation.name) for key, membership in self._memberships.items()]
        # What is learnt for oneself opens to no PIN, which an employer may have set.
        choices = [*names, (_OWN, own)] if scope.personal else names
        self.fields["membership"].choices = choices  # type: ignore[attr-defined]
        self.fields["membership"].initial = next(iter(self._memberships), _OWN)

    @property
    def asks(self) -> bool:
        """Whether there is anything to choose."""
        return len(self._memberships) > 1

    def clean_membership(self) -> Membership | None:
        """Return the membership chosen, the only one where nothing was asked; None: for oneself."""
        chosen = self.cleaned_data["membership"]
        if not chosen and len(self._memberships) == 1:
            return next(iter(self._memberships.values()))
        if not chosen and self._memberships:
            raise forms.ValidationError(_("Choose a workplace."))
        return self._memberships.get(chosen)


class FinishForm(forms.Form):
    """The end of a lesson: what the reader confirms, an id that makes pressing twice one act, and how it was taken."""

    event = forms.UUIDField(widget=forms.HiddenInput)
    rendition = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, attestations: Iterable[Json], rendition: str = "read", **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"event": uuid.uuid4(), "rendition": rendition})
        super().__init__(*args, prefix="finish", **kwargs)
        for number, block in enumerate(attestations, start=1):
            self.fields[f"confirm_{number}"] = forms.BooleanField(
                label=block["value"]["text"],
                error_messages={
                    "required": _("Tick this to finish the lesson. If it is not true for you yet, read on first.")
                },
            )


@dataclass(frozen=True, slots=True)
class Claim:
    """An event as a browser reports it: somebody saw ``lesson`` at ``claimed_at`` (aware)."""

    uuid: uuid.UUID
    enrolment: uuid.UUID
    text: str
    """Digest of the text that was shown."""
    lesson: str
    rendition: str
    claimed_at: datetime


class BatchRefused(ValueError):
    """What was sent is no batch of events; nothing of it was read."""


def read_batch(body: bytes) -> list[tuple[str, Claim | None]]:
    """Return, for each event of a JSON batch, its id as sent and what it claims; None where it is malformed.

    Shape: ``{"events": [{"uuid", "verb": "viewed", "enrolment", "text", "lesson", "rendition", "at"}]}`` with these
    keys and no others; ``at`` is ISO 8601 with an offset.

    Raises:
        BatchRefused: it is too big, is not JSON of this shape, or holds more than 50 events.
    """
    if len(body) > MAX_BATCH_BYTES:
        raise BatchRefused
    try:
        # Not by cms.strict_json, which refuses all for one text that cannot be kept; here that costs its own event.
        batch = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BatchRefused from error
    if not isinstance(batch, dict) or batch.keys() != {"events"} or not isinstance(batch["events"], list):
        raise BatchRefused
    if len(batch["events"]) > MAX_BATCH_EVENTS:
        raise BatchRefused
    return [(_sent_id(event), _claim(event)) for event in batch["events"]]


_KEYS: Final = frozenset({"uuid", "verb", "enrolment", "text", "lesson", "rendition", "at"})
_LONGEST: Final = 100


def _sent_id(event: Any) -> str:
    sent = event.get("uuid") if isinstance(event, Mapping) else None
    return sent[:_LONGEST] if isinstance(sent, str) else ""


def _claim(event: Any) -> Claim | None:
    if not isinstance(event, dict) or event.keys() != _KEYS:
        return None
    if not all(_is_plain(value) for value in event.values()):
        return None
    # Finishing a lesson and everything about the quiz is said by the server alone.
    if event["verb"] != "viewed":
        return None
    try:
        event_id, enrolment = uuid.UUID(event["uuid"]), uuid.UUID(event["enrolment"])
        claimed_at = parse_datetime(event["at"])
        if claimed_at is None or claimed_at.tzinfo is None:
            return None
        # The first and the last hours of the calendar exist in some zones only.
        claimed_at = claimed_at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Claim(event_id, enrolment, event["text"], event["lesson"], event["rendition"], claimed_at)


def _is_plain(value: Any) -> bool:
    """Return whether ``value`` is a short text that any database takes: no control characters, no halves of letters."""
    return isinstance(value, str) and len(value) <= _LONGEST and value.isascii() and (not value or value.isprintable())
