"""Who is signed in, for templates."""

from typing import Any

from django.http import HttpRequest


def person(request: HttpRequest) -> dict[str, Any]:
    """Return the scope of the session."""
    return {"scope": getattr(request, "scope", None)}
