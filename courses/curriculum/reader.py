"""Reading the curriculum's folder: all of it or nothing, with every problem found on the way."""

import dataclasses
import re
from collections.abc import Callable, Iterable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

from PIL import Image

from courses.curriculum import references
from courses.curriculum.catalogues import Catalogue, read_catalogue
from courses.curriculum.documents import Mapping, load_document
from courses.curriculum.fields import Fields, Name, Sheet
from courses.curriculum.policy import course_problems, shared_problems
from courses.curriculum.problems import CurriculumRejected, Place, Problem
from courses.curriculum.schema import Claim, Course, Curriculum, Lesson, Question, Source
from courses.curriculum.shapes import (
    read_bank,
    read_claims,
    read_course,
    read_glossary,
    read_lesson,
    read_sectors,
    read_services,
    read_sources,
)
from courses.curriculum.wording import course_texts, site_texts
from courses.drawings import drawing_problem
from translations.glossary import Term
from translations.segments import Segment

_ROOT_FILES: Final = frozenset({"LICENSE", "README.md", "claims.yaml", "sectors.yaml", "services.yaml", "sources.yaml"})
_COURSE_FILES: Final = frozenset(
    {"README.md", "course.yaml", "bank.yaml", "sources.yaml", "lessons", "media", "locale"}
)
_LESSON_FILE: Final = re.compile(r"[0-9]{2}-[a-z0-9-]+\.yaml")
_CATALOGUE_FILE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?\.po")
_GLOSSARY_FILE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?\.yaml")
LOCALE_FOLDER: Final = "locale"
GLOSSARY_FOLDER: Final = "glossary"
_MEDIA_FILE: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9]+")

MAX_MEDIA_BYTES: Final = 5_000_000
NOT_A_FILE: Final = "this is a link or no ordinary file; put the file itself here"
_KINDS: Final = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}

_T = TypeVar("_T")


def read_curriculum(root: Path) -> Curriculum:
    """Return the curriculum in the folder ``root``.

    Raises:
        CurriculumRejected: something in it breaks the format or a rule of policy; it carries every problem.
    """
    curriculum, problems = examine_curriculum(root)
    if problems:
        raise CurriculumRejected(problems)
    return curriculum


def examine_curriculum(root: Path) -> tuple[Curriculum, list[Problem]]:
    """Return what could be read of ``root`` and every problem, ordered by file and line.

    The rules that count (questions of an objective, minutes, lengths) are applied to the courses whose files
    are sound; the others would be counted wrongly.
    """
    problems: list[Problem] = []
    folder = _Folder(root, problems)
    sectors, audiences = folder.read("sectors.yaml", read_sectors, references.SECTOR_KINDS) or ((), ())
    services = folder.read("services.yaml", read_services, references.SERVICE_KINDS) or ()
    sources = folder.read("sources.yaml", read_sources, references.SOURCE_KINDS) or ()
    claims: tuple[Claim, ...] = ()
    if (root / "claims.yaml").exists():
        claims = folder.read("claims.yaml", read_claims, references.CLAIM_KINDS) or ()
    folder.expect(".", _ROOT_FILES, folders=True)
    shared_sheets = list(folder.sheets)
    courses: list[Course] = []
    course_sheets: list[list[Sheet]] = []
    for name in folder.names(".", folders=True):
        if name in (LOCALE_FOLDER, GLOSSARY_FOLDER):
            continue
        within = _Folder(root, problems, name)
        course = _read_course_folder(within)
        course_sheets.append(within.sheets)
        if course is not None:
            courses.append(course)
    problems += references.reference_problems(shared_sheets, course_sheets)
    curriculum = Curriculum(
        root=root,
        sectors=sectors,
        audiences=audiences,
        services=services,
        sources=sources,
        claims=claims,
        courses=tuple(courses),
        texts=tuple(said for sheet in shared_sheets for said in sheet.texts),
        terms=_read_glossary(_Folder(root, problems, GLOSSARY_FOLDER)),
    )
    site = [segment for text in site_texts(curriculum) for segment in text.segments]
    curriculum = dataclasses.replace(curriculum, catalogues=_read_catalogues(folder, site))
    broken = {problem.path.partition("/")[0] for problem in problems}
    problems += shared_problems(curriculum)
    for course in courses:
        problems += course_problems(course, services, counted=course.folder.name not in broken)
    return curriculum, sorted(set(problems))


class _Folder:
    """A folder being read: the root, or that of one course (``name``)."""

    def __init__(self, root: Path, problems: list[Problem], name: str = "") -> None:
        self.folder = root / name if name else root
        self.name = name
        self.problems = problems
        self.sheets: list[Sheet] = []
        self.unsure: set[str] = set()
        """What of the folder holds something that was not opened: nothing is said to be missing there."""

    def path(self, file: str) -> str:
        """Return how problems name ``file``."""
        return f"{self.name}/{file}" if self.name else file

    def names(self, below: str, *, folders: bool) -> list[str]:
        """Return the names of the files, or folders, in ``below``, sorted; what begins with a dot is not seen.

        Links, and what is neither file nor folder, are reported and not followed.
        """
        folder = self.folder / below
        # What a link leads to may lie outside. The curriculum's own folder may be one.
        if (self.name or below != ".") and folder.is_symlink():
            self.unsure.add(below)
            return []
        if not folder.is_dir():
            return []
        found = []
        for entry in sorted(each for each in folder.iterdir() if not each.name.startswith(".")):
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                place = self.path(entry.name if below == "." else f"{below}/{entry.name}")
                self.problems.append(Problem(place, 1, NOT_A_FILE))
                self.unsure.add(below)
            elif entry.is_dir() is folders:
                found.append(entry.name)
        return found

    def expect(self, below: str, allowed: Iterable[str] | re.Pattern[str], *, folders: bool = False) -> None:
        """Report what does not belong in ``below``; ``folders``: any folder does."""
        names = self.names(below, folders=False) + ([] if folders else self.names(below, folders=True))
        for name in names:
            if not (allowed.fullmatch(name) if isinstance(allowed, re.Pattern) else name in allowed):
                place = self.path(name if below == "." else f"{below}/{name}")
                self.problems.append(Problem(place, 1, "this does not belong here"))

    def read(self, file: str, shape: Callable[[Fields], _T], kinds: tuple[str, ...]) -> _T | None:
        """Return what ``shape`` makes of ``file``, or None; ``kinds`` is what the file gives names to."""
        sheet = Sheet(self.path(file), self.problems)
        self.sheets.append(sheet)
        root = self.folder / file
        if not root.is_file() or root.is_symlink():
            is_other = root.is_symlink() or (root.exists() and not root.is_dir())
            self.problems.append(Problem(sheet.path, 1, NOT_A_FILE if is_other else "the file is missing"))
            sheet.unsure.update(kinds)
            return None
        node = load_document(root, path=sheet.path, problems=self.problems)
        if node is None:
            sheet.unsure.update(kinds)
            return None
        if not isinstance(node, Mapping):
            sheet.report(node.line, "the file has to be a mapping of keys")
            sheet.unsure.update(kinds)
            return None
        return shape(Fields(node, sheet))


def _read_course_folder(folder: _Folder) -> Course | None:
    course = folder.read("course.yaml", lambda fields: read_course(fields, folder.folder), references.COURSE_KINDS)
    lessons: list[Lesson] = []
    for name in folder.names("lessons", folders=False):
        lesson = folder.read(f"lessons/{name}", read_lesson, references.LESSON_KINDS)
        if lesson is not None:
            lessons.append(dataclasses.replace(lesson, texts=tuple(folder.sheets[-1].texts)))
    if "lessons" in folder.unsure:
        folder.sheets[0].unsure.update(references.LESSON_KINDS)
    elif not folder.names("lessons", folders=False):
        folder.problems.append(Problem(folder.path("lessons"), 1, "the course has no lesson"))
    questions: tuple[Question, ...] = folder.read("bank.yaml", read_bank, references.BANK_KINDS) or ()
    sources: tuple[Source, ...] = ()
    if (folder.folder / "sources.yaml").exists():
        sources = folder.read("sources.yaml", read_sources, references.SOURCE_KINDS) or ()
    _read_media(folder)
    folder.expect(".", _COURSE_FILES)
    folder.expect("lessons", _LESSON_FILE)
    if course is None:
        return None
    whole = dataclasses.replace(
        course,
        lessons=tuple(lessons),
        questions=questions,
        sources=sources,
        texts=tuple(said for sheet in folder.sheets for said in sheet.texts),
    )
    segments = [segment for text in course_texts(whole) for segment in text.segments]
    return dataclasses.replace(whole, catalogues=_read_catalogues(folder, segments))


def _read_catalogues(folder: _Folder, segments: list[Segment]) -> tuple[Catalogue, ...]:
    folder.expect(LOCALE_FOLDER, _CATALOGUE_FILE)
    found = (
        read_catalogue(
            folder.folder / LOCALE_FOLDER / name,
            place=folder.path(f"{LOCALE_FOLDER}/{name}"),
            segments=segments,
            problems=folder.problems,
        )
        for name in folder.names(LOCALE_FOLDER, folders=False)
        if _CATALOGUE_FILE.fullmatch(name)
    )
    return tuple(catalogue for catalogue in found if catalogue)


def _read_glossary(folder: _Folder) -> tuple[Term, ...]:
    folder.expect(".", _GLOSSARY_FILE)
    terms: list[Term] = []
    for name in folder.names(".", folders=False):
        if _GLOSSARY_FILE.fullmatch(name):
            language = name.removesuffix(".yaml")
            terms += folder.read(name, partial(read_glossary, language=language), ()) or ()
    return tuple(terms)


def _read_media(folder: _Folder) -> None:
    sheet = Sheet(folder.path("media"), folder.problems)
    names = folder.names("media", folders=False)
    sheet.given = [Name(Place(f"{sheet.path}/{name}", 1), "media", name) for name in names]
    if "media" in folder.unsure:
        sheet.unsure.add("media")
    for name in names:
        if problem := _media_problem(folder.folder / "media" / name):
            folder.problems.append(Problem(f"{sheet.path}/{name}", 1, problem))
    folder.sheets.append(sheet)
    folder.expect("media", _MEDIA_FILE)


def _media_problem(file: Path) -> str:
    """Return what is wrong with a picture, "" where nothing is."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_MEDIA_BYTES + 1)
    except OSError:
        return "the file cannot be opened"
    if len(content) > MAX_MEDIA_BYTES:
        return f"the file is larger than {MAX_MEDIA_BYTES} bytes"
    if file.suffix == ".svg":
        return drawing_problem(content)
    kind = _KINDS.get(file.suffix)
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.verify()
            is_it = picture.format == kind
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        is_it = False
    return "" if kind is None or is_it else f"this is no picture of the kind {file.suffix}, whatever its name says"
