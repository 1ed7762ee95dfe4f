"""The language of the interface."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.views.decorators.http import require_http_methods, require_POST

from people.other_languages import MOST, other_languages
from people.other_languages import remember as remember_others
from people.views.doors import scope_of, wanted


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language on this device and, for whoever is signed in, for messages; go on in it."""
    chosen = request.POST.get("language", "")
    to = wanted(request) or "/"
    if chosen not in dict(settings.LANGUAGES):
        return redirect(to)
    user = scope_of(request).user
    if user is not None and user.language != chosen:
        user.language = chosen
        user.save(update_fields=["language"])
    response = redirect(translate_url(to, chosen))
    remember(response, chosen)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def others(request: HttpRequest) -> HttpResponse:
    """Let a reader choose which languages to see, in their order, where something is not in theirs."""
    to = wanted(request) or "/"
    if request.method == "POST":
        response = redirect(to)
        remember_others(response, request.POST.getlist("other"))
        return response
    chosen = [*other_languages(request), *[""] * MOST][:MOST]
    context = {"places": list(enumerate(chosen, start=1)), "known": settings.KNOWN_LANGUAGES, "next": to}
    return render(request, "people/other_languages.html", context)


def remember(response: HttpResponse, language: str) -> None:
    """Let this device keep a language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
