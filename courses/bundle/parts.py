"""The parts of the curriculum as a bundle carries them: pictures and files are named by their content."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.db.models import QuerySet
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from courses.curriculum.parts import all_parts
from courses.curriculum.parts.media import ImagePart
from courses.curriculum.parts.pages import LessonPagePart
from courses.curriculum.parts.streams import code_of
from courses.curriculum.registry import Part

DIRECTORY = frozenset({"sector", "audience", "source", "claim", "service", "home-page", "sector-page"})
"""What a site has for all its courses: added where it is missing, never changed by a bundle."""


class PortableLessonPages(LessonPagePart):
    """Pages of lessons whose media are named ``<SHA-1>.<ending>``: titles differ between sites, contents do not."""

    def name_of(self, chosen: Any) -> str:
        """Return the name by content of a picture or file, the code of anything else."""
        return media_name(chosen) if isinstance(chosen, AbstractImage | AbstractDocument) else code_of(chosen)

    def rows_called(self, model: Any, name: str) -> QuerySet[Any]:
        """Return the rows with this content or code."""
        if model in (get_image_model(), get_document_model()):
            return model._default_manager.filter(file_hash=name.partition(".")[0])
        return super().rows_called(model, name)


def media_name(media: AbstractImage | AbstractDocument) -> str:
    """Return ``<SHA-1>.<ending>``, of what the library itself counts as the content."""
    return f"{media.get_file_hash()}{PurePath(media.file.name).suffix.lower()}"


def portable_parts(languages: Iterable[str]) -> list[Part]:
    """Return the parts of a bundle in the order in which they need each other; ``languages`` beside the source's."""
    return [
        PortableLessonPages(part.words) if isinstance(part, LessonPagePart) else part
        for part in all_parts(languages)
        if not isinstance(part, ImagePart)
    ]


def part_and_language(name: str) -> tuple[str, str]:
    """Return a part's plain name and its language, "" for the source language's."""
    plain, _, language = name.partition("@")
    return plain, language
