"""Freezing pages into snapshots (shape: courses.snapshot). Reads pages, banks and files; keeps files when told to."""

import hashlib
import json
import mimetypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.fields.files import FieldFile
from wagtail import blocks
from wagtail.blocks.field_block import ChooserBlock
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Locale
from wagtail.rich_text import expand_db_html

from assessments.freezing import freeze_questions, freeze_quiz
from assessments.models import Question
from assessments.papers import check_blueprint
from cms.blocks import AudioBlock, ScenarioBlock, VideoBlock
from cms.models import SupportService
from cms.rich_text import safe_html
from courses.containers.broken_off import BrokenOff
from courses.exceptions import ReleaseFault, ReleaseProblem
from courses.models import Course, CoursePage, FrozenMedia, LessonPage
from courses.opus import is_opus
from courses.recordings import (
    CONTENT_TYPES,
    HEAD_BYTES,
    MOST_BYTES,
    caption_problems,
    is_recording,
    length_ms,
)
from courses.services.levelling import as_released, film_as_released
from courses.snapshot import FROZEN_MEDIA_URL, SNAPSHOT_SCHEMA, Json
from courses.story_maps import story_problems
from translations.selectors import is_draft, words

# Python's table of types lacks or misnames these on some systems.
_CONTENT_TYPES = CONTENT_TYPES | {
    ".vtt": "text/vtt",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".avif": "image/avif",
}


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """The pages to freeze: a course page and its lesson pages in their order."""

    page: CoursePage
    lessons: Sequence[LessonPage]

    @property
    def language(self) -> str:
        """Return the language of the pages."""
        return str(self.page.locale.language_code)


@dataclass(slots=True)
class Frozen:
    """A snapshot and everything that keeps it from being released."""

    snapshot: Json
    problems: list[ReleaseProblem]
    uneven: list[str]
    """The recordings that cannot be made as loud as others, each with its lesson; they are in nobody's way."""


class MediaShelf(Protocol):
    """Where the files of a snapshot are to be found."""

    of_release: bool
    """Whether recordings are named as a release keeps them: packed, and as loud as others."""

    def url(self, file: FieldFile | ContentFile, *, sha256: str, content_type: str, size_bytes: int) -> str:
        """Return the address of the file in the snapshot."""


class FrozenShelf:
    """Keeps a copy of every file, by its hash: what a released edition names outlives the editor's file."""

    of_release = True

    def url(self, file: FieldFile | ContentFile, *, sha256: str, content_type: str, size_bytes: int) -> str:
        """Keep the file unless it is kept already, and return its address."""
        if not FrozenMedia.objects.filter(sha256=sha256).exists():
            with file.open("rb") as opened:
                FrozenMedia.objects.create(
                    sha256=sha256,
                    file=File(opened, name=sha256 + PurePath(file.name or "").suffix.lower()),
                    content_type=content_type,
                    size_bytes=size_bytes,
                )
        return FROZEN_MEDIA_URL.format(sha256=sha256)


class LiveShelf:
    """Keeps nothing: for drafts, which are shown to their editors only."""

    of_release = False

    def url(self, file: FieldFile | ContentFile, *, sha256: str, content_type: str, size_bytes: int) -> str:
        """Return the address of the editor's own file."""
        assert isinstance(file, FieldFile)  # a copy is of a release
        return str(file.url)


class ForecastShelf:
    """Keeps nothing and names the files as a release would: to compare a draft with an edition."""

    of_release = True

    def url(self, file: FieldFile | ContentFile, *, sha256: str, content_type: str, size_bytes: int) -> str:
        """Return the address that the file would have."""
        return FROZEN_MEDIA_URL.format(sha256=sha256)


def freeze(draft: CourseDraft, *, edition: int, revision: int = 1, shelf: MediaShelf) -> Frozen:
    """Return the snapshot of ``draft`` and what is missing in it; writes only what ``shelf`` keeps."""
    return _Freezer(draft, shelf).freeze(edition=edition, revision=revision)


@dataclass(frozen=True, slots=True)
class FrozenBlocks:
    """A body that stands apart from any page: its blocks, its help lines and files, and what is missing in it."""

    blocks: list[Json]
    services: list[Json]
    media: Json
    problems: list[ReleaseProblem]


def freeze_body(body: blocks.StreamValue, *, language: str, shelf: MediaShelf) -> FrozenBlocks:
    """Return ``body`` as a lesson's would be frozen; writes only what ``shelf`` keeps."""
    freezer = _Freezer(CourseDraft(CoursePage(locale=Locale(language_code=language)), ()), shelf)
    frozen = freezer._value(body.stream_block, body)
    services = [_service_json(service) for _, service in sorted(freezer.services.items())]
    return FrozenBlocks(_plain(frozen), _plain(services), freezer.media, freezer.problems)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


@dataclass(slots=True)
class _Freezer:
    """The work of freezing one draft: gathers files, questions, help lines and problems on the way."""

    draft: CourseDraft
    shelf: MediaShelf
    lesson: str = ""
    problems: list[ReleaseProblem] = field(default_factory=list)
    uneven: list[str] = field(default_factory=list)
    media: dict[str, Json] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    services: dict[str, SupportService] = field(default_factory=dict)

    @property
    def locale(self) -> Locale:
        return self.draft.page.locale

    def report(self, fault: ReleaseFault, detail: str = "") -> None:
        """Note a problem of the lesson at hand."""
        self.problems.append(ReleaseProblem(fault, self.draft.language, self.lesson, detail))

    def freeze(self, *, edition: int, revision: int) -> Frozen:
        """Return the whole."""
        course = self.draft.page.course
        self._check_lessons(course)
        lessons = [self._lesson(page) for page in self.draft.lessons]
        self.lesson = ""
        quiz = self._quiz(course, {lesson["code"] for lesson in lessons})
        snapshot = {
            "schema": SNAPSHOT_SCHEMA,
            "course": self._course(course),
            "edition": edition,
            "language": self.draft.language,
            "revision": revision,
            "lessons": lessons,
            "quiz": quiz,
            "practice": {question["key"]: question for question in freeze_questions(self.questions.values())},
            "services": [_service_json(service) for _, service in sorted(self.services.items())],
            "media": self.media,
        }
        # Left out where it is False: texts that were frozen before had no such mark.
        if self.draft.language != settings.LANGUAGE_CODE and is_draft(
            group=f"course:{course.code}", language=self.draft.language
        ):
            snapshot["draft"] = True
        # Dates, lazy texts and the like become what JSON gives back, so that the digest outlives the round trip.
        return Frozen(_plain(snapshot), self.problems, self.uneven)

    def _check_lessons(self, course: Course) -> None:
        if not self.draft.lessons:
            self.report(ReleaseFault.NO_LESSONS)
        seen: set[str] = set()
        for page in self.draft.lessons:
            self.lesson = page.lesson.code
            if page.lesson.course_id != course.pk:
                self.report(ReleaseFault.FOREIGN_LESSON)
            if page.lesson.code in seen:
                self.report(ReleaseFault.LESSON_TWICE)
            if page.alias_of_id is not None:
                self.report(ReleaseFault.ALIAS)
            if not len(page.body):
                self.report(ReleaseFault.EMPTY_LESSON)
            seen.add(page.lesson.code)
        self.lesson = ""

    def _course(self, course: Course) -> Json:
        page = self.draft.page
        if course.minimum_minutes > course.minutes:
            self.report(ReleaseFault.TOO_FEW_MINUTES, f"{course.minimum_minutes} > {course.minutes}")
        objectives = course.final_quiz.bank.objectives.all() if course.final_quiz else ()
        said = self._words(course)
        return {
            "code": course.code,
            "slug": course.slug,
            "title": page.title,
            "full_title": page.full_title,
            "summary": page.summary,
            "content_note": page.content_note,
            "outcomes": [str(child.value) for child in page.outcomes],
            "tier": course.tier,
            "minutes": course.minutes,
            "minimum_minutes": course.minimum_minutes,
            "exploitation": course.exploitation,
            "reviews_missing": course.reviews_missing,
            "sector": {"code": course.sector.code, "title": course.sector.title},
            "objectives": [
                {"code": each.code, "text": said.get(f"course/objectives/{each.code}/text", each.text)}
                for each in objectives
            ],
        }

    def _words(self, course: Course) -> dict[str, str]:
        if self.draft.language == settings.LANGUAGE_CODE:
            return {}
        return words(text=f"course:{course.code}", language=self.draft.language)

    def _lesson(self, page: LessonPage) -> Json:
        self.lesson = page.lesson.code
        return {
            "code": page.lesson.code,
            "title": page.title,
            "minutes": page.minutes,
            "content_note": _html(page.content_note),
            "objectives": page.objectives,
            "body": self._value(page.body.stream_block, page.body),
            "sources": [_source_json(each.source) for each in page.lesson_sources.all()],
        }

    def _quiz(self, course: Course, lessons: set[str]) -> Json | None:
        if course.final_quiz is None:
            return None
        quiz = freeze_quiz(course.final_quiz, locale=self.locale)
        for problem in check_blueprint(quiz):
            about = (problem.row, problem.code, f"{problem.found}/{problem.needed}" if problem.needed else "")
            self.report(
                ReleaseFault.BLUEPRINT,
                " ".join([problem.fault, *(str(part) for part in about if part not in (None, ""))]),
            )
        for rule in quiz["critical_rules"]:
            if rule["passage"] not in lessons:
                self.report(ReleaseFault.PASSAGE_MISSING, f"{rule['code']}: {rule['passage']}")
        return quiz

    def _value(self, block: blocks.Block, value: Any) -> Any:
        """Return a block's value as plain JSON, whatever is nested in it."""
        match block:
            case blocks.StreamBlock():
                return [
                    {"type": child.block_type, "id": child.id, "value": self._value(child.block, child.value)}
                    for child in value
                ]
            case blocks.ListBlock():
                return [self._value(block.child_block, each) for each in value or ()]
            case AudioBlock() | VideoBlock():
                self._check_recording(block, value)
                return {
                    name: (self._sound if isinstance(block, AudioBlock) else self._film)(value["file"])
                    if name == "file" and value.get("file")
                    else self._value(child, value.get(name))
                    for name, child in block.child_blocks.items()
                }
            case ScenarioBlock():
                for problem in story_problems(value):
                    self.report(ReleaseFault.STORY, f"{value['code']}: {problem.fault} {problem.name}".strip())
                return {name: self._value(child, value.get(name)) for name, child in block.child_blocks.items()}
            case blocks.StructBlock():
                frozen = {name: self._value(child, value.get(name)) for name, child in block.child_blocks.items()}
                # Left out where there are none: texts that were frozen before named no claims.
                return {name: part for name, part in frozen.items() if name != "claims" or part}
            case blocks.RichTextBlock():
                return _html(value.source if value else "")
            case ChooserBlock():
                return self._chosen(block, value)
            case _:
                return block.get_prep_value(value)

    def _check_recording(self, block: blocks.Block, value: Any) -> None:
        """Report a file that is not what it says, too heavy to be sent, or captions that help nobody."""
        kind = "video" if isinstance(block, VideoBlock) else "audio"
        document = value.get("file")
        film_ms = self._check_file(document, kind) if document is not None else None
        captions = value.get("captions")
        if captions is not None and (data := self._read(captions.file, MOST_BYTES["captions"] + 1)) is not None:
            if len(data) > MOST_BYTES["captions"]:
                self.report(ReleaseFault.TOO_LARGE, captions.filename)
            elif problems := caption_problems(data, film_ms=film_ms):
                self.report(ReleaseFault.CAPTIONS, f"{captions.filename} {problems[0].line}")

    def _check_file(self, document: AbstractDocument, kind: str) -> int | None:
        """Return how long a recording or film lasts; None where it does not say, or cannot be read."""
        try:
            with document.file.open("rb") as opened:
                head, size_bytes = opened.read(HEAD_BYTES), document.file.size
                if size_bytes > MOST_BYTES[kind]:
                    self.report(ReleaseFault.TOO_LARGE, document.filename)
                elif not is_recording(head, kind=kind, content_type=_content_type(document.filename)):
                    self.report(ReleaseFault.NOT_THAT_KIND, document.filename)
                else:
                    return length_ms(opened, size_bytes=size_bytes)
        except BrokenOff:
            self.report(ReleaseFault.BROKEN_OFF, document.filename)
        except OSError:
            # Reported when the file is kept.
            return None
        return None

    def _sound(self, document: AbstractDocument) -> Json | None:
        """Return a recording as a release keeps it; the editor's own file stays as it came."""
        own, name = document.file, document.filename
        data = self._read(own, MOST_BYTES["audio"] + 1) if self.shelf.of_release else None
        if data is None or len(data) > MOST_BYTES["audio"]:
            return self._file(own, {"filename": name})
        released = as_released(data)
        if not released.is_level:
            self.uneven.append(f"{self.lesson}: {name}")
        if released.data == data:
            return self._file(own, {"filename": name})
        if not is_opus(data):
            name = str(PurePath(name).with_suffix(".opus"))
        return self._file(ContentFile(released.data, name=name), {"filename": name})

    def _film(self, document: AbstractDocument) -> Json | None:
        """Return a film as a release keeps it; the editor's own file stays as it came."""
        own, about = document.file, {"filename": document.filename}
        if not self.shelf.of_release or self._read(own, 1) is None or own.size > MOST_BYTES["video"]:
            return self._file(own, about)
        copy = film_as_released(own)
        if copy is None:
            self.uneven.append(f"{self.lesson}: {document.filename}")
        return self._file(copy or own, about)

    def _read(self, file: FieldFile, most_bytes: int) -> bytes | None:
        """Return the beginning of a file; None where it cannot be read, which is reported when it is kept."""
        try:
            with file.open("rb") as opened:
                return bytes(opened.read(most_bytes))
        except OSError:
            return None

    def _chosen(self, block: ChooserBlock, chosen: Any) -> Any:
        match chosen:
            case None:
                if block.required:
                    self.report(ReleaseFault.PIECE_MISSING, str(block.label or block.name))
                return None
            case AbstractImage():
                return self._file(chosen.file, {"width": chosen.width, "height": chosen.height})
            case AbstractDocument():
                return self._file(chosen.file, {"filename": chosen.filename})
            case Question():
                return self._practice_question(chosen)
            case SupportService():
                self.services[chosen.code] = chosen
                return chosen.code
            case _:
                return getattr(chosen, "code", str(chosen.pk))

    def _practice_question(self, question: Question) -> str:
        own = question if question.locale_id == self.locale.pk else question.get_translation_or_none(self.locale)
        self.questions[question.code] = own or question
        return question.code

    def _file(self, file: FieldFile | ContentFile, about: Json) -> Json | None:
        try:
            with file.open("rb") as opened:
                sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            size_bytes = file.size
        except OSError:
            self.report(ReleaseFault.FILE_MISSING, PurePath(file.name or "").name)
            return None
        content_type = _content_type(file.name or "")
        self.media[sha256] = {"content_type": content_type, "size_bytes": size_bytes}
        url = self.shelf.url(file, sha256=sha256, content_type=content_type, size_bytes=size_bytes)
        return {"sha256": sha256, "url": url, "content_type": content_type, "size_bytes": size_bytes, **about}


def _html(source: str) -> str:
    return str(safe_html(expand_db_html(source))) if source else ""


def _content_type(name: str) -> str:
    guessed = _CONTENT_TYPES.get(PurePath(name).suffix.lower()) or mimetypes.guess_type(name)[0]
    return guessed or "application/octet-stream"


def _source_json(source: Any) -> Json:
    names = ("code", "title", "publisher", "published", "url", "caveat", "verified_on")
    return {name: getattr(source, name) for name in names}


def _service_json(service: SupportService) -> Json:
    left_out = {"id", "source"}
    return {
        part.name: getattr(service, part.attname) for part in service._meta.concrete_fields if part.name not in left_out
    }


def published(course: Course) -> list[CourseDraft]:
    """Return what is live of ``course``, language by language; an alias of another language is none."""
    pages = CoursePage.objects.filter(course=course, alias_of__isnull=True).live().select_related("locale", "course")
    return [CourseDraft(page, _live_lessons(page)) for page in pages.order_by("locale__language_code")]


def _live_lessons(page: CoursePage) -> list[LessonPage]:
    lessons = LessonPage.objects.child_of(page).live().select_related("lesson", "locale")
    return list(lessons.prefetch_related("lesson_sources__source").order_by("path"))


def drafted(page: CoursePage) -> CourseDraft:
    """Return the newest drafts below ``page``, published or not: what its editors see."""
    lessons: Iterable[LessonPage] = LessonPage.objects.child_of(page).select_related("lesson").order_by("path")
    return CourseDraft(
        page.get_latest_revision_as_object(), [lesson.get_latest_revision_as_object() for lesson in lessons]
    )
