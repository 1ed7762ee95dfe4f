"""A course as one signed file: out of one site, into another, and back, with nothing lost on either side."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from wagtail.images.models import Image
from wagtail.models import Locale

from assessments.models import Question, QuestionBank
from certificates.models import Certification
from cms.models import Sector
from courses.bundle import BundleRefused, OnConflict
from courses.consents import Check, Consent
from courses.curriculum import read_curriculum
from courses.curriculum.loader import load
from courses.curriculum.schema import Curriculum
from courses.exceptions import ReleaseFault, ReleaseRefused
from courses.models import (
    Claim,
    Course,
    CoursePage,
    LoadedItem,
    Nation,
    OwnedPart,
    Reviewer,
    SignOff,
)
from courses.services import (
    own_part,
    release_course,
    withdraw_part,
)
from courses.withdrawn import Part
from tests.courses.bundle.bundles import (
    ABOUT,
    AT,
    FRENCH,
    LATER,
    TITLE,
    a_consent,
    a_nation,
    added,
    brought_in,
    differing,
    first_block,
    lesson,
    opened,
    rewritten,
    row,
    said,
    signed,
    with_form,
    written,
)
from tests.courses.test_loader import CLAIMS
from tests.factories.courses import ClaimFactory, CourseFactory, home_page
from tests.factories.people import UserFactory
from translations.changes import ChangeKind
from translations.models import Translation
from translations.selectors import is_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def curriculum(shipped_root: Path) -> Curriculum:
    return read_curriculum(shipped_root)


@pytest.fixture(scope="module")
def bundled(curriculum: Curriculum, module_rows: Any, tmp_path_factory: Any) -> bytes:
    """The bundle of a course of another site, of which nothing is here."""
    media = tmp_path_factory.mktemp("media")
    with module_rows.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        load(curriculum, at=AT)
        data = written(Course.objects.get())
        transaction.set_rollback(True)
    return data


@pytest.fixture
def data(bundled: bytes) -> bytes:
    """The bundle, and an empty front page for what arrives."""
    home_page()
    return bundled


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


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


def test_no_bundle_frees_a_course_from_a_review(data: bytes) -> None:
    brought_in(data)
    Course.objects.update(reviews_required=["survivor"])
    for on_conflict in (OnConflict.KEEP, OnConflict.TAKE):
        brought_in(rewritten(data, with_form("course/hospitality.json", minutes=7)), on_conflict=on_conflict)
        assert Course.objects.get().reviews_required == ["survivor"]
    more = with_form("course/hospitality.json", minutes=8, reviews_required=["legal"])
    brought_in(rewritten(data, more), on_conflict=OnConflict.TAKE)
    assert Course.objects.get().reviews_required == ["legal", "survivor"]


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
def test_what_is_wrong_with_a_signed_bundle_is_named_by_its_file(bundled, change, problem):
    with pytest.raises(BundleRefused) as refused:
        opened(rewritten(bundled, change))
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
def test_what_was_changed_on_the_way_is_named(bundled, name, content, problem):
    with pytest.raises(BundleRefused) as refused:
        opened(replaced(bundled, name, content))
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("lesson-page/hospitality/act.json", "lesson-page/hospitality/act.json: changed after it was signed"),
        ("manifest.json", "manifest.sig: the signature or its key cannot be read"),
    ],
)
def test_what_was_damaged_on_the_way_is_named(bundled, name, problem):
    entry = zipfile.ZipFile(io.BytesIO(bundled)).getinfo(name)
    first = entry.header_offset + 30 + len(name)
    damaged = bundled[:first] + b"\xff" * entry.compress_size + bundled[first + entry.compress_size :]
    with pytest.raises(BundleRefused) as refused:
        opened(damaged)
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_in_another_way_is_not_unpacked(bundled: bytes, packed: int) -> None:
    zipped, stream = zipfile.ZipFile(io.BytesIO(bundled)), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for each in zipped.namelist():
            way = packed if each == "manifest.json" else zipfile.ZIP_DEFLATED
            made.writestr(each, zipped.read(each), compress_type=way)
    with pytest.raises(BundleRefused) as refused:
        opened(stream.getvalue())
    assert refused.value.problems == ("manifest.json: packed in a way that is not read here",)


@pytest.mark.parametrize("kept", [0, 10, 0.5, -1])
def test_what_is_cut_off_is_said(bundled, kept):
    with pytest.raises(BundleRefused) as refused:
        opened(bundled[: int(len(bundled) * kept) if isinstance(kept, float) else kept])
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


def test_facts_go_with_the_lessons_that_rely_on_them(shipped_root, tmp_path):
    root = shutil.copytree(shipped_root, tmp_path / "curriculum")
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
def test_wrong_word_of_who_signed_is_named_and_nothing_is_written(bundled, change, problem):
    with pytest.raises(BundleRefused) as refused:
        opened(rewritten(bundled, change))
    assert problem in refused.value.problems
    assert Translation.objects.count() == 0


def test_what_was_withdrawn_goes_out_as_a_marker_and_can_be_brought_in(curriculum: Curriculum) -> None:
    with transaction.atomic():
        load(curriculum, at=AT)
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


def sent(act: Callable[[Course], object], curriculum: Curriculum) -> bytes:
    """The bundle of another site where ``act`` was done; nothing of it stays here."""
    with transaction.atomic():
        load(curriculum, at=AT)
        course = Course.objects.get()
        act(course)
        data = written(course)
        transaction.set_rollback(True)
    home_page()
    return data


class TestOwners:
    def test_a_nations_part_belongs_to_it_here_too_and_nobody_has_said_yes(self, curriculum: Curriculum) -> None:
        data = sent(
            lambda course: own_part(course=course, part=Part("lesson", "act"), nation=a_nation(), **ABOUT), curriculum
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
        self, curriculum: Curriculum
    ) -> None:
        data = sent(
            lambda course: own_part(course=course, part=first_block(), consent=a_consent(), **ABOUT), curriculum
        )
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
