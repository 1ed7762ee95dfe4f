"""Loading the shipped curriculum: what is new is written, what an editor has touched is left alone.

For each thing three forms are compared: what is shipped, what is stored, and (by its digest) what was loaded last.
What is shipped unchanged is not even looked at.
"""

import dataclasses
import difflib
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from assessments.frozen import canonical_json
from courses import selectors
from courses.curriculum.catalogues import with_local_words
from courses.curriculum.indexing import indexed_at_the_end
from courses.curriculum.parts import all_parts
from courses.curriculum.parts.languages import shipped_languages
from courses.curriculum.registry import Form, Part
from courses.curriculum.schema import Curriculum
from courses.curriculum.wording import SITE_GROUP, course_texts, group_of, site_texts
from courses.exceptions import OF_CARE, OF_REVIEWS, ReleaseFault, ReleaseRefused
from courses.models import Course, Edition, LoadedItem
from courses.services import release_course
from translations.changes import ChangeKind
from translations.given import GivenTranslation
from translations.selectors import local_words
from translations.services import record_texts, record_translations

FIRST_NOTE: Final = "As shipped"
NEXT_NOTE: Final = "New version shipped"

_CONTEXT_LINES: Final = 1
# Keeps the digest of what was withdrawn, so that it can be shipped again.
_WITHDRAWN: Final = "withdrawn/"
# Keeps the digest of all texts and translations that were recorded last.
_WORDS: Final = "words"


@dataclass(frozen=True, slots=True)
class EditedItem:
    """Something that an editor has touched since it was loaded and of which another version is shipped.

    ``diff`` leads from what is stored to what is shipped. ``overwritten`` tells what became of it.
    """

    part: str
    code: str
    diff: tuple[str, ...]
    overwritten: bool


@dataclass(slots=True)
class LoadReport:
    """What a load did. Counts are by part."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    """Touched by an editor and left as they are."""
    edited: list[EditedItem] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    """Courses of which an edition was released, with its number: ``hospitality 1``."""
    awaiting_review: list[str] = field(default_factory=list)
    """Courses that were loaded and not released: a reviewer stands against it, or has not read it yet."""

    @property
    def changes(self) -> int:
        """Return how many things were written."""
        return self.created.total() + self.changed.total() + self.withdrawn.total() + len(self.released)


def load(
    curriculum: Curriculum,
    *,
    at: datetime,
    apply_over_edits: bool = False,
    release: bool = False,
    check: bool = False,
    change: ChangeKind = ChangeKind.MEANING,
) -> LoadReport:
    """Write ``curriculum``, all of it or nothing, and release the first edition of courses that have none.

    What an editor has touched is reported with its difference and overwritten only with ``apply_over_edits``.
    ``change`` says what sources that changed mean for their translations. ``release`` releases a next edition of the
    courses that changed. ``check`` writes nothing and reports what would be written.

    Raises:
        ReleaseRefused: a course cannot be released as it stands; nothing was loaded.
    """
    report = LoadReport()
    with transaction.atomic():
        loaded = dict(LoadedItem.objects.values_list("key", "digest"))
        work = _Load(report, loaded, at, apply_over_edits=apply_over_edits, check=check)
        with indexed_at_the_end():
            said = _with_local_words(curriculum)
            for part in all_parts(shipped_languages(said)):
                work.load_part(part, part.shipped(said))
        if not check:
            _record_words(curriculum, work, change)
            work.remember()
            for course in Course.objects.filter(code__in=[each.code for each in curriculum.courses]).order_by("code"):
                _release(course, report, at, release=release, change=change)
    return report


class _Load:
    """One run: decides thing by thing and remembers what it wrote."""

    def __init__(
        self, report: LoadReport, loaded: dict[str, str], at: datetime, *, apply_over_edits: bool, check: bool
    ) -> None:
        self.report = report
        self.loaded = loaded
        self.at = at
        self.apply_over_edits = apply_over_edits
        self.check = check
        self.written: dict[str, str] = {}
        self.gone: list[str] = []

    def load_part(self, part: Part, shipped: dict[str, Form]) -> None:
        """Compare and write everything of one part."""
        digests = {code: form_digest(form) for code, form in shipped.items()}
        keys = {code: f"{part.name}:{code}" for code in shipped}
        # With apply_over_edits, what an editor has touched is looked for even where the same is shipped as before.
        news = [code for code in shipped if self.apply_over_edits or self.loaded.get(keys[code]) != digests[code]]
        self.report.unchanged[part.name] += len(shipped) - len(news)
        stored = part.stored(news) if news else {}
        for code in news:
            self._load_one(part, code, shipped[code], digests[code], stored.get(code))
        self._withdraw(part, shipped)

    def _load_one(self, part: Part, code: str, form: Form, digest: str, stored: Form | None) -> None:
        key = f"{part.name}:{code}"
        last = self.loaded.get(key) or self.loaded.get(f"{_WITHDRAWN}{key}")
        if stored == form:
            self._remember(part, code, digest)
            self.report.unchanged[part.name] += 1
            return
        untouched = last is None if stored is None else last == form_digest(stored)
        if not untouched:
            diff = form_diff(stored, form, there="as it is shipped")
            self.report.edited.append(EditedItem(part.name, code, diff, overwritten=self.apply_over_edits))
            if not self.apply_over_edits:
                self.report.kept[part.name] += 1
                return
        (self.report.created if stored is None else self.report.changed)[part.name] += 1
        if not self.check:
            part.write(code, form, self.at)
        self._remember(part, code, digest)

    def _withdraw(self, part: Part, shipped: dict[str, Form]) -> None:
        if not part.can_withdraw:
            return
        prefix = f"{part.name}:"
        codes = [key.removeprefix(prefix) for key in self.loaded if key.startswith(prefix)]
        gone = [code for code in codes if code not in shipped]
        stored = part.stored(gone) if gone else {}
        for code in gone:
            form = stored.get(code)
            touched = form is None or self.loaded[f"{prefix}{code}"] != form_digest(form)
            if touched and not self.apply_over_edits:
                self.report.kept[part.name] += 1
                continue
            if not self.check:
                part.withdraw(code)
            self.report.withdrawn[part.name] += 1
            self.gone.append(f"{prefix}{code}")
            self.written |= {f"{_WITHDRAWN}{prefix}{code}": form_digest(form) for form in part.stored([code]).values()}

    def _remember(self, part: Part, code: str, digest: str) -> None:
        key = f"{part.name}:{code}"
        if self.loaded.get(key) != digest:
            self.written[key] = digest
        if f"{_WITHDRAWN}{key}" in self.loaded:
            self.gone.append(f"{_WITHDRAWN}{key}")

    def remember(self) -> None:
        """Keep the digests of what was written, for the next load."""
        LoadedItem.objects.filter(key__in=self.gone).delete()
        LoadedItem.objects.bulk_create(
            [LoadedItem(key=key, digest=digest, loaded_at=self.at) for key, digest in self.written.items()],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["digest", "loaded_at"],
        )


def _with_local_words(curriculum: Curriculum) -> Curriculum:
    """Return the curriculum with what people translated here before what came with it."""
    local: dict[str, dict[str, dict[str, GivenTranslation]]] = {}
    for (group, language), words in local_words().items():
        local.setdefault(group, {})[language] = words
    if not local:
        return curriculum
    return dataclasses.replace(
        curriculum,
        catalogues=with_local_words(curriculum.catalogues, local.get(SITE_GROUP, {})),
        courses=tuple(
            dataclasses.replace(
                course, catalogues=with_local_words(course.catalogues, local.get(group_of(course.code), {}))
            )
            for course in curriculum.courses
        ),
    )


def _record_words(curriculum: Curriculum, work: _Load, change: ChangeKind) -> None:
    """Let the room of translations know every segment and what came with the files, for the matrix and its marks."""
    texts = site_texts(curriculum) + [text for course in curriculum.courses for text in course_texts(course)]
    owners = [(SITE_GROUP, curriculum.catalogues)]
    owners += [(group_of(course.code), course.catalogues) for course in curriculum.courses]
    digest = hashlib.sha256(repr((texts, owners)).encode()).hexdigest()
    if work.loaded.get(_WORDS) == digest:
        return
    work.written[_WORDS] = digest
    record_texts(texts=texts, groups={text.group for text in texts}, change=change)
    for group, catalogues in owners:
        segments = [segment for text in texts if text.group == group for segment in text.segments]
        for catalogue in catalogues:
            record_translations(
                group=group, language=catalogue.language, translations=catalogue.carried(segments), at=work.at
            )


def form_digest(form: Form) -> str:
    """Return the SHA-256, in hex, of a form's canonical JSON."""
    return hashlib.sha256(canonical_json(form).encode()).hexdigest()


def form_diff(stored: Form | None, other: Form, *, there: str) -> tuple[str, ...]:
    """Return what leads from the stored form to the other one, line by line; ``there`` says where that one is."""
    before = [] if stored is None else form_lines(stored)
    return tuple(difflib.unified_diff(before, form_lines(other), "as it is here", there, n=_CONTEXT_LINES, lineterm=""))


def form_lines(form: Form) -> list[str]:
    """Return a form as lines that a difference can be told by."""
    return json.dumps(form, ensure_ascii=False, indent=1, sort_keys=True).splitlines()


def _release(course: Course, report: LoadReport, at: datetime, *, release: bool, change: ChangeKind) -> None:
    newest = selectors.newest_edition(course)
    if newest is not None and not release:
        return
    if selectors.is_taken_back(course):
        # Its pages are down and stay so; the other courses come all the same.
        report.awaiting_review.append(course.code)
        return
    try:
        edition = release_course(
            course=course,
            severity=Edition.Severity.FINISH_ON_OLD if newest else Edition.Severity.NONE,
            note=NEXT_NOTE if newest else FIRST_NOTE,
            change=change,
            by=None,
            at=at,
        )
    except ReleaseRefused as refused:
        faults = {problem.fault for problem in refused.problems}
        if faults == {ReleaseFault.UNCHANGED}:
            return
        if faults <= (OF_CARE if newest else OF_REVIEWS):
            report.awaiting_review.append(course.code)
            return
        raise
    report.released.append(f"{course.code} {edition.number}")
