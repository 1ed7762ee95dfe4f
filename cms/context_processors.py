"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from cms.languages import direction


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, languages, direction of script, whether the browser asks to save data, and the address behind "Leave this page"."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "site_name": settings.SITE_NAME,
        "exit_url": settings.EXIT_URL,
        "language": language,
        "direction": direction(language),
        "interface_languages": settings.LANGUAGES,
        "interface_is_draft": language in settings.DRAFT_LANGUAGES,
        "demo": settings.DEMO,
        "saves_data": request.headers.get("Save-Data", "").lower() == "on",
    }
