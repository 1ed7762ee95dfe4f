"""What is kept for a short time only."""

from datetime import datetime
from importlib import import_module

from django.conf import settings

from people import lockout
from people.models import SignInFailure


def forget_failures(*, at: datetime) -> int:
    """Delete failed sign-ins older than a day; return how many."""
    return SignInFailure.objects.filter(failed_at__lte=at - lockout.DAY).delete()[0]


def forget_ended_sessions() -> None:
    """Delete sessions whose time is over."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
