"""The glossary, for whoever translates; administrators change it under Settings."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from translations import selectors
from translations.views.matrix import VIEW_PERMISSION


class GlossaryView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail has no types
    """The terms of one language, the source language's first of all."""

    template_name = "translations/admin/glossary.html"
    header_icon = "wagtail-localize-language"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse who may not see the texts."""
        if not request.user.has_perm(VIEW_PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        """Return the heading."""
        return _("Glossary")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        up = {"url": reverse("translations_admin:matrix"), "label": _("Languages")}
        return [*self.breadcrumbs_items, up, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the terms of the language that is asked for."""
        known = dict(settings.KNOWN_LANGUAGES)
        asked = self.request.GET.get("language", "")
        language = asked if asked in known else settings.LANGUAGE_CODE
        return super().get_context_data(
            language=language,
            terms=selectors.terms(language=language),
            all_languages=settings.KNOWN_LANGUAGES,
            **kwargs,
        )
