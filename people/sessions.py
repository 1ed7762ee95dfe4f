"""What a session holds: whose membership a PIN opened, and when somebody last was there.

A PIN session is no login of Django's: ``request.user`` stays anonymous, so that the CMS, the HR portal and the pages of
the private account stay closed even where the same person is staff.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib import auth
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from cms.places import known_place
from people.models import Credential, Employment, Membership, User
from people.scope import NOBODY, Scope

MEMBERSHIP: Final = "people.membership"
VERSION: Final = "people.version"
SEEN_AT: Final = "people.seen_at"
LOCKED: Final = "people.locked"

_NOTE_EVERY: Final = timedelta(minutes=1)
"""So often at most is the time of the last request written, to spare a write on each."""
_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


def open_membership(request: HttpRequest, membership: Membership, *, at: datetime) -> None:
    """Begin a session that opens ``membership`` alone, under a new key, with nothing left of what was there before."""
    request.session.flush()
    request.session[MEMBERSHIP] = membership.pk
    request.session[VERSION] = membership.credential.version
    request.session[SEEN_AT] = at.timestamp()
    rotate_token(request)


def open_personally(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Begin a personal session of ``user``, under a new key, with nothing left of what was there before."""
    request.session.flush()
    auth.login(request, user, backend=_BACKEND)
    request.session[SEEN_AT] = at.timestamp()


def become_personal(request: HttpRequest) -> None:
    """Forget what a PIN had opened, because somebody signed in personally in the same session."""
    for key in (MEMBERSHIP, VERSION, SEEN_AT, LOCKED):
        request.session.pop(key, None)


def close(request: HttpRequest) -> None:
    """End the session, whatever it opened."""
    auth.logout(request)


def unlock(request: HttpRequest, *, at: datetime) -> None:
    """Let a locked session go on, under a new key."""
    request.session.pop(LOCKED, None)
    request.session[SEEN_AT] = at.timestamp()
    request.session.cycle_key()
    rotate_token(request)


def locked_membership(request: HttpRequest) -> Membership | None:
    """Return the membership whose PIN a locked session waits for; None if the session is not locked or has ended."""
    credential = _credential(request) if request.session.get(LOCKED) else None
    return credential.membership if credential else None


def resume(request: HttpRequest, *, at: datetime) -> Scope:
    """Return what the request's session opens at ``at``; end it or lock it where its time is over.

    What does not fit together (a membership that is gone or was reset since, a personal login beside a PIN, values of
    the wrong kind) ends the session.
    """
    if not request.session.keys():
        return NOBODY
    if MEMBERSHIP in request.session or VERSION in request.session:
        return _resume_membership(request, at=at)
    if request.user.is_authenticated:
        return _resume_personally(request, at=at)
    return NOBODY


def _resume_membership(request: HttpRequest, *, at: datetime) -> Scope:
    credential = _credential(request)
    if credential is None:
        close(request)
        return NOBODY
    if request.session.get(LOCKED) or _idle(request, at=at):
        if not request.session.get(LOCKED):
            request.session[LOCKED] = True
        return Scope(locked=True)
    _note(request, at=at)
    membership = credential.membership
    return Scope(
        user=membership.user,
        membership=membership,
        memberships=(membership,),
        place=_known(credential.place),  # type: ignore[attr-defined]  # annotated below
    )


def _resume_personally(request: HttpRequest, *, at: datetime) -> Scope:
    if _idle(request, at=at):
        close(request)
        return NOBODY
    _note(request, at=at)
    user = request.user
    assert isinstance(user, User)
    own = Membership.objects.filter(user=user).select_related("organisation", "credential")
    memberships = tuple(own.annotate(place=_place("pk")))
    places = (_known(it.place) for it in memberships)
    return Scope(user=user, personal=True, memberships=memberships, place=next(filter(None, places), ""))


def _place(membership: str) -> Subquery:
    """Return the jurisdiction of the site where a membership works, by the employment that began last."""
    jobs = Employment.objects.current_knowledge().filter(membership=OuterRef(membership))
    return Subquery(jobs.order_by("-starts_on", "-pk").values("site__jurisdiction")[:1])


def _known(place: str | None) -> str:
    return known_place(place or "")


def _credential(request: HttpRequest) -> Credential | None:
    """Return the credential that the session stands on, if it still is the same and no login stands beside it."""
    pk, version = request.session.get(MEMBERSHIP), request.session.get(VERSION)
    if type(pk) is not int or type(version) is not int or request.user.is_authenticated:
        return None
    return (
        Credential.objects.select_related("membership__user", "membership__organisation")
        .annotate(place=_place("membership"))
        .filter(membership_id=pk, version=version, membership__user__is_active=True)
        .exclude(pin_hash="")
        .first()
    )


def _idle(request: HttpRequest, *, at: datetime) -> bool:
    """Return whether nobody was there for too long. A session that does not know counts from now."""
    seen_at = request.session.get(SEEN_AT)
    if not isinstance(seen_at, int | float):
        return False
    return at.timestamp() - seen_at >= settings.IDLE_LOCK_MINUTES * 60


def _note(request: HttpRequest, *, at: datetime) -> None:
    seen_at = request.session.get(SEEN_AT)
    if not isinstance(seen_at, int | float) or at.timestamp() - seen_at >= _NOTE_EVERY.total_seconds():
        request.session[SEEN_AT] = at.timestamp()
