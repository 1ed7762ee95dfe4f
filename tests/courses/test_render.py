"""`manage.py render`: every file or none."""

import io
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from cms.typesetting import MissingGlyphs
from courses.management.commands import render
from courses.models import Course, EditionText
from courses.renditions.material import material_of
from courses.renditions.transcript import transcript
from courses.services import withdraw_part
from courses.withdrawn import Part
from tests.factories.courses import RELEASED_AT, course_with_pages, lesson_page, release, released_course, rich_body
from tests.run import SOFFICE

IMPRESS = SOFFICE and (Path(SOFFICE).resolve().parent / "libsdlo.so").exists()
pytestmark = pytest.mark.django_db


@pytest.fixture
def course(settings, tmp_path) -> Course:
    settings.MEDIA_ROOT = tmp_path / "media"
    course = course_with_pages(lessons=[])
    parent = course.pages.get()
    for code in ("facts", "act"):
        lesson_page(parent, code, body=rich_body())
    release(course)
    return course


def test_every_file_is_written_under_a_neutral_name_where_a_link_leads_too(course, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "there")
    call_command("render", course.code, language="en", output=tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "answer-key.pdf", "answer-sheet.pdf", "booklet.pdf", "card.pdf", "course.epub", "guide.pdf",
        "lesson-1.pdf", "lesson-1.txt", "lesson-2.pdf", "lesson-2.txt", "poster.pdf", "questions.pdf", "slides.pptx",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "language", "says"),
    [
        ("nowhere", "en", "There is no course nowhere."),
        ("new", "en", "new was never released."),
        ("old", "pa", "Edition 1 of old has no text in pa. It has: en."),
    ],
)
def test_what_cannot_be_rendered_is_named_and_leaves_nothing(code, language, says, tmp_path):
    course_with_pages(code="new")
    released_course(code="old")
    with pytest.raises(CommandError, match=re.escape(says)) as refused:
        call_command("render", code, language=language, output=tmp_path / "out")
    assert refused.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_failure_midway_leaves_no_file_and_what_was_there_stays(course, tmp_path, monkeypatch):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("render", course.code, language="en", output=full)
    with pytest.raises(CommandError, match=r"cannot be made: (Not a directory|File exists)"):
        call_command("render", course.code, language="en", output=full / "mine.txt" / "out")

    def broken(material):
        def fail() -> bytes:
            raise next(faults)

        whole = list(render_pieces(material))
        yield whole[0]
        yield type(whole[1])(**{name: getattr(whole[1], name) for name in whole[1].__slots__} | {"make": fail})

    render_pieces = render.pieces
    monkeypatch.setattr(render, "pieces", broken)
    faults = iter((MissingGlyphs("ጤ"), subprocess.CalledProcessError(1, "espeak-ng")))
    for said in ("lesson-1.txt: no font here has these letters: ጤ", "lesson-1.txt cannot be read aloud: .*espeak-ng"):
        with pytest.raises(CommandError, match=said) as refused:
            call_command("render", course.code, language="en", output=tmp_path / "out")
        assert refused.value.returncode == 2
    assert [path.name for path in tmp_path.iterdir() if path.name != "media"] == ["full"]


def test_what_was_left_by_a_killed_run_is_removed_and_nothing_of_one_that_lives(tmp_path):
    killed, other = tmp_path / ".fieldfare-render-killed", tmp_path / ".fieldfare-render-notes"
    killed.mkdir()
    (killed / "lesson-1.pdf").write_bytes(b"%PDF")
    (tmp_path / "mine").mkdir()
    other.symlink_to(tmp_path / "mine")
    with render._folder_in(tmp_path) as living, render._folder_in(tmp_path) as second:
        assert sorted(tmp_path.iterdir()) == sorted([living, second, other, tmp_path / "mine"])
    assert sorted(tmp_path.iterdir()) == [other, tmp_path / "mine"]


def test_what_was_withdrawn_is_not_printed(course, tmp_path):
    text = EditionText.objects.get(edition__course=course)
    block = next(each for each in text.snapshot["lessons"][0]["body"] if each["type"] == "sign")
    withdraw_part(
        course=course,
        part=Part("block", block["id"]),
        label="A sign",
        reason="wrong",
        instead="Look at the new list.",
        by=None,
        at=RELEASED_AT,
    )
    of = material_of(text)
    assert "One answers for all." not in transcript(of, of.lessons[0])
    assert "Look at the new list." in transcript(of, of.lessons[0])
    assert "One answers for all." in transcript(of, of.lessons[1])


@pytest.mark.skipif(not IMPRESS, reason="LibreOffice Impress is not installed")
def test_libreoffice_opens_the_slides(course, tmp_path):
    call_command("render", course.code, language="en", output=tmp_path / "out", stdout=io.StringIO())
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [
        SOFFICE,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        tmp_path,
        tmp_path / "out" / "slides.pptx",
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    printed = " ".join(page.extract_text() for page in PdfReader(tmp_path / "slides.pdf").pages)
    assert "It may be shyness." in re.sub(r"\s+", " ", printed)
