"""Sets ``request.scope``."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cms import clock
from people import sessions


class SignInScopeMiddleware:
    """Says on each request who is signed in and which memberships are open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the scope and answer."""
        request.scope = sessions.resume(request, at=clock.now())  # type: ignore[attr-defined]
        return self.get_response(request)
