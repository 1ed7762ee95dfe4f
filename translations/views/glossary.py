"""The glossary, for whoever translates; administrators change it under Settings."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from cms.admin_pages import AdminPage
from translations import selectors
from translations.views.matrix import VIEW_PERMISSION


class GlossaryView(AdminPage, TemplateView):
    """The terms of one language, the source language's first of all."""

    template_name = "translations/admin/glossary.html"
    header_icon = "wagtail-localize-language"
    page_title = gettext_lazy("Glossary")
    permission = VIEW_PERMISSION

    def way(self) -> list[dict[str, Any]]:
        """Return the page of all languages."""
        return [{"url": reverse("translations_admin:matrix"), "label": _("Languages")}]

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
