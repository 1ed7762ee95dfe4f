"""A course as one signed file, on the site where it was written: out, and back over what was done meanwhile."""

import base64
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from wagtail.documents.models import Document
from wagtail.models import Locale

from assessments.models import Question
from cms import signing
from cms.models import Sector, Source, SupportService
from courses.bundle import Conflicts, OnConflict
from courses.curriculum import read_curriculum
from courses.curriculum.loader import load
from courses.models import (
    Claim,
    Course,
    CoursePage,
    LessonPage,
    LoadedItem,
    StoryConsent,
    Withdrawal,
)
from courses.services import (
    add_nation,
    own_part,
    withdraw_claim,
    withdraw_consent,
    withdraw_part,
)
from courses.withdrawn import Part
from tests.courses.bundle.bundles import (
    ABOUT,
    AT,
    FRENCH,
    LATER,
    a_consent,
    brought_in,
    differing,
    edit,
    first_block,
    lesson,
    rewritten,
    row,
    said,
    signed,
    with_form,
    written,
)
from translations.models import Translation

# What withdraws a fact asks the index who relies on it.
pytestmark = [pytest.mark.django_db, pytest.mark.reference_index]


@pytest.fixture(scope="module")
def media(tmp_path_factory: Any) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def _loaded(shipped_root: Path, media: Path, module_rows: Any) -> None:
    with module_rows.unblock(), override_settings(MEDIA_ROOT=media):
        load(read_curriculum(shipped_root), at=AT)


@pytest.fixture
def course(_loaded: None, media: Path, settings: Any) -> Course:
    settings.MEDIA_ROOT = media
    return Course.objects.get()


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


def test_nothing_of_the_site_is_changed_where_it_comes_back_unchanged(course):
    report = brought_in(written(course))
    assert report.changes == 0


def test_what_was_shipped_and_not_touched_is_brought_up_to_date_and_stays(course, shipped_root):
    edit(lesson(), title="Better")
    data = written(course)
    edit(lesson(), title=json.loads(zipfile.ZipFile(io.BytesIO(data)).read("lesson-page/hospitality/act.json"))["slug"])
    load(read_curriculum(shipped_root), at=AT, apply_over_edits=True)
    report = brought_in(data)
    assert dict(report.changed) == {"lesson-page": 1}
    assert '+ "title": "Better"' in report.differences[0].diff
    assert lesson().title == "Better"
    assert load(read_curriculum(shipped_root), at=LATER).changes == 0
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
    for arguments, why in (
        (("export_course", "nothing", str(tmp_path / "x.zip")), "There is no course nothing. There are: hospitality."),
        (("import_course", str(tmp_path / "x.zip")), "cannot be read"),
        (("import_course", str(tmp_path / "x.zip"), "--trust", "abc"), "abc is not a public key"),
    ):
        with pytest.raises(CommandError, match=why) as refused:
            call_command(*arguments, stderr=io.StringIO())
        assert refused.value.returncode == 2
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    complaint = io.StringIO()
    with pytest.raises(CommandError, match="1 problems; nothing was brought in"):
        call_command("import_course", str(tmp_path / "no.zip"), stderr=complaint)
    assert complaint.getvalue().strip() == "this is not a zip file, or it is cut off"
    assert list(tmp_path.glob(".export-*")) == []


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


def test_what_came_signed_outlives_the_next_upgrade(course, shipped_root):
    brought_in(rewritten(written(course), signed()))
    load(read_curriculum(shipped_root), at=LATER)
    assert said() == (FRENCH, "reviewed", "Ama Birch")


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


class TestOwners:
    def test_what_is_known_here_gets_narrower_and_never_wider(self, course: Course) -> None:
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

    def test_what_was_taken_back_there_is_gone_here_too_and_comes_back_by_no_bundle(self, course: Course) -> None:
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
        self, course: Course
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
