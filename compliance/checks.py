"""What is said at a start when the channel of reminders cannot be right."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


@register
def reminder_channel_can_send(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a channel that is not there or cannot send: every reminder would wait, and nobody would know why."""
    path = settings.REMINDER_CHANNEL
    try:
        found = import_string(path)
    except (ImportError, ValueError) as error:
        return [_wrong(f"FIELDFARE_REMINDER_CHANNEL is {path!r}, which cannot be loaded: {error}")]
    if not isinstance(found, type) or not callable(getattr(found, "send", None)):
        return [_wrong(f"FIELDFARE_REMINDER_CHANNEL is {path!r}, which is no class with a method send(notice).")]
    return []


def _wrong(message: str) -> Error:
    hint = "Name a class as compliance/channels/ describes, or leave it out for mail by SMTP."
    return Error(message, hint=hint, id="compliance.E001")
