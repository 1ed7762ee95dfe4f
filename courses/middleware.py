"""Refuses editors in words: what lies outside of their limits, which the audit log keeps, and what is not signed."""

from collections.abc import Callable
from typing import Any, Final

from django.apps import apps
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource

from cms import clock
from cms.limits import OutsideLimits
from courses.editor_rights import check_change
from courses.exceptions import PublishRefused
from courses.release_words import in_words
from people import audit

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# The API behind Wagtail's own explorer copies, moves, publishes and deletes too.
_OF_PAGES: Final = (["wagtailadmin_pages"], ["wagtailadmin_api"])
_NAMES_A_PAGE: Final = ("page_id", "pk", "page_to_move_id", "destination_id")


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
            if match.namespaces[:1] in _OF_PAGES:
                for pk in [*args, *(value for name, value in kwargs.items() if name.endswith(_NAMES_A_PAGE))]:
                    _check_page(request, pk, act=match.url_name or "")
            elif match.url_name == "wagtail_bulk_action":
                _check_many(request, **kwargs)
            elif match.namespaces[:1] == ["wagtail_localize"]:
                _check_localizing(request, match.url_name or "", kwargs)
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


def _check_many(request: HttpRequest, *, app_label: str, model_name: str, action: str) -> None:
    try:
        model = apps.get_model(app_label, model_name)
    except LookupError:
        return
    things = model._default_manager.filter(pk__in=[pk for pk in request.GET.getlist("id") if pk.isdigit()])
    if issubclass(model, Page):
        for page in things:
            _check_page(request, page.pk, act=action)
        return
    check_change(request.user, things, act=action)


def _check_localizing(request: HttpRequest, door: str, named: dict[str, Any]) -> None:
    """Look at each language that is sent for: Wagtail asks there for one permission over all of them."""
    if "translation_id" in named:
        _check_translation(request, named["translation_id"])
    elif "page_id" in named and door == "convert_to_alias":
        _check_page(request, named["page_id"], act=door)
    elif door in ("submit_page_translation", "submit_snippet_translation"):
        thing = _submitted(named)
        wanted = [pk for pk in request.POST.getlist("locales") if pk.isdigit()]
        for locale in Locale.objects.filter(pk__in=wanted) if thing else ():
            _check_in(request, thing, locale, act="translate")
    elif door == "update_translations":
        source = TranslationSource.objects.filter(pk=named["translation_source_id"]).first()
        for translation in source.translations.filter(enabled=True).select_related("target_locale") if source else ():
            _check_in(request, source.get_source_instance(), translation.target_locale, act="translate")
            page = translation.get_target_instance() if request.POST.get("publish_translations") else None
            if isinstance(page, Page) and not page.permissions_for_user(request.user).can_publish():
                raise OutsideLimits(act="publish")


def _submitted(named: dict[str, Any]) -> Any:
    if "page_id" in named:
        page = Page.objects.filter(pk=named["page_id"], depth__gt=1).first()
        return page.specific if page else None
    try:
        model = apps.get_model(named["app_label"], named["model_name"])
        return model._default_manager.filter(pk=unquote(named["pk"])).first()
    except (LookupError, ValueError):
        return None


def _check_in(request: HttpRequest, thing: Any, locale: Locale, *, act: str) -> None:
    """Look at a translation that need not be there yet."""
    thing.locale = locale
    check_change(request.user, [thing], act=act)


def _check_translation(request: HttpRequest, pk: Any) -> None:
    found = Translation.objects.filter(pk=pk).select_related("target_locale", "source").first()
    if found is None:
        return
    _check_in(request, found.source.get_source_instance(), found.target_locale, act="translate")


def _refuse(request: HttpRequest, error: OutsideLimits) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    audit.record(organisation=None, actor=user, verb="editor.refused", target=user, at=clock.now(), act=error.act[:60])
    return render(request, "courses/admin/outside_limits.html", status=403)
