"""What is made of a course, for those who lead sessions: every language, every file, the paper and its key too."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from cms.languages import language_name
from courses import selectors
from courses.models import Course, Edition, RenditionSet
from courses.renditions.material import material_of
from courses.views.panel import CoursePanel
from courses.views.renditions import sent, true_set

VIEW_PERMISSION = "courses.change_course"


class CourseFilesView(CoursePanel, TemplateView):
    """The files of the newest edition, language by language, or how far they are."""

    template_name = "courses/admin/files.html"
    header_icon = "download"
    page_title = gettext_lazy("Print and slides")
    permission = VIEW_PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the files of each language that are true; what is not is asked for."""
        edition = selectors.newest_edition(self.course)
        languages = sorted(set(edition.texts.values_list("language", flat=True))) if edition else []
        return super().get_context_data(
            course=self.course, edition=edition, sets=[_shown(edition, language) for language in languages], **kwargs
        )


@require_safe
def course_file(request: HttpRequest, course_id: int, language: str, name: str) -> HttpResponseBase:
    """Send one file of the newest edition, if it is true."""
    if not request.user.has_perm(VIEW_PERMISSION):  # type: ignore[union-attr]  # Wagtail lets nobody else in
        raise PermissionDenied
    edition = selectors.newest_edition(get_object_or_404(Course, pk=course_id))
    kept, is_true = _true(edition, language) if edition else (None, False)
    found = next((each for each in kept.files.all() if each.name == name), None) if kept and is_true else None
    if found is None:
        raise Http404
    return sent(found)


def _true(edition: Edition, language: str) -> tuple[RenditionSet | None, bool]:
    text = selectors.text_in(edition, language)
    return (None, False) if text is None else true_set(material_of(text))


def _shown(edition: Edition, language: str) -> dict[str, Any]:
    kept, is_true = _true(edition, language)
    files = list(kept.files.all()) if kept and is_true else []
    for each in files:
        each.words = kind_words(each.kind)  # type: ignore[attr-defined]
    return {
        "language": language,
        "name": language_name(language, "name_local"),
        "kept": kept,
        "is_true": is_true,
        "files": files,
    }


def kind_words(kind: str) -> str:
    """Return what a rendition of a kind is called."""
    return {
        "handout": pgettext("rendition", "Handout"),
        "transcript": pgettext("rendition", "Plain text"),
        "listen": pgettext("rendition", "Read aloud by the machine"),
        "listen_whole": pgettext("rendition", "The whole course, read aloud by the machine"),
        "booklet": pgettext("rendition", "Booklet"),
        "epub": pgettext("rendition", "E-book"),
        "card": pgettext("rendition", "Cards for a wallet"),
        "poster": pgettext("rendition", "Poster"),
        "guide": pgettext("rendition", "Facilitator's guide"),
        "deck": pgettext("rendition", "Slides with notes"),
        "paper": pgettext("rendition", "Final questions on paper"),
        "sheet": pgettext("rendition", "Answer sheet"),
        "key": pgettext("rendition", "Answer key"),
    }.get(kind, kind)
