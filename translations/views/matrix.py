"""The matrix of texts and languages in the CMS, and as CSV."""

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import TemplateView

from cms import clock
from cms.admin_pages import AdminPage
from cms.lists import listed
from cms.models import Sector
from translations import selectors
from translations.freshness import Freshness, State
from translations.matrix_files import csv_lines
from translations.models import KINDS
from translations.registry import other_kinds
from translations.selectors import Matrix, MatrixRow

VIEW_PERMISSION: Final = "translations.view_text"


def state_words(cell: Freshness) -> str:
    """Return the state of a text in the reader's words, with the number of segments that make it so."""
    if cell.state is State.STALE:
        counts = (
            (cell.stale, pgettext("state of a translation", "%(count)d to translate again")),
            (cell.untranslated, pgettext("state of a translation", "%(count)d missing")),
        )
        return listed(words % {"count": count} for count, words in counts if count)
    words, count = {
        State.CURRENT: (pgettext("state of a translation", "Current"), 0),
        State.UNTRANSLATED: (pgettext("state of a translation", "Not translated"), 0),
        State.DRAFT: (pgettext("state of a translation", "Draft, not yet reviewed: %(count)d"), cell.draft),
        State.IN_REVIEW: (pgettext("state of a translation", "In review: %(count)d"), cell.in_review),
        State.REVIEW_OVERDUE: (pgettext("state of a translation", "Review overdue: %(count)d"), cell.review_overdue),
    }[cell.state]
    return words % {"count": count}


def _kinds() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in KINDS] + [(each.code, each.name()) for each in other_kinds()]


class _Filtered:
    """What the address asks for; what it asks for in vain is left out."""

    request: HttpRequest

    @cached_property
    def language(self) -> str:
        """Return the only language asked for, "" for all."""
        asked = self.request.GET.get("language", "")
        return asked if asked in selectors.target_languages() else ""

    @cached_property
    def sector(self) -> str:
        """Return the sector asked for, "" for all."""
        asked = self.request.GET.get("sector", "")
        return asked if asked in selectors.sectors() else ""

    @cached_property
    def kind(self) -> str:
        """Return the kind of text asked for, "" for all."""
        asked = self.request.GET.get("kind", "")
        return asked if asked in dict(_kinds()) else ""

    @cached_property
    def group(self) -> str:
        """Return the group asked for, "" for a summary of all."""
        return self.request.GET.get("group", "")

    @property
    def languages(self) -> list[str]:
        """Return the languages to show."""
        return [self.language] if self.language else selectors.target_languages()

    def found(self) -> Matrix:
        """Return the part of the matrix that is asked for."""
        return selectors.full_matrix(
            reader=self.request.user,
            languages=self.languages,
            on=clock.now().date(),
            sector=self.sector,
            kind=self.kind,
            group=self.group,
        )

    def query(self, **changes: str) -> str:
        """Return the query of an address that asks the same but for ``changes``."""
        asked = {"language": self.language, "sector": self.sector, "kind": self.kind, "group": self.group, **changes}
        return urlencode({name: value for name, value in asked.items() if value})


class MatrixView(_Filtered, AdminPage, TemplateView):
    """Every course in every language, and the texts of one course; asks for the permission to see texts."""

    template_name = "translations/admin/matrix.html"
    header_icon = "wagtail-localize-language"
    page_title = gettext_lazy("Languages")
    permission = VIEW_PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the table and its filters."""
        found = self.found()
        rows = found.rows if self.group else found.groups()
        names = dict(settings.KNOWN_LANGUAGES)
        present = selectors.sectors()
        titles = dict(Sector.objects.filter(code__in=present).values_list("code", "title"))
        return super().get_context_data(
            languages=[(code, names[code]) for code in found.languages],
            rows=[self._shown(row) for row in rows],
            chosen={"language": self.language, "sector": self.sector, "kind": self.kind, "group": self.group},
            all_languages=[(code, names[code]) for code in selectors.target_languages()],
            all_sectors=[(code, titles.get(code, code)) for code in present],
            all_kinds=_kinds(),
            csv_query=self.query(),
            up_query=self.query(group=""),
            **kwargs,
        )

    def _shown(self, row: MatrixRow) -> dict[str, Any]:
        return {
            "title": row.title if self.group or row.group.startswith("course:") else group_words(row.group),
            "code": row.code,
            "query": "" if self.group else self.query(group=row.group),
            "segments": row.segments,
            "cells": [(cell.state.value, state_words(cell)) for cell in row.cells.values()],
        }


def group_words(group: str) -> str:
    """Return the name of a group that is no course."""
    words = {
        "site": pgettext("group of texts", "Front page and sectors"),
        "interface": pgettext("group of texts", "Interface, mails and certificates"),
    }
    return words.get(group, group)


class MatrixCsvView(_Filtered, TemplateView):
    """The part of the matrix that is asked for, as CSV."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        """Stream it, or refuse who may not see it."""
        if not request.user.has_perm(VIEW_PERMISSION):
            raise PermissionDenied
        headers = {"Content-Disposition": 'attachment; filename="languages.csv"'}
        return StreamingHttpResponse(csv_lines(self.found()), content_type="text/csv; charset=utf-8", headers=headers)
