"""Who may pass, and where people go on to afterwards."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from people.scope import Scope

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def scope_of(request: HttpRequest) -> Scope:
    """Return the scope that the middleware set."""
    scope = request.scope  # type: ignore[attr-defined]  # people.middleware
    assert isinstance(scope, Scope)
    return scope


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, though it be nothing; None if none was sent."""
    return request.POST if request.method == "POST" else None


def signed_in(view: View[P]) -> View[P]:
    """Lead whoever is not signed in to the door, and back here from there."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        scope = scope_of(request)
        if scope.signed_in:
            return view(request, *args, **kwargs)
        # What was sent cannot be sent again after signing in.
        to = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("people:account")
        return to_door("people:unlock" if scope.locked else "people:sign_in", to=to)

    return wrapper


def to_door(name: str, *, to: str) -> HttpResponseRedirect:
    """Return a redirect to the page ``name`` that leads on to ``to``."""
    return redirect(f"{reverse(name)}?{urlencode({'next': to})}" if to else reverse(name))


def wanted(request: HttpRequest) -> str:
    """Return the address of this site that ``next`` asks for, or nothing; other sites are never led to."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    # Anything else might be taken for the name of a page, of which there may be none.
    return to if safe and to.startswith("/") else ""


def onward(request: HttpRequest) -> HttpResponseRedirect:
    """Return a redirect to where the person was going, or to where she belongs."""
    return redirect(wanted(request) or reverse("people:after_sign_in"))
