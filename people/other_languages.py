"""Which languages a reader wants to see, in their order, where something is not in the one that they chose.

It is kept on the reader's device alone, signed in or not: the server keeps nothing, and whoever else may sign in for
them (an employer has the slip with the PIN) learns nothing from it. Signing out forgets it.
"""

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "other-languages"
MOST: Final = 3
_SEPARATOR: Final = "."


def other_languages(request: HttpRequest) -> tuple[str, ...]:
    """Return the languages that this reader chose, the first first; none where nobody chose."""
    return known(request.COOKIES.get(COOKIE, "")[:100].split(_SEPARATOR))


def known(codes: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``codes`` that this platform is made for, each once, ``MOST`` at most."""
    offered = dict(settings.KNOWN_LANGUAGES)
    return tuple(code for code in dict.fromkeys(codes) if code in offered)[:MOST]


def remember(response: HttpResponse, codes: Iterable[str]) -> None:
    """Let this device keep the order, or forget it where there is none."""
    value = _SEPARATOR.join(known(codes))
    if not value:
        forget(response)
        return
    response.set_cookie(
        COOKIE,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


def forget(response: HttpResponse) -> None:
    """Let this device forget the order."""
    response.delete_cookie(COOKIE, path=settings.LANGUAGE_COOKIE_PATH, domain=settings.LANGUAGE_COOKIE_DOMAIN)
