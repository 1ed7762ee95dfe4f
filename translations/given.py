"""What is handed to this room: texts of the source language, and translations that come with a file. Plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from translations.freshness import Provenance
from translations.segments import Segment


class Kind(StrEnum):
    """What kind of text it is."""

    PAGE = "page"
    QUESTION = "question"
    MAIL = "mail"
    CERTIFICATE = "certificate"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class GivenText:
    """A text of the source language with its segments, in their order. ``group`` is what is released together."""

    code: str
    kind: Kind
    title: str
    group: str
    sector: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class GivenTranslation:
    """The words of one segment, the source that they were made from, and who signed for them ("": nobody)."""

    source: str
    target: str
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class CarriedTranslation:
    """The words of one segment as another site knows them: from which source, who wrote them, who signed for them."""

    source_digest: str
    target: str
    provenance: Provenance
    by_name: str = ""
    review_by: date | None = None
