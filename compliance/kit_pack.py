"""All of a workplace kit in one file, with what the courses of its sector print and say for this site alone."""

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO

from compliance.kit_sheets import kit_file, kit_languages, sector_of
from compliance.models import KitDuty, SiteKit
from courses import selectors
from courses.models import Course, Rendition
from courses.renditions.local import local_sheet
from courses.renditions.material import material_of

_OF_A_COURSE = ("booklet", "card")


def kit_pack(kit: SiteKit, *, on: date) -> bytes:
    """Return a zip: every piece, the local parts of each course of the site's sector, and the booklet and cards of those that are true today.

    Raises:
        MissingGlyphs: no font here has the letters of a language of the site.
    """
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for piece in (KitDuty.Piece.PROTOCOL, KitDuty.Piece.POSTER, KitDuty.Piece.STICKERS):
            archive.writestr(f"{piece}.pdf", kit_file(kit, piece, on=on))
        for language in kit_languages(kit):
            screen = kit_file(kit, KitDuty.Piece.SCREEN, on=on, language=language)
            archive.writestr(f"screen-{language}.png", screen)
        for name, made in _local(kit, on):
            archive.writestr(name, made)
        for name, file in _of_courses(kit, on):
            with file.file.open("rb") as opened:
                archive.writestr(name, opened.read())
    return packed.getvalue()


def _local(kit: SiteKit, on: date) -> Iterator[tuple[str, bytes]]:
    """Yield what the courses of the sector say for this site alone: the public files carry none of it."""
    for course in Course.objects.filter(sector__code=sector_of(kit.site)).order_by("code"):
        edition = selectors.newest_edition(course)
        if edition is None:
            continue
        for language in kit_languages(kit):
            text = selectors.text_in(edition, language)
            made = local_sheet(text, site=kit.site, on=on) if text else None
            if made is not None:
                yield f"{course.slug}-{language}-local.pdf", made.pdf


def _of_courses(kit: SiteKit, on: date) -> list[tuple[str, Rendition]]:
    found = []
    for course in Course.objects.filter(sector__code=sector_of(kit.site)).order_by("code"):
        edition = selectors.newest_edition(course)
        if edition is None:
            continue
        for language in kit_languages(kit):
            text = selectors.text_in(edition, language)
            kept = selectors.rendition_set(edition, language)
            if text and kept and kept.fingerprint == material_of(text, on=on).fingerprint:
                found += [
                    (f"{course.slug}-{language}-{each.name}", each)
                    for each in kept.files.all()
                    if each.kind in _OF_A_COURSE and each.file
                ]
    return found
