"""Refuses editors in words: what lies outside of their limits, which the audit log keeps, and what is not signed."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from wagtail.models import Page
from wagtail_localize.models import Translation

from cms import clock
from cms.limits import OutsideLimits
from courses.editor_rights import check_change
from courses.exceptions import PublishRefused
from courses.release_words import in_words
from people import audit

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class EditorLimitsMiddleware:
    """Answers ``OutsideLimits``, whoever raises it.

    Wagtail asks a page itself what an editor may do and answers on its own, so what is sent about a page or a
    translation is looked at before its view; the page says the same to Wagtail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse what is sent about a page, or about the translation of anything, outside of the editor's limits."""
        match = request.resolver_match
        if match is None or request.method in _READS or not request.user.is_authenticated:
            return None
        try:
            if match.namespaces[:1] == ["wagtailadmin_pages"]:
                named = [value for name, value in kwargs.items() if name.endswith(("page_id", "pk", "page_to_move_id"))]
                for pk in [*args, *named]:
                    _check_page(request, pk, act=match.url_name or "")
            elif match.namespaces[:1] == ["wagtail_localize"] and "translation_id" in kwargs:
                _check_translation(request, kwargs["translation_id"])
        except OutsideLimits as error:
            return _refuse(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Refuse in words."""
        if isinstance(exception, PublishRefused):
            for problem in exception.problems:
                messages.error(request, in_words(problem))
            return redirect("wagtailadmin_pages:edit", exception.page)
        return _refuse(request, exception) if isinstance(exception, OutsideLimits) else None


def _check_page(request: HttpRequest, pk: Any, *, act: str) -> None:
    page = Page.objects.filter(pk=pk).first() if str(pk).isdigit() else None
    if page is not None and page.depth > 1:
        check_change(request.user, [page.specific], act=act)


def _check_translation(request: HttpRequest, pk: Any) -> None:
    found = Translation.objects.filter(pk=pk).select_related("target_locale", "source").first()
    if found is None:
        return
    thing = found.source.get_source_instance()
    thing.locale = found.target_locale
    check_change(request.user, [thing], act="translate")


def _refuse(request: HttpRequest, error: OutsideLimits) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    audit.record(organisation=None, actor=user, verb="editor.refused", target=user, at=clock.now(), act=error.act[:60])
    return render(request, "courses/admin/outside_limits.html", status=403)
