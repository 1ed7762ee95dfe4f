"""Bringing a bundle into a site: what is new is added, what was changed here is kept, and both are brought together.

Three forms of each thing are compared: what the bundle says, what is stored here, and what was brought in last. What
the site has for all its courses (sectors, help lines, sources) is added where it is missing and never changed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import DatabaseError, transaction
from django.db.models import Q
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField

from assessments.models import Question
from cms.models import HomePage, Source, SupportService
from courses.bundle.faults import in_a_line
from courses.bundle.merging import merge
from courses.bundle.owning import OWNERS_FILE, BroughtClaim, BroughtPart
from courses.bundle.parts import DIRECTORY, PortableLessonPages, part_and_language, portable_parts
from courses.bundle.reading import PICTURE, Bundle, BundleRefused, Media, file_of
from courses.bundle.recognising import heard
from courses.bundle.withdrawing import block_ids
from courses.bundle.words import carried_of, entry_of
from courses.consents import Consent
from courses.curriculum.indexing import indexed_at_the_end
from courses.curriculum.loader import form_diff, form_digest
from courses.curriculum.parts.pages import LessonPagePart
from courses.curriculum.parts.streams import chosen_in
from courses.curriculum.registry import Form, Part
from courses.curriculum.wording import group_of
from courses.drawings import drawing_problem
from courses.exceptions import AlreadyOwned, ConsentRefused, CourseError, NothingThere, QuestionTypeChanged
from courses.models import Claim, Course, LessonPage, LoadedItem, Nation, OwnedPart, StoryConsent, Withdrawal
from courses.selectors import is_taken_back, uses_of
from courses.services import add_nation, contradict_claim, own_part, withdraw_claim, withdraw_part
from courses.services.consenting import carry_consent
from courses.withdrawn import Part as OwnersPart
from courses.withholding import letters_in
from translations.given import GivenText, GivenTranslation, Kind
from translations.models import Text
from translations.segments import Segment
from translations.services import record_carried, record_texts, record_translations

_MEMORY: Final = "bundle/"
# What writing a form that is not as it should be may raise.
_FAULTS: Final = (
    ValidationError,
    DatabaseError,
    ObjectDoesNotExist,
    QuestionTypeChanged,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
)


class OnConflict(StrEnum):
    """What becomes of a thing that was changed here and there in the same place."""

    REFUSE = "refuse"
    KEEP = "keep"
    TAKE = "take"


@dataclass(frozen=True, slots=True)
class Difference:
    """A thing that the bundle changes, or would; ``places`` names where both sides changed it."""

    part: str
    code: str
    diff: tuple[str, ...]
    places: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do. Counts are by part."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    """Changed here and there in different places: both stay."""
    withdrawn: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    """Changed, or taken away, here alone, or of the site's directory: left as they are."""
    media: int = 0
    words_taken: Counter[str] = field(default_factory=Counter)
    """Segments by language of which it is known now who wrote or signed for them there."""
    words_kept: Counter[str] = field(default_factory=Counter)
    """Segments by language that say something else here, or of which people here said more."""
    differences: list[Difference] = field(default_factory=list)
    conflicts: list[Difference] = field(default_factory=list)
    languages_left_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    """Texts that look like another language than the bundle says; a line each."""
    owners: list[str] = field(default_factory=list)
    """What is newly held to here because of whose the parts are, or of what was said against facts; a line each."""
    owners_kept: list[str] = field(default_factory=list)
    """Where this site holds to something else, which stays."""

    @property
    def changes(self) -> int:
        """Return how many things were written."""
        counted = (self.created, self.changed, self.merged, self.withdrawn)
        return sum(each.total() for each in counted) + self.media + len(self.owners)


class Conflicts(CourseError):
    """Something was changed here and there in the same place; carries the ``report``. Nothing was written."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__(f"{len(report.conflicts)} conflicts")
        self.report = report


class _TriedOnly(Exception):
    """Undoes what was written to see what would be."""


def import_bundle(
    bundle: Bundle, *, at: datetime, on_conflict: OnConflict = OnConflict.REFUSE, apply: bool = False
) -> ImportReport:
    """Bring in ``bundle``, all of it or nothing. Without ``apply`` nothing is left written; the report is the same.

    Raises:
        BundleRefused: something in the bundle cannot be stored here; names each file.
        Conflicts: both sides changed the same place and ``on_conflict`` is to refuse; only with ``apply``.
    """
    if not HomePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).exists():
        raise BundleRefused("this site has no front page yet; run load_curriculum first")
    offered = dict(settings.WAGTAIL_CONTENT_LANGUAGES)
    languages = [language for language in bundle.languages if language in offered]
    report = ImportReport(languages_left_out=tuple(each for each in bundle.languages if each not in offered))
    _refuse_unknown_names(bundle)
    words = heard(bundle.forms, languages)
    if words.problems:
        raise BundleRefused(*words.problems)
    report.doubts = words.doubts
    with _files_removed_unless_kept() as files:
        try:
            with transaction.atomic():
                with indexed_at_the_end():
                    _Import(bundle, report, at, on_conflict, files).run(languages)
                if not apply:
                    raise _TriedOnly
                if report.conflicts and on_conflict is OnConflict.REFUSE:
                    raise Conflicts(report)
        except _TriedOnly:
            return report
        files.clear()
    return report


@contextmanager
def _files_removed_unless_kept() -> Iterator[list[Any]]:
    """Yield a list of field files; those still in it at the end are removed: a database forgets, a folder does not."""
    files: list[Any] = []
    try:
        yield files
    finally:
        for file in files:
            file.storage.delete(file.name)


def _refuse_unknown_names(bundle: Bundle) -> None:
    """Refuse lessons that name what is neither in the bundle nor here."""
    body = LessonPage._meta.get_field("body").stream_block
    questions = {code.partition("/")[2] for code in bundle.forms["question"]}
    media = {one.name for one in bundle.media}
    known: dict[Any, set[str]] = {
        SupportService: {*bundle.forms["service"], *SupportService.objects.values_list("code", flat=True)},
        Claim: {*bundle.forms.get("claim", {}), *Claim.objects.values_list("code", flat=True)},
        Source: {*bundle.forms["source"], *Source.objects.values_list("code", flat=True)},
        Question: questions,
        get_image_model(): media,
        get_document_model(): media,
    }
    problems = []
    for part, by_code in bundle.forms.items():
        if part_and_language(part)[0] != "lesson-page":
            continue
        for code, form in by_code.items():
            try:
                named = [(block.model_class, name) for block, name in chosen_in(body, form["body"])]
                named += [(Source, name) for name in form["sources"]]
            except (KeyError, TypeError, AttributeError):
                problems.append(f"{file_of(part, code)}: this is not the form of a lesson")
                continue
            problems += [
                f"{file_of(part, code)}: there is no {model._meta.verbose_name} {name}, neither in the bundle nor here"
                for model, name in named
                if not isinstance(name, str) or name not in known[model]
            ]
    if problems:
        raise BundleRefused(*dict.fromkeys(problems))


def _of_others(bundle: Bundle, certifications: dict[str, Form]) -> Iterator[str]:
    """Yield the files of what belongs here to another course alone, though the bundle says that it is this one's."""
    others = Course.objects.exclude(code=bundle.course)
    own = Course.objects.filter(code=bundle.course)
    anothers = "this belongs to another course here"
    for code, form in certifications.items():
        if form["courses"] and bundle.course not in form["courses"]:
            yield f"{file_of('certification', code)}: {anothers}"
    for code, form in bundle.forms["quiz"].items():
        if others.filter(final_quiz__code=code).exists() and not own.filter(final_quiz__code=code).exists():
            yield f"{file_of('quiz', code)}: {anothers}"
        bank = str(form.get("bank"))
        is_anothers = others.filter(Q(final_quiz__bank__code=bank) | Q(code=bank)).exists()
        if is_anothers and not own.filter(final_quiz__bank__code=bank).exists():
            yield f"{file_of('bank', bank)}: {anothers}"


class _Import:
    """One run: decides thing by thing and remembers what it brought in."""

    def __init__(
        self, bundle: Bundle, report: ImportReport, at: datetime, on_conflict: OnConflict, files: list[Any]
    ) -> None:
        self.bundle = bundle
        self.report = report
        self.at = at
        self.on_conflict = on_conflict
        self.files = files
        self.loaded = {item.key: item for item in LoadedItem.objects.filter(form__isnull=False)}
        self.shipped = dict(LoadedItem.objects.filter(form__isnull=True).values_list("key", "digest"))
        self.memory: dict[str, Form] = {}
        self.written: dict[str, dict[str, Form]] = {}
        self.problems: list[str] = []
        self.unreadable: set[str] = set()
        """Files of what was written and cannot be read again."""
        self.as_theirs: set[str] = set()
        """Keys of what says here, in the end, just what the bundle says."""

    def run(self, languages: list[str]) -> None:
        """Write everything, look at what was written, and remember it."""
        for media in self.bundle.media:
            self._add_media(media)
        self._refuse()
        parts = portable_parts(languages)
        # Before anything is written: a lesson that comes changes the order of lessons by coming.
        stored = {part.name: _stored(part, self.bundle.forms[part.name]) for part in parts}
        self.problems += _of_others(self.bundle, stored.get("certification", {}))
        self._refuse()
        loaded = {part.name: self._as_loaded(part, stored[part.name]) for part in parts}
        for part in parts:
            self._bring_in(part, stored[part.name], loaded[part.name])
            self._withdraw(part)
        self._refuse()
        for part in parts:
            self._look_at(part)
        self._refuse()
        self._own()
        self._refuse()
        if self.bundle.texts:
            self._carry_words(languages)
        else:
            self._record_drafts(languages)
        self._remember()

    def _refuse(self) -> None:
        if self.problems:
            raise BundleRefused(*self.problems)

    def _add_media(self, media: Media) -> None:
        is_picture = media.kind == PICTURE
        model = get_image_model() if is_picture else get_document_model()
        digest = media.name.partition(".")[0]
        if model.objects.filter(file_hash=digest).exists():
            return
        content = self.bundle.content(media)
        try:
            row = model(title=media.title[:255], file_hash=digest, file_size=len(content))
            if is_picture:
                upload = ImageFile(ContentFile(content, name=media.name), name=media.name)
                if media.name.endswith(".svg"):
                    if problem := drawing_problem(content):
                        raise ValidationError(problem)
                else:
                    WagtailImageField().clean(upload)
                    upload.seek(0)
                row.file = upload
            else:
                row.file = ContentFile(content, name=media.name)
            row.clean_fields(exclude=["collection", "width", "height", "uploaded_by_user"])
            row.save()
        except (ValidationError, OSError, ValueError, TypeError, AttributeError) as fault:
            self.problems.append(f"media/{media.name}: {in_a_line(fault)}")
            return
        self.files.append(row.file)
        self.report.media += 1

    def _bring_in(self, part: Part, stored: dict[str, Form], loaded: dict[str, Form]) -> None:
        for code, sent in self.bundle.forms[part.name].items():
            is_down = part_and_language(part.name)[0] == "course-page" and self._is_taken_back()
            theirs = {**sent, "live": False} if is_down else sent
            if part.name == "course":
                theirs = _reviewed_as_here(theirs, stored.get(code, {}))
            form = self._decide(part, code, theirs, stored.get(code), loaded.get(code))
            if form is None:
                continue
            try:
                with transaction.atomic():
                    part.write(code, form, self.at)
                if form == theirs:
                    self.as_theirs.add(f"{_MEMORY}{part.name}:{code}")
            except _FAULTS as fault:
                self.problems.append(f"{file_of(part.name, code)}: {in_a_line(fault)}")
                continue
            self.written.setdefault(part.name, {})[code] = form

    def _is_taken_back(self) -> bool:
        """Whether the owner took the whole course back here: no bundle publishes its pages."""
        course = Course.objects.filter(code=self.bundle.course).first()
        return course is not None and is_taken_back(course)

    def _as_loaded(self, part: Part, stored: dict[str, Form]) -> dict[str, Form]:
        """Return what is stored in the spelling of the curriculum's loader, which names pictures by their titles."""
        return LessonPagePart(part.words).stored(list(stored)) if isinstance(part, PortableLessonPages) else stored

    def _decide(self, part: Part, code: str, theirs: Form, ours: Form | None, plain: Form | None) -> Form | None:
        """Return the form to write, or None to leave the thing alone; counts it."""
        report, key = self.report, f"{_MEMORY}{part.name}:{code}"
        if ours == theirs:
            self.as_theirs.add(key)
            report.unchanged[part.name] += 1
            self.memory[key] = theirs
            return None
        if part_and_language(part.name)[0] in DIRECTORY:
            (report.created if ours is None else report.kept)[part.name] += 1
            return theirs if ours is None else None
        before = self.loaded.get(key)
        shipped = self.shipped.get(f"{part.name}:{code}")
        if ours is None:
            if before is not None and self.on_conflict is not OnConflict.TAKE:
                report.kept[part.name] += 1
                return None
            report.created[part.name] += 1
            self.memory[key] = theirs
            return theirs
        untouched = before.form == ours if before else bool(plain and shipped == form_digest(plain))
        if untouched:
            self._changes(report.changed, part, code, ours, theirs)
            self.memory[key] = theirs
            return theirs
        if before is not None and before.form == theirs:
            report.kept[part.name] += 1
            return None
        both = merge(before.form if before else None, ours, theirs)
        if not both.conflicts:
            self._changes(report.merged, part, code, ours, both.form)
            self.memory[key] = theirs
            return both.form  # type: ignore[no-any-return]  # two objects merge into one
        diff = form_diff(ours, theirs, there="as the bundle has it")
        report.conflicts.append(Difference(part.name, code, diff, both.conflicts if before else ()))
        if self.on_conflict is OnConflict.TAKE:
            report.changed[part.name] += 1
            self.memory[key] = theirs
            return theirs
        report.kept[part.name] += 1
        return None

    def _changes(self, counter: Counter[str], part: Part, code: str, ours: Form, new: Form) -> None:
        counter[part.name] += 1
        self.report.differences.append(Difference(part.name, code, form_diff(ours, new, there="as it will be")))

    def _withdraw(self, part: Part) -> None:
        """Take out of use what came with an earlier bundle of this course, is in this one no more, and nobody touched."""
        if not part.can_withdraw:
            return
        prefix = f"{_MEMORY}{part.name}:"
        banks = tuple(f"{bank}/" for bank in self.bundle.forms["bank"])
        own = (f"{self.bundle.course}/", *banks)
        gone = [
            code
            for key in self.loaded
            if key.startswith(prefix)
            for code in [key.removeprefix(prefix)]
            if (code.startswith(own) or code == self.bundle.course) and code not in self.bundle.forms[part.name]
        ]
        stored = _stored(part, gone)
        for code in gone:
            if stored.get(code) == self.loaded[f"{prefix}{code}"].form or (
                code in stored and self.on_conflict is OnConflict.TAKE
            ):
                part.withdraw(code)
                self.report.withdrawn[part.name] += 1
            else:
                self.report.kept[part.name] += 1

    def _look_at(self, part: Part) -> None:
        """Compare what is stored now with what was written, and hold it to the rules of its model."""
        written = self.written.get(part.name, {})
        stored = self._read_back(part, written)
        kept = []
        for code, form in written.items():
            name = file_of(part.name, code)
            if name in self.unreadable:
                continue
            if stored.get(code) != form:
                lost = form_diff(stored.get(code), form, there="as the bundle has it")
                about = next((line for line in lost if line.startswith("+") and not line.startswith("+++")), "")
                self.problems.append(f"{name}: this cannot be kept as it is: {about[1:].strip()[:200]}")
            else:
                kept.append(code)
        self._check(part, kept)

    def _check(self, part: Part, codes: list[str]) -> None:
        """Hold what is stored to the rules of its model: all at once, and one by one to name what they refuse."""
        try:
            with transaction.atomic():
                part.check(codes)
        except _FAULTS as fault:
            if len(codes) == 1:
                self.problems.append(f"{file_of(part.name, codes[0])}: {in_a_line(fault)}")
                return
            for code in codes:
                self._check(part, [code])

    def _read_back(self, part: Part, written: dict[str, Form]) -> dict[str, Form]:
        """Return what is stored now; what was written and cannot even be read is a problem."""
        try:
            return _stored(part, written)
        except _FAULTS:
            found: dict[str, Form] = {}
            for code in written:
                try:
                    found |= _stored(part, [code])
                except _FAULTS as fault:
                    self.unreadable.add(file_of(part.name, code))
                    self.problems.append(f"{file_of(part.name, code)}: {in_a_line(fault)}")
            return found

    def _own(self) -> None:
        """Record here whose the parts are, and take away what was taken back there. Nothing is ever given back."""
        owners = self.bundle.owners
        course = Course.objects.get(code=self.bundle.course)
        nations: dict[str, Nation] = {}
        consents: dict[str, StoryConsent] = {}
        for given in owners.nations:
            here = Nation.objects.filter(name__iexact=given.name).first()
            if here is None:
                try:
                    here = add_nation(
                        name=given.name, contact=given.contact, licence=given.licence, by=None, at=self.at
                    )
                except CourseError as refused:
                    self.problems.append(f"{OWNERS_FILE}: {given.name}: {type(refused).__name__}")
                    continue
                self.report.owners.append(f"Nation {given.name}: {given.licence}")
            elif here.licence != given.licence:
                self.report.owners_kept.append(f"Nation {given.name}: the licence here stays; there: {given.licence}")
            nations[given.name] = here
        for reference, consent in (owners.consents or {}).items():
            before = StoryConsent.objects.filter(reference=reference).first()
            try:
                after = carry_consent(reference=reference, given=consent, at=self.at)
            except ConsentRefused as refused:
                self.problems.append(f"{OWNERS_FILE}: {reference}: {', '.join(refused.faults)}")
                continue
            if before is None or before.rule != after.rule:
                self.report.owners.append(f"consent {reference}: {_covers(after.rule)}")
            if after.rule != consent:
                self.report.owners_kept.append(f"consent {reference}: narrower here; there: {_covers(consent)}")
            consents[reference] = after
        for part in owners.parts:
            owner = nations.get(part.nation) or consents.get(part.consent)
            if owner is not None:
                self._own_part(course, part, owner)
        self._speak_against(course, owners.claims)

    def _own_part(self, course: Course, given: BroughtPart, owner: Nation | StoryConsent) -> None:
        target = self._target_here(course.code, given)
        if target is None:
            return
        part, label = OwnersPart(given.kind, target), f"{given.kind} {given.lesson or target}"
        is_nations = isinstance(owner, Nation)
        whose: dict[str, Any] = {"nation" if is_nations else "consent": owner}
        was_there = OwnedPart.objects.in_force().filter(kind=given.kind, target=target, **whose).exists()
        try:
            owned = own_part(course=course, part=part, **whose, by=None, at=self.at)
        except AlreadyOwned:
            self.report.owners_kept.append(f"{label}: it belongs to another owner here; there: {owner}")
            return
        except NothingThere:
            # A draft alone: it is held to all the same.
            owned, _ = OwnedPart.objects.in_force().get_or_create(
                course=course,
                kind=given.kind,
                target=target,
                defaults={**whose, "label": label, "recorded_at": self.at},
            )
        if not was_there:
            self.report.owners.append(f"{label}: belongs to {owner}")
        gone = Withdrawal.objects.in_force().filter(course=course, kind=given.kind, target=target, **whose)
        if given.is_taken_back and not gone.exists():
            reason = Withdrawal.Reason.NATION if is_nations else Withdrawal.Reason.OWNER
            about: dict[str, Any] = {"reason": reason, "instead": "", "by": None, "at": self.at, **whose}
            withdraw_part(course=course, part=part, label=owned.label, **about)
            self.report.owners.append(f"{label}: {owner} took it back; it is withdrawn here too")

    def _target_here(self, course: str, given: BroughtPart) -> str | None:
        """Return what a part is called here, None where it is not here; a block that came before is remembered."""
        if given.kind != OwnedPart.Kind.BLOCK:
            return given.target
        key = f"{_MEMORY}owner:{course}/{given.target}"
        found = self._block_here(course, given)
        if found is None:
            item = self.loaded.get(key)
            return str(item.form["block"]) if item and item.form else None
        self.memory[key] = {"block": found}
        return found

    def _block_here(self, course: str, given: BroughtPart) -> str | None:
        code = f"{course}/{given.lesson}"
        theirs = self.bundle.forms["lesson-page"].get(code, {}).get("body", [])
        ours = _stored(PortableLessonPages(), [code])  # type: ignore[arg-type]  # names are all that is asked of them
        body = ours.get(code, {}).get("body", [])
        if not 0 <= given.place < len(theirs) or given.is_taken_back:
            return None
        wanted = theirs[given.place]
        ids = block_ids(course, given.lesson, settings.LANGUAGE_CODE)
        places = sorted(range(min(len(ids), len(body))), key=lambda place: place != given.place)
        said = set(letters_in(wanted["value"]))
        same = [place for place in places if body[place] == wanted]
        alike = [place for place in places if said & set(letters_in(body[place]["value"]))]
        return next((ids[place] for place in [*same, *alike]), None)

    def _speak_against(self, course: Course, claims: Iterable[BroughtClaim]) -> None:
        """Let what the course relies on and does not hold there not hold here; what was withdrawn here stays so."""
        for given in claims:
            claim = Claim.objects.filter(code=given.code).first()
            if claim is None or claim.state in (given.state, Claim.State.WITHDRAWN):
                continue
            if given.code not in self.bundle.forms["claim"] and not _relies_on(course, claim):
                self.report.owners_kept.append(
                    f"claim {given.code}: the course does not rely on it; there: {given.state}"
                )
                continue
            speak = withdraw_claim if given.state == Claim.State.WITHDRAWN else contradict_claim
            speak(claim=claim, why=given.why, by=None, at=self.at)
            self.report.owners.append(f"claim {given.code}: {given.state} there, and here too: {given.why}")

    def _carry_words(self, languages: list[str]) -> None:
        """Let the room of translations know who wrote and who signed for the words that came, and for no others."""
        bundle, group = self.bundle, group_of(self.bundle.course)
        if f"course:{bundle.course}" not in self.shipped:
            record_texts(texts=bundle.texts, groups={group})
        for language in languages:
            memory = f"{_MEMORY}words@{language}:{bundle.course}"
            item = self.loaded.get(memory)
            before: Form = (item.form if item else None) or {}
            here = {
                segment.key for text in bundle.texts if self._says_theirs(text, language) for segment in text.segments
            }
            told = bundle.words.get(language, {})
            taken, kept = record_carried(
                group=group,
                language=language,
                translations={key: each for key, each in told.items() if key in here},
                brought_before={key: carried_of(each) for key, each in before.items()},
                at=self.at,
                overwrite=self.on_conflict is OnConflict.TAKE,
            )
            self.report.words_taken[language] += len(taken)
            self.report.words_kept[language] += len(kept) + len(told.keys() - here)
            self.memory[memory] = {
                **before,
                **{key: entry_of(each) for key, each in told.items() if key in here and key not in kept},
            }

    def _says_theirs(self, text: GivenText, language: str) -> bool:
        """Return whether the thing that shows ``text`` says here what the bundle says."""
        kind, _, code = text.code.partition(":")
        part = {"course": "course-page", "lesson": "lesson-page", "question": "question"}[kind]
        codes = [code]
        if kind == "question":
            # Known by the course in the room of translations, by its bank among the forms.
            name = code.partition("/")[2]
            codes = [each for each in self.bundle.forms[f"{part}@{language}"] if each.partition("/")[2] == name]
        return any(f"{_MEMORY}{part}@{language}:{each}" in self.as_theirs for each in codes)

    def _record_drafts(self, languages: list[str]) -> None:
        """Let a translation that nobody signed for be a draft here too, where the room of translations has no word of it."""
        course = self.bundle.course
        group = group_of(course)
        drafts = sorted(self.bundle.drafts & set(languages))
        if not drafts or Text.objects.filter(group=group).exists():
            return
        title = self.bundle.forms["course-page"][course]["title"]
        sector = self.bundle.forms["course"][course]["sector"]
        segment = Segment("course/title", title)
        text = GivenText(group, Kind.PAGE, title[:255], group, sector, (segment,))
        record_texts(texts=[text], groups={group})
        for language in drafts:
            said = self.bundle.forms[f"course-page@{language}"][course]["title"]
            given = {segment.key: GivenTranslation(title, said)}
            record_translations(group=group, language=language, translations=given, at=self.at)

    def _remember(self) -> None:
        LoadedItem.objects.bulk_create(
            [
                LoadedItem(key=key, digest=form_digest(form), form=form, loaded_at=self.at)
                for key, form in self.memory.items()
                if key not in self.loaded or self.loaded[key].form != form
            ],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["digest", "form", "loaded_at"],
        )


def _reviewed_as_here(theirs: Form, ours: Form) -> Form:
    """Return the form of a course with every review that it needs here: no bundle releases anybody from being asked."""
    here, there = ours.get("reviews_required", []), theirs.get("reviews_required", [])
    if not here or not isinstance(there, list):
        return theirs
    return {**theirs, "reviews_required": sorted({*here, *map(str, there)})}


def _relies_on(course: Course, claim: Claim) -> bool:
    uses = uses_of(claim)
    pages = LessonPage.objects.filter(pk__in=[page.pk for page in uses.pages], lesson__course=course)
    return any(use.text.edition.course_id == course.pk for use in uses.texts) or pages.exists()


def _covers(consent: Consent) -> str:
    """Return what a consent covers, in a line."""
    if consent.is_withdrawn:
        return "withdrawn"
    languages, forms = ", ".join(sorted(consent.languages)), ", ".join(sorted(consent.forms))
    return f"{consent.scope} Languages: {languages}. Forms: {forms}. Through {consent.last_good_on.isoformat()}."


def _stored(part: Part, forms: Collection[str]) -> dict[str, Form]:
    return part.stored(list(forms)) if forms else {}
