"""A course as one signed file: out of one site, into another, and back, with nothing lost on either side."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import transaction
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Locale, Page

from assessments.models import Question, QuestionBank
from certificates.models import Certification
from cms import signing
from cms.models import Sector, Source, SupportService
from cms.signed_archive import SignedArchive
from courses.bundle import BundleRefused, Conflicts, OnConflict, import_bundle, open_bundle, write_bundle
from courses.consents import Check, Consent
from courses.curriculum import read_curriculum
from courses.curriculum.loader import load
from courses.exceptions import ReleaseFault, ReleaseRefused
from courses.models import (
    Claim,
    Course,
    CoursePage,
    LessonPage,
    LoadedItem,
    Nation,
    OwnedPart,
    Reviewer,
    SignOff,
    StoryConsent,
    Withdrawal,
)
from courses.services import (
    add_nation,
    own_part,
    record_consent,
    release_course,
    withdraw_claim,
    withdraw_consent,
    withdraw_part,
)
from courses.withdrawn import Part
from tests.courses import curricula
from tests.courses.test_loader import CLAIMS, PICTURE
from tests.courses.test_translated_curriculum import french, ship
from tests.factories.courses import ClaimFactory, CourseFactory, home_page
from tests.factories.people import UserFactory
from translations.changes import ChangeKind
from translations.models import Translation
from translations.selectors import is_draft

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.RENDITIONS = False
    root = curricula.write(tmp_path / "curriculum", **{"hospitality/media/door.svg": PICTURE})
    ship(root)
    return root


_kept: list[bytes] = []


@pytest.fixture
def data(root: Path) -> bytes:
    """The bundle of a course of another site, of which nothing is here; here is an empty front page."""
    if not _kept:
        with transaction.atomic():
            load(read_curriculum(root), at=AT)
            _kept.append(written(Course.objects.get()))
            transaction.set_rollback(True)
    home_page()
    return _kept[0]


@pytest.fixture
def course(root: Path) -> Course:
    load(read_curriculum(root), at=AT)
    return Course.objects.get()


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


def test_the_same_course_gives_the_same_bytes_in_plain_text(course):
    data = written(course)
    assert written(course) == data
    zipped = zipfile.ZipFile(io.BytesIO(data))
    names = zipped.namelist()
    assert "lesson-page/hospitality/act.json" in names
    assert "lesson-page@fr/hospitality/act.json" in names
    assert "question/hospitality/hos-log-1.json" in names
    assert "certification/hospitality.json" in names
    page = zipped.read("course-page/hospitality.json").decode()
    assert f'\n "title": "{CoursePage.objects.get(locale=Locale.get_default()).title}"' in page
    assert {entry.date_time for entry in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_one_changed_word_changes_one_line_of_one_file(course):
    before = written(course)
    edit(lesson(), title="Another title")
    after = written(course)
    [changed] = differing(before, after)
    assert changed == "lesson-page/hospitality/act.json"
    old, new = (zipfile.ZipFile(io.BytesIO(data)).read(changed).splitlines() for data in (before, after))
    assert len([pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]) == 1


def test_a_course_arrives_whole_on_another_site(data):
    tried = brought_in(data, apply=False)
    assert (Course.objects.count(), Image.objects.count(), LoadedItem.objects.count()) == (0, 0, 0)
    report = brought_in(data)
    assert (report.created, report.media) == (tried.created, 1)
    assert (report.changed.total(), report.conflicts) == (0, [])
    assert Question.objects.count() == 24
    assert differing(written(Course.objects.get()), data) == ["home-page/home.json"]
    assert is_draft(group="course:hospitality", language="fr")
    french = CoursePage.objects.get(locale__language_code="fr")
    assert french.translation_key == CoursePage.objects.get(locale=Locale.get_default()).translation_key
    assert brought_in(data).changes == 0


def test_nothing_of_the_site_is_changed_where_it_comes_back_unchanged(course):
    report = brought_in(written(course))
    assert report.changes == 0


def test_what_was_shipped_and_not_touched_is_brought_up_to_date_and_stays(course, root):
    edit(lesson(), title="Better")
    data = written(course)
    edit(lesson(), title=json.loads(zipfile.ZipFile(io.BytesIO(data)).read("lesson-page/hospitality/act.json"))["slug"])
    load(read_curriculum(root), at=AT, apply_over_edits=True)
    report = brought_in(data)
    assert dict(report.changed) == {"lesson-page": 1}
    assert '+ "title": "Better"' in report.differences[0].diff
    assert lesson().title == "Better"
    assert load(read_curriculum(root), at=LATER).changes == 0
    assert lesson().title == "Better"


def test_changes_of_both_sides_are_brought_together(course):
    brought_in(written(course))
    old = written(course)
    edit(lesson(), title="Changed here")
    report = brought_in(rewritten(old, with_form("lesson-page/hospitality/act.json", minutes=7)))
    assert dict(report.merged) == {"lesson-page": 1}
    assert (lesson().title, lesson().minutes) == ("Changed here", 7)


def test_where_both_changed_the_same_nothing_is_written_until_somebody_says_whose(course):
    brought_in(written(course))
    theirs = rewritten(written(course), with_form("lesson-page/hospitality/act.json", title="Theirs", minutes=7))
    edit(lesson(), title="Ours")
    minutes = lesson().minutes
    with pytest.raises(Conflicts) as refused:
        brought_in(theirs)
    assert [(item.code, item.places) for item in refused.value.report.conflicts] == [("hospitality/act", ("title",))]
    assert (lesson().title, lesson().minutes) == ("Ours", minutes)
    assert dict(brought_in(theirs, on_conflict=OnConflict.KEEP).kept)["lesson-page"] == 1
    assert (lesson().title, lesson().minutes) == ("Ours", minutes)
    brought_in(theirs, on_conflict=OnConflict.TAKE)
    assert (lesson().title, lesson().minutes) == ("Theirs", 7)


def test_no_bundle_frees_a_course_from_a_review(data: bytes) -> None:
    brought_in(data)
    Course.objects.update(reviews_required=["survivor"])
    for on_conflict in (OnConflict.KEEP, OnConflict.TAKE):
        brought_in(rewritten(data, with_form("course/hospitality.json", minutes=7)), on_conflict=on_conflict)
        assert Course.objects.get().reviews_required == ["survivor"]
    more = with_form("course/hospitality.json", minutes=8, reviews_required=["legal"])
    brought_in(rewritten(data, more), on_conflict=OnConflict.TAKE)
    assert Course.objects.get().reviews_required == ["legal", "survivor"]


def test_a_course_of_the_same_name_is_not_overwritten(course):
    data = written(course)
    LoadedItem.objects.all().delete()
    edit(lesson(), title="Their own lesson")
    with pytest.raises(Conflicts):
        brought_in(data)
    assert lesson().title == "Their own lesson"


def test_help_lines_sources_and_sectors_of_the_site_are_never_changed(course):
    data = written(course)
    line = SupportService.objects.order_by("pk").first()
    SupportService.objects.filter(pk=line.pk).update(phone="1-800-555-0199")
    Sector.objects.update(title="Our own words")
    assert dict(brought_in(data).kept) == {"service": 1, "sector": 1}
    line.refresh_from_db()
    assert (line.phone, Sector.objects.get().title) == ("1-800-555-0199", "Our own words")


def test_questions_that_are_no_more_are_retired(course):
    brought_in(written(course))

    def without(files: dict[str, bytes], about: dict[str, Any]) -> None:
        del files["question/hospitality/hos-think.json"]

    assert dict(brought_in(rewritten(written(course), without)).withdrawn) == {"question": 1}
    assert Question.objects.get(code="hos-think", locale=Locale.get_default()).retired


def test_media_are_known_by_their_content(course):
    recording = Document.objects.create(title="Listen", file=ContentFile(b"OggS" + b"\0" * 40, name="listen.opus"))
    draft = lesson().get_latest_revision_as_object()
    draft.body = [
        *[(block.block_type, block.value) for block in draft.body],
        ("audio", {"title": "Listen", "file": recording, "transcript": "<p>So.</p>"}),
    ]
    draft.save_revision().publish()
    data = written(course)
    Document.objects.all().delete()
    brought_in(data, on_conflict=OnConflict.TAKE)
    [block] = [block for block in lesson().body if block.block_type == "audio"]
    assert block.value["file"].file.read() == b"OggS" + b"\0" * 40
    assert Document.objects.get().title == "Listen"


def test_a_failed_import_leaves_no_file_behind(data, tmp_path):
    broken = rewritten(data, with_form("course/hospitality.json", tier="root"))
    before = sorted(path for path in (tmp_path / "media").rglob("*") if path.is_file())
    with pytest.raises(BundleRefused) as refused:
        brought_in(broken)
    assert refused.value.problems[0].startswith("course/hospitality.json: tier:")
    assert Course.objects.count() == 0
    assert sorted(path for path in (tmp_path / "media").rglob("*") if path.is_file()) == before


def test_a_language_that_is_not_offered_here_is_left_out_and_said(data, settings):
    settings.WAGTAIL_CONTENT_LANGUAGES = [each for each in settings.WAGTAIL_CONTENT_LANGUAGES if each[0] != "fr"]
    assert brought_in(data).languages_left_out == ("fr",)
    assert CoursePage.objects.filter(locale__language_code="fr").count() == 0


def test_words_in_another_language_than_the_bundle_says_are_named(data):
    spanish = "Pida ayuda a las personas que están aquí con usted"
    page = "lesson-page@fr/hospitality/act.json"
    report = brought_in(rewritten(data, with_form(page, title=spanish)), apply=False)
    assert report.doubts == (f"{page}: /title: this looks like es, not fr",)

    def all_in_spanish(files: dict[str, bytes], about: dict[str, Any]) -> None:
        for name in [each for each in files if each.startswith("question@fr/")]:
            form = json.loads(files[name])
            files[name] = json.dumps({**form, "stem": spanish, "feedback": f"{spanish}."}).encode()

    with pytest.raises(BundleRefused) as refused:
        brought_in(rewritten(data, all_in_spanish))
    assert refused.value.problems[0] == "fr: most of it looks like es"
    assert all(
        "question@fr/" in each and each.endswith("this looks like es, not fr") for each in refused.value.problems[1:]
    )


def without(name: str) -> Callable[..., None]:
    return lambda files, about: files.pop(name) and None


def added(name: str, content: bytes = b"{}") -> Callable[..., None]:
    return lambda files, about: files.update({name: content})


def renamed(old: str, new: str) -> Callable[..., None]:
    return lambda files, about: files.update({new: files.pop(old)})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (without("lesson-page@fr/hospitality/act.json"), "lesson-page@fr/hospitality/act.json: the file is missing"),
        (without("course-page@fr/hospitality.json"), "course-page@fr/hospitality.json: the file is missing"),
        (without("media.json"), "media.json: the file is missing"),
        (added("../../etc/cron.d/x"), "../../etc/cron.d/x: this does not belong in a course bundle"),
        (added("/etc/passwd"), "/etc/passwd: this does not belong in a course bundle"),
        (added("lesson-page/hospitality/..%2f.json"), "lesson-page/hospitality/..%2f.json: this does not belong in a course bundle"),
        (added("people/everybody.json"), "people/everybody.json: this does not belong in a course bundle"),
        (added("question/another/one.json"), "question/another/one.json: this does not belong to the course hospitality"),
        (with_form("course/hospitality.json", final_quiz=[]), "quiz/hospitality-final.json: this does not belong to the course hospitality"),
        (added("course/another.json"), "course/another.json: this does not belong to the course hospitality"),
        (with_form("certification/hospitality.json", courses=["another"]), "certification/hospitality.json: this does not belong to the course hospitality"),
        (added("lesson/hospitality/new.json", b"[" * 5000), "lesson/hospitality/new.json: this is not JSON in UTF-8"),
        (added("lesson/hospitality/new.json", b'{"code": "a", "code": "b"}'), "lesson/hospitality/new.json: this is not JSON in UTF-8"),
        (added("lesson/hospitality/new.json", b'{"code": "\\u0000"}'), "lesson/hospitality/new.json: this is not JSON in UTF-8"),
        (added("lesson/hospitality/new.json", b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}"), "lesson/hospitality/new.json: this is not JSON in UTF-8"),
        (added("lesson/hospitality/new.json", b"[]"), "lesson/hospitality/new.json: it has to be an object of keys"),
        (with_form("course-page/hospitality.json", summary='<a linktype="page" id="7">here</a>'), 'course-page/hospitality.json: <a linktype="page" id="7"> names something by its number on one site; it means something else on another'),
        (lambda files, about: about.update(languages=["fr", "en"]), "manifest.json: the course is written in fr; courses here are written in en"),
        (lambda files, about: about.update(format=2), "manifest.json: format 2; this version reads format 1"),
        (lambda files, about: about.update(kind="evidence"), "manifest.json: this is signed, but it is not a course bundle"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_signed_bundle_is_named_by_its_file(data, change, problem):
    with pytest.raises(BundleRefused) as refused:
        opened(rewritten(data, change))
    assert problem in refused.value.problems


TEXT = {"type": "text", "value": {"heading": "", "text": "<p>One idea.</p>"}}
PART = {"id": "a", "text": "<p>Here.</p>", "choices": [{"text": "Go", "next": "x", "feedback": ""}]}


def fact(**changes: Any) -> Callable[..., None]:
    about = {"kind": "statistic", "value": "570.", "period": "", "place": "", "caveat": "", "verified_on": "2026-11-22"}
    return added("claim/incidents.json", json.dumps({**about, **changes}).encode())


def under(**changes: Any) -> Callable[..., None]:
    consent = {
        "reference": "story-x", "scope": "In courses.", "languages": ["en"], "forms": ["read"], "last_good_on": "2027-01-01",
        "checks": [each.value for each in Check], "licence": "For this course alone.", "withdrawn": False,
    }  # fmt: skip
    owners = {"parts": [], "nations": [], "claims": [], "consents": [{**consent, **changes}]}
    return added("owners.json", json.dumps(owners).encode())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (with_form("question/hospitality/hos-log-1.json", type="single", objective="nobody"), "question/hospitality/hos-log-1.json: there is no 'nobody'"),
        (with_form("question/hospitality/hos-log-1.json", difficulty="very"), "question/hospitality/hos-log-1.json: difficulty:"),
        (with_form("question/hospitality/hos-log-1.json", stem="<p>One<script>alert(1)</script></p>"), "question/hospitality/hos-log-1.json: this cannot be kept as it is"),
        (with_form("lesson-page/hospitality/act.json", minutes=-3), "lesson-page/hospitality/act.json: minutes:"),
        (with_form("lesson-page/hospitality/act.json", body=[{"type": "help_now", "value": {"title": "x", "services": ["nowhere"]}}]), "lesson-page/hospitality/act.json: there is no support service nowhere, neither in the bundle nor here"),
        (with_form("lesson-page/hospitality/act.json", body=[{"type": "evil", "value": 1}]), "lesson-page/hospitality/act.json: this is not the form of a lesson"),
        (with_form("lesson-page/hospitality/act.json", sources=[{}]), "lesson-page/hospitality/act.json: there is no source {}"),
        (with_form("lesson-page/hospitality/act.json", sources=7), "lesson-page/hospitality/act.json: this is not the form of a lesson"),
        (with_form("lesson-page/hospitality/act.json", body=[TEXT, {"type": "scenario", "value": {"code": "a", "title": "A", "verdict": "rights", "start": "x", "nodes": [PART, {"id": "x", "text": "", "choices": []}]}}]), "lesson-page/hospitality/act.json: 2/nodes/2/text: This field is required."),
        (with_form("lesson-page/hospitality/act.json", body=[{"type": "scenario", "value": {"code": "a", "title": "A", "verdict": "rights", "start": "a", "nodes": [PART, PART | {"id": "b"}]}}]), "lesson-page/hospitality/act.json: 1: Every choice must lead to a part, and every part must be reached once named. Missing: x. Not reached: b."),
        (with_form("certification/hospitality.json", policy={}), "certification/hospitality.json: policy:"),
        (fact(source="", review_by="2027-11-22"), "claim/incidents.json: "),
        (fact(source="scan-2024", review_by="2026-11-22"), "claim/incidents.json: "),
        (under(scope=" "), "owners.json: story-x: no_scope"),
        (under(languages=[]), "owners.json: story-x: no_language"),
        (under(reference=""), "owners.json: this does not say whose the parts are"),
        (with_form("course/hospitality.json", exploitation=1.5), "course/hospitality.json: exploitation:"),
        (with_form("course/hospitality.json", exploitation=["nothing"]), "course/hospitality.json: exploitation:"),
        (with_form("course/hospitality.json", reviews_required=["nobody"]), "course/hospitality.json: reviews_required:"),
        (with_form("course/hospitality.json", reviews_missing=[1]), "course/hospitality.json: reviews_missing:"),
        (with_form("lesson-page@fr/hospitality/act.json", body=[{"type": "text", "value": {"text": [{}]}}]), "lesson-page@fr/hospitality/act.json: "),
        (with_form("lesson-page/hospitality/act.json", minutes=10**30), "lesson-page/hospitality/act.json:"),
    ],
)  # fmt: skip
def test_what_cannot_be_stored_is_named_and_nothing_is(data, change, problem):
    with pytest.raises(BundleRefused) as refused:
        brought_in(rewritten(data, change))
    assert any(each.startswith(problem) for each in refused.value.problems), refused.value.problems
    assert (Course.objects.count(), QuestionBank.objects.count(), LoadedItem.objects.count()) == (0, 0, 0)


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    zipped, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for each in zipped.namelist():
            made.writestr(each, content if each == name else zipped.read(each))
        if name not in zipped.namelist():
            made.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("course/hospitality.json", b"{}", "course/hospitality.json: changed after it was signed"),
        ("extra.json", b"{}", "extra.json: added after it was signed"),
        ("manifest.json", b"{}", "manifest.sig: manifest.json is not what was signed"),
        ("manifest.sig", b"!", "manifest.sig: manifest.json is not what was signed"),
        ("public-key.txt", b"!", "manifest.sig: the signature or its key cannot be read"),
        ("course/hospitality.json", b"\0" * 300_000_001, "course/hospitality.json: 300000001 bytes unpacked; 300000000 are the most"),
    ],
)  # fmt: skip
def test_what_was_changed_on_the_way_is_named(data, name, content, problem):
    with pytest.raises(BundleRefused) as refused:
        opened(replaced(data, name, content))
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("lesson-page/hospitality/act.json", "lesson-page/hospitality/act.json: changed after it was signed"),
        ("manifest.json", "manifest.sig: the signature or its key cannot be read"),
    ],
)
def test_what_was_damaged_on_the_way_is_named(data, name, problem):
    entry = zipfile.ZipFile(io.BytesIO(data)).getinfo(name)
    first = entry.header_offset + 30 + len(name)
    damaged = data[:first] + b"\xff" * entry.compress_size + data[first + entry.compress_size :]
    with pytest.raises(BundleRefused) as refused:
        opened(damaged)
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_in_another_way_is_not_unpacked(data: bytes, packed: int) -> None:
    zipped, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for each in zipped.namelist():
            way = packed if each == "manifest.json" else zipfile.ZIP_DEFLATED
            made.writestr(each, zipped.read(each), compress_type=way)
    with pytest.raises(BundleRefused) as refused:
        opened(stream.getvalue())
    assert refused.value.problems == ("manifest.json: packed in a way that is not read here",)


@pytest.mark.parametrize("kept", [0, 10, 0.5, -1])
def test_what_is_cut_off_is_said(data, kept):
    with pytest.raises(BundleRefused) as refused:
        opened(data[: int(len(data) * kept) if isinstance(kept, float) else kept])
    assert refused.value.problems == ("this is not a zip file, or it is cut off",)


@pytest.mark.parametrize("whose", ["certification", "quiz", "bank"])
def test_what_belongs_here_to_another_course_is_never_taken_over(data: bytes, whose: str) -> None:
    """A trusted site names another course's things as its own: not even where nobody has touched them here."""
    brought_in(data)
    ours, others = Course.objects.get(), CourseFactory(code="another", sector=Sector.objects.get())
    certification, quiz = Certification.objects.get(), ours.final_quiz
    match whose:
        case "certification":
            certification.courses.set([others])
        case "quiz":
            Course.objects.filter(pk=ours.pk).update(final_quiz=None)
            Course.objects.filter(pk=others.pk).update(final_quiz=quiz)
        case "bank":
            QuestionBank.objects.filter(pk=quiz.bank_id).update(code="another")
            Course.objects.filter(pk=ours.pk).update(final_quiz=None)

    def change(files: dict[str, bytes], about: dict[str, Any]) -> None:
        if whose == "bank":
            name = "quiz/hospitality-final.json"
            files[name] = json.dumps({**json.loads(files[name]), "bank": "another"}).encode()

    for on_conflict in (OnConflict.KEEP, OnConflict.TAKE):
        with pytest.raises(BundleRefused) as refused:
            brought_in(rewritten(data, change), on_conflict=on_conflict)
        assert {each.split("/")[0] for each in refused.value.problems if "another course" in each} >= {whose}


def test_a_strangers_bundle_is_refused_unless_its_key_is_trusted(course, tmp_path, monkeypatch, settings):
    stranger = Ed25519PrivateKey.generate()
    key = base64.b64encode(stranger.public_key().public_bytes_raw()).decode()
    with monkeypatch.context() as patched:
        patched.setattr(signing, "_own_key", lambda: stranger)
        call_command("export_course", "hospitality", str(tmp_path / "course.zip"), stdout=io.StringIO())
    said, complaint = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_course", str(tmp_path / "course.zip"), stdout=said, stderr=complaint)
    assert refused.value.returncode == 2
    assert f"nobody here trusts this key: {key}" in complaint.getvalue()
    call_command("import_course", str(tmp_path / "course.zip"), "--trust", key, stdout=said)
    assert "0 changes to make; nothing was written" in said.getvalue()
    settings.TRUSTED_KEYS = [key]
    call_command("import_course", str(tmp_path / "course.zip"), "--apply", stdout=said)


def test_commands_say_what_is_wrong_with_what_they_are_given(course, tmp_path):
    for arguments, said in (
        (("export_course", "nothing", str(tmp_path / "x.zip")), "There is no course nothing. There are: hospitality."),
        (("import_course", str(tmp_path / "x.zip")), "cannot be read"),
        (("import_course", str(tmp_path / "x.zip"), "--trust", "abc"), "abc is not a public key"),
    ):
        with pytest.raises(CommandError, match=said) as refused:
            call_command(*arguments, stderr=io.StringIO())
        assert refused.value.returncode == 2
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    complaint = io.StringIO()
    with pytest.raises(CommandError, match="1 problems; nothing was brought in"):
        call_command("import_course", str(tmp_path / "no.zip"), stderr=complaint)
    assert complaint.getvalue().strip() == "this is not a zip file, or it is cut off"
    assert list(tmp_path.glob(".export-*")) == []


def test_facts_go_with_the_lessons_that_rely_on_them(root):
    (root / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    file = root / "hospitality/lessons/01-signs.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("source: scan-2024}", "source: scan-2024, claims: [incidents]}"), encoding="utf-8")
    with transaction.atomic():
        load(read_curriculum(root), at=AT)
        data = written(Course.objects.get())
        transaction.set_rollback(True)
    home_page()
    assert not Claim.objects.exists()
    brought_in(data)
    assert Claim.objects.get().code == "incidents"
    # What the site says of its own facts stays.
    Claim.objects.update(caveat="Our own words.")
    assert brought_in(data).kept["claim"] == 1
    assert Claim.objects.get().caveat == "Our own words."


# --- who wrote and who signed for the words -------------------------------------------------------------------


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


def test_a_draft_arrives_as_a_draft_and_a_signature_with_its_words(data):
    report = brought_in(rewritten(data, signed()))
    assert said() == (FRENCH, "reviewed", "Ama Birch")
    assert row().review_by.isoformat() == "2027-06-30"
    others = Translation.objects.filter(language="fr").exclude(pk=row().pk)
    assert set(others.values_list("provenance", "by_name", "by")) == {("machine", "", None)}
    assert is_draft(group="course:hospitality", language="fr")
    assert report.words_taken == {"fr": others.count() + 1}
    assert sum(brought_in(rewritten(data, signed())).words_taken.values()) == 0


def test_what_goes_out_is_what_came_in(data):
    came = rewritten(data, signed())
    brought_in(came)
    went = written(Course.objects.get())
    for name in ("words.json", "words@fr.json"):
        came_in, went_out = (json.loads(zipfile.ZipFile(io.BytesIO(each)).read(name)) for each in (came, went))
        assert went_out == came_in
    assert went_out[TITLE]["by"] == "Ama Birch"


def test_a_signature_for_the_words_that_stand_here_is_taken(course):
    data = written(course)
    assert said() == (FRENCH, "machine", "")
    brought_in(rewritten(data, signed()))
    assert said() == (FRENCH, "reviewed", "Ama Birch")


def test_what_people_here_wrote_or_signed_stays(course):
    data = written(course)
    Translation.objects.filter(pk=row().pk).update(text="Que faire", provenance="reviewed", by_name="Jo", is_local=True)
    report = brought_in(rewritten(data, signed()))
    assert said() == ("Que faire", "reviewed", "Jo")
    assert report.words_kept == {"fr": 1}
    # Once more, with newer words from there: still theirs here.
    brought_in(rewritten(data, signed(target="fr Quoi faire")))
    assert said() == ("Que faire", "reviewed", "Jo")


def test_a_signature_does_not_go_with_other_words_on_the_page(course):
    data = written(course)
    page = LessonPage.objects.get(lesson__code="act", locale__language_code="fr")
    page.title = "Que faire ?"
    page.save_revision().publish()
    report = brought_in(rewritten(data, signed()), on_conflict=OnConflict.KEEP)
    assert LessonPage.objects.get(pk=page.pk).title == "Que faire ?"
    assert said() == (FRENCH, "machine", "")
    assert report.words_kept["fr"] > 0


def test_what_came_signed_outlives_the_next_upgrade(course, root):
    brought_in(rewritten(written(course), signed()))
    load(read_curriculum(root), at=LATER)
    assert said() == (FRENCH, "reviewed", "Ama Birch")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (signed(by=" "), f"words@fr.json: {TITLE}: it is reviewed by nobody"),
        (signed(source="abc"), f"words@fr.json: {TITLE}: the digest of its source is no SHA-256"),
        (signed(target=""), f"words@fr.json: {TITLE}: it has no words"),
        (signed(by="x" * 121), f"words@fr.json: {TITLE}: a name of more than 120 letters"),
        (signed(review_by="soon"), f"words@fr.json: {TITLE}: Invalid isoformat string: 'soon'"),
        (added("words@fr.json", b'{"lessons/nowhere/title": {}}'), "words@fr.json: lessons/nowhere/title is no segment in words.json"),
        (added("words@fr.json", b"[]"), "words@fr.json: it has to be an object of keys"),
        (added("words@de.json", b"{}"), "words@de.json: this does not belong in a course bundle"),
        (added("words.json", b'[{"code": "lesson:another/act"}]'), "words.json: lesson:another/act is no text of the course hospitality"),
        (added("words.json", b'[{"code": "lesson:hospitality/act"}]'), "words.json: lesson:hospitality/act needs a kind, a title, a sector and segments with key, source and markup"),
        (added("words.json", b"{"), "words.json: this is not JSON in UTF-8"),
    ],
)  # fmt: skip
def test_wrong_word_of_who_signed_is_named_and_nothing_is_written(data, change, problem):
    with pytest.raises(BundleRefused) as refused:
        opened(rewritten(data, change))
    assert problem in refused.value.problems
    assert Translation.objects.count() == 0


def test_what_was_withdrawn_goes_out_as_a_marker_and_can_be_brought_in(root: Path) -> None:
    with transaction.atomic():
        load(read_curriculum(root), at=AT)
        course = Course.objects.get()
        about: dict[str, Any] = {"label": "A part", "reason": "owner", "instead": "", "by": None, "at": AT}
        for part in (Part("question", "hos-log-2"), Part("question", "hos-order"), Part("lesson", "act")):
            withdraw_part(course=course, part=part, **about)
        data = written(course)
        transaction.set_rollback(True)
    home_page()
    brought_in(data)
    marker = "A part was here that its owner withdrew on 28 November 2026."
    assert marker in str(lesson().get_latest_revision_as_object().body)
    asked = Question.objects.get(code="hos-log-2", locale=Locale.get_default())
    assert (asked.stem, asked.retired) == (f"<p>{marker}</p>", True)


def test_a_part_that_was_withdrawn_as_wrong_goes_out_once_it_is_mended(course: Course) -> None:
    page = lesson()
    part = Part("block", page.body[0].id)
    about: dict[str, Any] = {"label": "A part", "reason": "wrong", "instead": "", "by": None, "at": AT}
    withdraw_part(course=course, part=part, **about)
    assert "Otherwise tell your manager" not in bundled_lesson(course)
    body = page.body.get_prep_value()
    body[0]["value"] = {"heading": "In order", "text": "<p>Mended words stand here.</p>"}
    edit(page, body=body)
    assert "Mended words stand here." in bundled_lesson(course)


def bundled_lesson(course: Course) -> str:
    return zipfile.ZipFile(io.BytesIO(written(course))).read("lesson-page/hospitality/act.json").decode()


def test_a_nations_part_goes_out_with_its_licence_and_asks_for_its_yes(course: Course) -> None:
    about: dict[str, Any] = {"by": None, "at": AT}
    mine = add_nation(name="Example Nation", contact="Office of culture", licence="Ask us first.", **about)
    own_part(course=course, part=Part("lesson", "act"), nation=mine, **about)
    zipped = zipfile.ZipFile(io.BytesIO(written(course)))
    assert json.loads(zipped.read("manifest.json"))["licences"] == [
        {"kind": "lesson", "part": "act", "owner": "Example Nation", "licence": "Ask us first."}
    ]
    assert json.loads(zipped.read("course/hospitality.json"))["reviews_required"] == ["nation"]


ABOUT: dict[str, Any] = {"by": None, "at": AT}


def a_nation() -> Nation:
    return add_nation(name="Example Nation", contact="Office of culture", licence="Ask us first.", **ABOUT)


def a_consent(**changes: Any) -> StoryConsent:
    given: dict[str, Any] = {
        "scope": "This course.", "languages": ["en", "fr"], "forms": ["read", "print"],
        "last_good_on": date(2027, 6, 30), "checks": list(Check), "licence": "This course alone.",
    }  # fmt: skip
    return record_consent(**{**given, "kept_at": "Cabinet 3", **changes}, **ABOUT)


def sent(act: Callable[[Course], object], root: Path) -> bytes:
    """The bundle of another site where ``act`` was done; nothing of it stays here."""
    with transaction.atomic():
        load(read_curriculum(root), at=AT)
        course = Course.objects.get()
        act(course)
        data = written(course)
        transaction.set_rollback(True)
    home_page()
    return data


def first_block() -> Part:
    return Part("block", str(lesson().body[0].id))


class TestOwners:
    def test_a_nations_part_belongs_to_it_here_too_and_nobody_has_said_yes(self, root: Path) -> None:
        data = sent(
            lambda course: own_part(course=course, part=Part("lesson", "act"), nation=a_nation(), **ABOUT), root
        )
        tried = brought_in(data, apply=False)
        assert tried.owners == ["Nation Example Nation: Ask us first.", "lesson act: belongs to Example Nation"]
        assert (Nation.objects.count(), OwnedPart.objects.count()) == (0, 0)
        brought_in(data)
        owned = OwnedPart.objects.get()
        assert (owned.kind, owned.target, owned.owner, owned.licence) == (
            "lesson", "act", "Example Nation", "Ask us first."
        )  # fmt: skip
        assert Reviewer.objects.count() == SignOff.objects.count() == 0
        with pytest.raises(ReleaseRefused) as refused:
            release_course(
                course=Course.objects.get(), severity="none", change=ChangeKind.MEANING, by=UserFactory(), at=LATER
            )
        assert (ReleaseFault.NOT_SIGNED, "en", "Example Nation – Nation") in {
            (each.fault, each.language, each.detail) for each in refused.value.problems
        }
        assert brought_in(data).owners == []

    def test_a_block_is_found_again_and_a_story_keeps_what_was_agreed_without_where_the_paper_lies(
        self, root: Path
    ) -> None:
        data = sent(lambda course: own_part(course=course, part=first_block(), consent=a_consent(), **ABOUT), root)
        assert b"Cabinet 3" not in data
        brought_in(data)
        owned = OwnedPart.objects.get()
        assert (owned.kind, owned.target) == ("block", first_block().target)
        assert owned.consent is not None
        assert (owned.consent.kept_at, owned.consent.rule) == (
            "",
            Consent(
                "This course.", frozenset({"en", "fr"}), frozenset({"read", "print"}), date(2027, 6, 30),
                frozenset(Check), "This course alone.",
            ),
        )  # fmt: skip

    def test_what_is_known_here_gets_narrower_and_never_wider(self, root: Path, course: Course) -> None:
        consent = a_consent()
        own_part(course=course, part=first_block(), consent=consent, **ABOUT)
        data = written(course)
        narrow = {"languages": ["en"], "last_good_on": date(2027, 1, 31)}
        StoryConsent.objects.update(**narrow)
        assert brought_in(data).owners_kept == [
            f"consent {consent}: narrower here; there: This course. Languages: en, fr. Forms: print, read. "
            "Through 2027-06-30."
        ]
        consent.refresh_from_db()
        assert (consent.languages, consent.last_good_on) == (["en"], date(2027, 1, 31))
        data = written(course)
        StoryConsent.objects.update(languages=["en", "fr"], last_good_on=date(2027, 6, 30))
        assert len(brought_in(data).owners) == 1
        consent.refresh_from_db()
        assert (consent.languages, consent.last_good_on) == (["en"], date(2027, 1, 31))

    def test_what_was_taken_back_there_is_gone_here_too_and_comes_back_by_no_bundle(
        self, root: Path, course: Course
    ) -> None:
        consent = a_consent()
        part = first_block()
        own_part(course=course, part=part, consent=consent, **ABOUT)
        before = written(course)
        brought_in(before)
        with transaction.atomic():
            withdraw_consent(consent=consent, **ABOUT)
            after = written(course)
            transaction.set_rollback(True)
        for stream in (zipfile.ZipFile(io.BytesIO(after)),):
            assert "Otherwise tell your manager" not in "".join(
                stream.read(name).decode() for name in stream.namelist() if name.startswith("lesson-page")
            )
        report = brought_in(after, on_conflict=OnConflict.KEEP)
        assert f"consent {consent}: withdrawn" in report.owners
        assert [(each.kind, each.target, each.reason) for each in Withdrawal.objects.in_force()] == [
            ("block", part.target, "owner")
        ]
        brought_in(before, on_conflict=OnConflict.TAKE)
        consent.refresh_from_db()
        assert consent.withdrawn_at is not None
        assert Withdrawal.objects.in_force().count() == 1

    def test_a_fact_that_was_withdrawn_there_is_withdrawn_here_and_its_passages_do_not_leave(
        self, root: Path, course: Course
    ) -> None:
        code = "incidents"
        Claim.objects.create(
            code=code, kind="statistic", value="570 in 2023.", source=Source.objects.all()[0],
            verified_on=date(2026, 11, 22), review_by=date(2027, 11, 22),
        )  # fmt: skip
        page = lesson()
        body = page.body.get_prep_value()
        body[0]["value"]["claims"] = [Claim.objects.get(code=code).pk]
        edit(page, body=body)
        assert "Otherwise tell your manager" in bundled_lesson(course)
        with transaction.atomic():
            withdraw_claim(claim=Claim.objects.get(code=code), why="The office took it back.", **ABOUT)
            assert "Otherwise tell your manager" not in bundled_lesson(course)
            data = written(course)
            transaction.set_rollback(True)
        report = brought_in(data, on_conflict=OnConflict.KEEP)
        claim = Claim.objects.get(code=code)
        assert (claim.state, claim.why) == ("withdrawn", "The office took it back.")
        assert report.owners == [f"claim {code}: withdrawn there, and here too: The office took it back."]

    def test_a_fact_on_which_the_course_does_not_rely_is_none_of_its_business(self, data: bytes) -> None:
        ClaimFactory(code="of-another-course")
        spoken = {"code": "of-another-course", "state": "withdrawn", "why": "Because."}

        def change(files: dict[str, bytes], about: dict[str, Any]) -> None:
            owners = {"parts": [], "nations": [], "consents": [], "claims": [spoken]}
            files["owners.json"] = json.dumps(owners).encode()

        report = brought_in(rewritten(data, change))
        assert Claim.objects.get(code="of-another-course").state == "current"
        assert report.owners_kept == ["claim of-another-course: the course does not rely on it; there: withdrawn"]

    @pytest.mark.parametrize(
        "value",
        [
            [], {"parts": []}, {"parts": [{"kind": "lesson"}], "nations": [], "consents": [], "claims": []},
            {"parts": [], "nations": [{"name": "N", "contact": "C", "licence": "CC BY 4.0"}], "consents": [], "claims": []},
            {"parts": [], "nations": [], "consents": [], "claims": [{"code": "x", "state": "current", "why": "x"}]},
        ],
    )  # fmt: skip
    def test_owners_that_say_nothing_are_refused_by_name(self, data: bytes, value: Any) -> None:
        def change(files: dict[str, bytes], about: dict[str, Any]) -> None:
            files["owners.json"] = json.dumps(value).encode()

        with pytest.raises(BundleRefused, match=r"owners\.json"):
            brought_in(rewritten(data, change))
