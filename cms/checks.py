"""What is said at a start when a setting cannot be right."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from cms.places import PLACES


@register
def default_place_is_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a place whose lines nobody could choose: a typing error would show no local line at all."""
    if settings.DEFAULT_PLACE in PLACES:
        return []
    known = ", ".join(PLACES)
    return [
        Error(
            f"FIELDFARE_PLACE is {settings.DEFAULT_PLACE!r}, which is no known place.",
            hint=f"Choose one of: {known}.",
            id="cms.E001",
        )
    ]
