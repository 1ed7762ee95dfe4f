"""A picture or file as a page shows it, whether it is live in the CMS or frozen in an edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, SourceImageIOError

PICTURE_WIDTH: Final = 1200


@dataclass(frozen=True, slots=True)
class MediaFile:
    """Where it is and what it is. Width and height are pixels, 0 when unknown."""

    url: str
    content_type: str = ""
    size_bytes: int = 0
    width: int = 0
    height: int = 0

    @property
    def kind(self) -> str:
        """Return the kind of file in capitals, such as ``PDF``; empty when unknown."""
        subtype = self.content_type.partition("/")[2].partition(";")[0].partition("+")[0]
        return subtype.upper() if subtype.isalnum() and len(subtype) <= 4 else ""


def media_file(value: object) -> MediaFile | None:
    """Return ``value`` (an image, a document, the frozen form of either) as a MediaFile; None when there is none."""
    if isinstance(value, Mapping):
        return _frozen(value)
    if isinstance(value, AbstractImage):
        return _image(value)
    if isinstance(value, AbstractDocument):
        return MediaFile(value.url, _content_type(value), value.get_file_size() or 0)
    return None


def _frozen(value: Mapping[str, Any]) -> MediaFile | None:
    if not value.get("url"):
        return None
    return MediaFile(
        value["url"],
        value.get("content_type") or "",
        value.get("size_bytes") or 0,
        value.get("width") or 0,
        value.get("height") or 0,
    )


def _image(image: AbstractImage) -> MediaFile | None:
    try:
        rendition = image.get_rendition(f"width-{PICTURE_WIDTH}|preserve-svg")
    except SourceImageIOError:
        return None
    return MediaFile(rendition.url, "", 0, rendition.width, rendition.height)


def _content_type(document: AbstractDocument) -> str:
    # Captions have a type that not every system's table knows.
    return "text/vtt" if PurePath(document.filename).suffix == ".vtt" else document.content_type
