"""Bundles written, changed and brought in, for the tests of both ways."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from wagtail.models import Locale, Page

from cms import signing
from cms.signed_archive import SignedArchive
from courses.bundle import import_bundle, open_bundle, write_bundle
from courses.consents import Check
from courses.models import (
    Course,
    LessonPage,
    Nation,
    StoryConsent,
)
from courses.services import (
    add_nation,
    record_consent,
)
from courses.withdrawn import Part
from tests.courses.test_translated_curriculum import french
from translations.models import Translation

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


LATER = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


def written(course: Course) -> bytes:
    stream = io.BytesIO()
    write_bundle(stream, course=course)
    return stream.getvalue()


def opened(data: bytes) -> Any:
    return open_bundle(io.BytesIO(data), trusted={signing.public_key()})


def brought_in(data: bytes, **options: Any) -> Any:
    return import_bundle(opened(data), at=options.pop("at", LATER), apply=options.pop("apply", True), **options)


def rewritten(data: bytes, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> bytes:
    """Return the bundle with its files changed by ``change`` and signed again: what a trusted site might send."""
    zipped = zipfile.ZipFile(io.BytesIO(data))
    about = json.loads(zipped.read("manifest.json"))
    files = {entry["name"]: zipped.read(entry["name"]) for entry in about.pop("files")}
    change(files, about)
    stream = io.BytesIO()
    archive = SignedArchive(stream)
    for name, content in files.items():
        archive.add(name, content)
    archive.close(about)
    return stream.getvalue()


def with_form(name: str, **changes: Any) -> Callable[..., None]:
    def change(files: dict[str, bytes], about: dict[str, Any]) -> None:
        files[name] = json.dumps({**json.loads(files[name]), **changes}).encode()

    return change


def lesson(code: str = "act") -> LessonPage:
    return LessonPage.objects.get(lesson__code=code, locale=Locale.get_default())


def differing(one: bytes, other: bytes) -> list[str]:
    """Return the names of the files that differ, apart from the list of them and its signature."""
    before, after = (zipfile.ZipFile(io.BytesIO(data)) for data in (one, other))
    assert before.namelist() == after.namelist()
    names = [name for name in before.namelist() if not name.startswith("manifest.")]
    return [name for name in names if before.read(name) != after.read(name)]


def edit(page: Page, **fields: Any) -> None:
    draft = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision().publish()


def added(name: str, content: bytes = b"{}") -> Callable[..., None]:
    return lambda files, about: files.update({name: content})


TITLE = "lessons/act/title"
FRENCH = f"fr {french('What to do, step by step')}"


def row(key: str = TITLE) -> Translation:
    return Translation.objects.get(segment__key=key, language="fr")


def said(key: str = TITLE) -> tuple[str, str, str]:
    return row(key).text, row(key).provenance, row(key).by_name


def signed(key: str = TITLE, **changes: Any) -> Callable[..., None]:
    """Let a person there have signed for the words of a segment, and change its entry further."""

    def change(files: dict[str, bytes], about: dict[str, Any]) -> None:
        words = json.loads(files["words@fr.json"])
        words[key] |= {"from": "reviewed", "by": "Ama Birch", "review_by": "2027-06-30", **changes}
        files["words@fr.json"] = json.dumps(words).encode()

    return change


ABOUT: dict[str, Any] = {"by": None, "at": AT}


def a_nation() -> Nation:
    return add_nation(name="Example Nation", contact="Office of culture", licence="Ask us first.", **ABOUT)


def a_consent(**changes: Any) -> StoryConsent:
    given: dict[str, Any] = {
        "scope": "This course.", "languages": ["en", "fr"], "forms": ["read", "print"],
        "last_good_on": date(2027, 6, 30), "checks": list(Check), "licence": "This course alone.",
    }  # fmt: skip
    return record_consent(**{**given, "kept_at": "Cabinet 3", **changes}, **ABOUT)


def first_block() -> Part:
    return Part("block", str(lesson().body[0].id))
