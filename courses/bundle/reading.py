"""Reading a bundle: nothing of it is believed before its signature, its sizes and its shape were looked at."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import IO, Any, Final

from django.conf import settings

from cms.signed_archive import ArchiveRefused, OpenedArchive, open_signed
from cms.strict_json import load_strictly
from courses.bundle.owning import OWNERS_FILE, Owners, read_owners
from courses.bundle.parts import DIRECTORY, part_and_language, portable_parts
from courses.bundle.words import MOST_WORDS_BYTES, TEXTS_FILE, file_of_language, read_language, read_texts
from courses.curriculum.registry import Form
from courses.exceptions import CourseError
from translations.given import CarriedTranslation, GivenText

KIND: Final = "course"
FORMAT: Final = 1
MEDIA_FOLDER: Final = "media"
MEDIA_LIST: Final = "media.json"
PICTURE: Final = "picture"
DOCUMENT: Final = "file"

MOST_FILES: Final = 20_000
MOST_FILE_BYTES: Final = 300_000_000
"""As much as the largest film that a lesson may have."""
MOST_TOTAL_BYTES: Final = 2_000_000_000
MOST_FORM_BYTES: Final = 1_000_000

_CODE: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_FORM_FILE: Final = re.compile(
    rf"(?P<part>[a-z-]+(?:@[a-z]{{2,3}}(?:-[a-z]{{2,4}})?)?)/(?P<code>{_CODE}(?:/{_CODE})?)\.json"
)
_MEDIA_FILE: Final = re.compile(rf"{MEDIA_FOLDER}/(?P<name>[0-9a-f]{{40}}\.[a-z0-9]{{1,5}})")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?")
_LINK: Final = re.compile(r"<(?:a|embed)\b[^>]*\b(?:linktype|embedtype)=[^>]*>")


class BundleRefused(CourseError):
    """The bundle cannot be used; ``problems`` names every file and what is wrong with it. Nothing was written."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or file: ``name`` is ``<SHA-1>.<ending>``."""

    name: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds: forms by part and code, in the order of its list, and media that are read when wanted."""

    archive: OpenedArchive
    course: str
    languages: tuple[str, ...]
    """Beside that of the source."""
    drafts: frozenset[str]
    """Languages of which something was not signed for where it comes from."""
    forms: dict[str, dict[str, Form]]
    media: tuple[Media, ...]
    texts: tuple[GivenText, ...] = ()
    """What there is to translate; empty where the other site does not know, as of what its editors wrote there."""
    words: dict[str, dict[str, CarriedTranslation]] = field(default_factory=dict)
    """What is known of the segments by language and key."""
    owners: Owners = field(default_factory=Owners)
    """Whose the parts are, and what was said against the facts."""

    def content(self, media: Media) -> bytes:
        """Return the bytes of a picture or file."""
        return self.archive.read(f"{MEDIA_FOLDER}/{media.name}")


def file_of(part: str, code: str) -> str:
    """Return the name of a form's file in a bundle."""
    return f"{part}/{code}.json"


def content_name(content: bytes, name: str) -> str:
    """Return ``<SHA-1>.<ending>`` of a file's content, with the ending of ``name``."""
    return f"{hashlib.sha1(content).hexdigest()}{PurePath(name).suffix.lower()}"


def foreign_links(form: Any) -> Iterator[str]:
    """Yield what is said of each link in a form's texts that names a page, picture or file by its number here."""
    if isinstance(form, str):
        for link in _LINK.findall(form):
            yield f"{link} names something by its number on one site; it means something else on another"
    elif isinstance(form, dict | list):
        for value in form.values() if isinstance(form, dict) else form:
            yield from foreign_links(value)


def open_bundle(stream: IO[bytes], *, trusted: Collection[bytes]) -> Bundle:
    """Return the bundle in ``stream``, signed by one of the ``trusted`` public keys.

    Raises:
        BundleRefused: the signature, a file or what files say of one another is not as it has to be.
    """
    try:
        archive = open_signed(
            stream,
            trusted=trusted,
            most_files=MOST_FILES,
            most_bytes=MOST_FILE_BYTES,
            most_total_bytes=MOST_TOTAL_BYTES,
        )
    except ArchiveRefused as refused:
        raise BundleRefused(*refused.problems) from refused
    course, languages, drafts = _about(archive.manifest)
    problems: list[str] = []
    forms = _forms(archive, languages, problems)
    media = _media(archive, problems)
    texts, words = _words(archive, course, languages, problems)
    owners = _owners(archive, problems)
    if not problems:
        problems += _whole(forms, course, languages)
        problems += _foreign(forms, course)
    if problems:
        raise BundleRefused(*problems)
    return Bundle(archive, course, languages, drafts, forms, media, texts, words, owners)


def _about(manifest: dict[str, Any]) -> tuple[str, tuple[str, ...], frozenset[str]]:
    if manifest.get("kind") != KIND:
        raise BundleRefused("manifest.json: this is signed, but it is not a course bundle")
    if manifest.get("format") != FORMAT:
        raise BundleRefused(f"manifest.json: format {manifest.get('format')}; this version reads format {FORMAT}")
    course: Any = manifest.get("course")
    languages: Any = manifest.get("languages")
    drafts: Any = manifest.get("drafts")
    sound = (
        isinstance(course, str)
        and bool(re.fullmatch(_CODE, course))
        and all(isinstance(each, list) for each in (languages, drafts))
        and all(isinstance(each, str) and _LANGUAGE.fullmatch(each) for each in [*languages, *drafts])
        and len(set(languages)) == len(languages) > 0
    )
    if not sound:
        raise BundleRefused("manifest.json: it has to name the course and its languages")
    if languages[0] != settings.LANGUAGE_CODE:
        raise BundleRefused(
            f"manifest.json: the course is written in {languages[0]}; courses here are written in {settings.LANGUAGE_CODE}"
        )
    return course, tuple(languages[1:]), frozenset(drafts)


def _forms(archive: OpenedArchive, languages: tuple[str, ...], problems: list[str]) -> dict[str, dict[str, Form]]:
    forms: dict[str, dict[str, Form]] = {part.name: {} for part in portable_parts(())}
    translated = ("question", "home-page", "sector-page", "course-page", "lesson-page", "lesson-order")
    forms |= {f"{part}@{language}": {} for language in languages for part in translated}
    apart = {MEDIA_LIST, OWNERS_FILE, TEXTS_FILE, *map(file_of_language, languages)}
    for name in archive.names:
        found = _FORM_FILE.fullmatch(name)
        if name in apart or _MEDIA_FILE.fullmatch(name):
            continue
        if found is None or found["part"] not in forms:
            problems.append(f"{name}: this does not belong in a course bundle")
            continue
        form = _json(archive, name, problems)
        if form is not None and not isinstance(form, dict):
            problems.append(f"{name}: it has to be an object of keys")
        elif form is not None:
            forms[found["part"]][found["code"]] = form
            problems += [f"{name}: {link}" for link in foreign_links(form)]
    return forms


def _json(archive: OpenedArchive, name: str, problems: list[str], *, most_bytes: int = MOST_FORM_BYTES) -> Any:
    raw = archive.read(name)
    if len(raw) > most_bytes:
        problems.append(f"{name}: {len(raw)} bytes; {most_bytes} are the most")
        return None
    try:
        return load_strictly(raw.decode())
    except ValueError:
        problems.append(f"{name}: this is not JSON in UTF-8")
        return None


def _media(archive: OpenedArchive, problems: list[str]) -> tuple[Media, ...]:
    if MEDIA_LIST not in archive.names:
        problems.append(f"{MEDIA_LIST}: the file is missing")
        return ()
    listed = _json(archive, MEDIA_LIST, problems)
    media = []
    there = {found["name"] for name in archive.names if (found := _MEDIA_FILE.fullmatch(name))}
    for entry in listed if isinstance(listed, list) else ():
        values = [entry.get(key) if isinstance(entry, dict) else None for key in ("name", "kind", "title")]
        if not all(isinstance(value, str) for value in values) or values[1] not in (PICTURE, DOCUMENT):
            problems.append(f"{MEDIA_LIST}: each entry needs a name, a kind and a title")
            continue
        one = Media(*(str(value) for value in values))
        if one.name not in there:
            problems.append(f"{MEDIA_FOLDER}/{one.name}: the file is missing")
        elif content_name(archive.read(f"{MEDIA_FOLDER}/{one.name}"), one.name) != one.name:
            problems.append(f"{MEDIA_FOLDER}/{one.name}: the name is not that of its content")
        else:
            media.append(one)
    problems += [
        f"{MEDIA_FOLDER}/{name}: {MEDIA_LIST} does not name it" for name in sorted(there - {one.name for one in media})
    ]
    return tuple(media)


def _owners(archive: OpenedArchive, problems: list[str]) -> Owners:
    """Return whose the parts are; a bundle in which nothing belongs to anybody does not say."""
    if OWNERS_FILE not in archive.names:
        return Owners()
    return read_owners(_json(archive, OWNERS_FILE, problems), problems)


def _words(
    archive: OpenedArchive, course: str, languages: tuple[str, ...], problems: list[str]
) -> tuple[tuple[GivenText, ...], dict[str, dict[str, CarriedTranslation]]]:
    """Return what is told of who wrote and signed for what; a bundle need not tell."""
    if TEXTS_FILE not in archive.names:
        return (), {}
    value = _json(archive, TEXTS_FILE, problems, most_bytes=MOST_WORDS_BYTES)
    texts = read_texts(value, course=course, problems=problems)
    keys = {segment.key for text in texts for segment in text.segments}
    words = {}
    for language in languages:
        name = file_of_language(language)
        if name in archive.names:
            value = _json(archive, name, problems, most_bytes=MOST_WORDS_BYTES)
            words[language] = read_language(value, name=name, keys=keys, problems=problems)
    return texts, words


def _whole(forms: dict[str, dict[str, Form]], course: str, languages: tuple[str, ...]) -> Iterator[str]:
    """Yield the files without which the course, or one of its languages, is not there."""
    if course not in forms["course"]:
        yield f"{file_of('course', course)}: the file is missing"
    for language in ("", *languages):
        end = f"@{language}" if language else ""
        for part in ("course-page", "lesson-order"):
            if course not in forms[f"{part}{end}"]:
                yield f"{file_of(f'{part}{end}', course)}: the file is missing"
        lessons = forms[f"lesson-order{end}"].get(course, {}).get("lessons", [])
        for lesson in lessons if isinstance(lessons, list) else ():
            code = f"{course}/{lesson}"
            if code not in forms[f"lesson-page{end}"]:
                yield f"{file_of(f'lesson-page{end}', code)}: the file is missing"
            if code not in forms["lesson"]:
                yield f"{file_of('lesson', code)}: the file is missing"


def _foreign(forms: dict[str, dict[str, Form]], course: str) -> Iterator[str]:
    """Yield the files of things that are not this course's."""
    own: dict[str, set[Any]] = {
        "course": {course},
        "quiz": {str(forms["course"].get(course, {}).get("final_quiz"))},
        "bank": {course},
    }
    own["bank"] |= {str(form.get("bank")) for form in forms["quiz"].values()}
    for name, by_code in forms.items():
        part, _ = part_and_language(name)
        if part in DIRECTORY:
            continue
        for code, form in by_code.items():
            if part == "certification":
                belongs = form.get("courses") == [course]
            elif part == "question":
                belongs = code.partition("/")[0] in own["bank"] and "/" in code
            elif part in ("lesson", "lesson-page"):
                belongs = code.startswith(f"{course}/")
            else:
                belongs = code in own.get(part, {course})
            if not belongs:
                yield f"{file_of(name, code)}: this does not belong to the course {course}"
