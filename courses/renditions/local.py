"""The local parts of a course on paper, for one site: what its people see beside what is printed for everybody."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import translation

from cms import clock
from cms.languages import language_name
from cms.selectors import help_directory
from cms.typesetting import typeset
from courses import selectors
from courses.claims import with_claims
from courses.models import EditionText
from courses.overlay_words import for_whom
from courses.overlays import resolve, withdrawn_parts
from courses.renditions import sheets
from courses.renditions.material import Material
from courses.snapshot import Json
from courses.withdrawn import without_withdrawn
from people.models import Site


@dataclass(frozen=True, slots=True)
class LocalSheet:
    """A PDF, and the digests of the local parts that are on it, sorted."""

    pdf: bytes
    digests: tuple[str, ...]


def local_sheet(text: EditionText, *, site: Site, on: date | None = None) -> LocalSheet | None:
    """Return the local parts of ``text`` for people of ``site`` on paper; None where there are none.

    Raises:
        MissingGlyphs: no font here has the letters of one of them.
    """
    material = _material(text, site, on or clock.today(settings.TIME_ZONE))
    lessons = material.snapshot["lessons"]
    if not lessons:
        return None
    digests = {block["overlay"]["digest"] for lesson in lessons for block in lesson["body"] if "overlay" in block}
    return LocalSheet(typeset("courses", "lessons", sheets.local(material)), tuple(sorted(digests)))


def _material(text: EditionText, site: Site, on: date) -> Material:
    parts = selectors.parts_of_text(text.snapshot, site.organisation)
    reader = selectors.reader_at_site(site.organisation, site.pk if parts else None)
    whole = resolve(selectors.shown_now(text), parts, reader).snapshot
    with translation.override(text.language):
        lessons = [_local(lesson) for lesson in whole["lessons"]]
    shown = {**whole, "lessons": [lesson for lesson in lessons if lesson["body"]]}
    claims = selectors.claims_now(shown, on=on)
    shown = without_withdrawn(shown, withdrawn_parts(shown, claims))
    return Material(text, with_claims(shown, claims), help_directory(on=on), claims=tuple(claims.values()))


def _local(lesson: Json) -> Json:
    """Return a lesson with the blocks of its local parts alone, each below a line that says for whom it is."""
    body: list[Json] = []
    before = ""
    for block in lesson["body"]:
        about = block.get("overlay")
        if about is None:
            continue
        if about["digest"] != before:
            said = for_whom(about)
            if about["language"]:
                said = f"{said} · {language_name(about['language'], 'name_translated')}"
            body.append({"type": "text", "id": about["digest"], "value": {"heading": said, "text": ""}})
        before = about["digest"]
        body.append(block)
    return {**lesson, "content_note": "", "sources": [], "body": body}
