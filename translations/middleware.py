"""Looks at a PO file before wagtail-localize takes it in: it asks neither for its language nor for its header."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin.views.generic.base import get_valid_next_url_from_request
from wagtail_localize.models import StringTranslation, Translation

from translations.exceptions import ExchangeFault, ExchangeProblem, ExchangeRefused
from translations.exchange import FORMATS
from translations.exchange.units import LARGEST_BYTES
from translations.exchange_words import in_words, isolated
from translations.recognition import recognise
from translations.segments import normalise

_DOOR: Final = "wagtail_localize:upload_pofile"
_HEADER: Final = b"X-WagtailLocalize-TranslationID"
_MOST_SHOWN: Final = 20


class UploadedWordsMiddleware:
    """Refuses a PO file for a page or question whose words look like another language, piece by piece, all of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Say what is wrong and lead back, or let the file through."""
        match = request.resolver_match
        if match is None or match.view_name != _DOOR or request.method != "POST":
            return None
        if not request.user.has_perm("wagtailadmin.access_admin"):
            return None
        problems = _problems(request, kwargs["translation_id"])
        if not problems:
            return None
        for problem in problems[:_MOST_SHOWN]:
            messages.error(request, in_words(problem, quote=isolated))
        messages.error(request, _("Nothing was taken in."))
        return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")


def _problems(request: HttpRequest, translation_id: int) -> list[ExchangeProblem]:
    sent = request.FILES.get("file")
    translation = Translation.objects.filter(pk=translation_id).select_related("source", "target_locale").first()
    if translation is None:
        return []
    if sent is None or sent.size > LARGEST_BYTES:
        return [ExchangeProblem(ExchangeFault.UNREADABLE if sent is None else ExchangeFault.TOO_BIG)]
    content = sent.read()
    sent.seek(0)
    if _HEADER not in content:
        return [ExchangeProblem(ExchangeFault.UNREADABLE)]
    try:
        units = FORMATS["po"].read(content).units
    except ExchangeRefused as refused:
        return list(refused.problems)
    found = recognise(
        ((str(at), unit.source, unit.target) for at, unit in enumerate(units) if unit.target),
        translation.target_locale.language_code,
    )
    if found.mostly:
        return [ExchangeProblem(ExchangeFault.LOOKS_LIKE, detail=found.mostly)]
    doubted = {int(at): other for at, other in found.others.items()}
    # What somebody typed into the form beside the source was looked at there.
    here = _words_here(translation) if doubted else set()
    return [
        ExchangeProblem(ExchangeFault.LOOKS_LIKE, units[at].segment, other)
        for at, other in doubted.items()
        if (units[at].segment, normalise(units[at].target)) not in here
    ]


def _words_here(translation: Translation) -> set[tuple[str, str]]:
    rows = StringTranslation.objects.filter(
        context__object_id=translation.source.object_id, locale=translation.target_locale
    )
    return {(path, normalise(text)) for path, text in rows.values_list("context__path", "data")}
