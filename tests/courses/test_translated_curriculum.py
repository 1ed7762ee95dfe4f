"""A translation that is shipped beside a course: read, loaded, released, and never half shown."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polib
import pytest
from wagtail.models import Locale

from assessments.models import ChoiceOption, Question
from courses import selectors
from courses.curriculum import CurriculumRejected, read_curriculum
from courses.curriculum.folder import folder_digest, remember_folder
from courses.curriculum.loader import load
from courses.curriculum.wording import course_texts, site_texts
from courses.models import CoursePage, Edition, EditionText, LessonPage
from courses.receivers import REWORD, reword
from people.models import OutboxEntry
from tests.courses import curricula
from translations.models import Translation
from translations.recognition import FREQUENT, looks_like
from translations.selectors import file_for
from translations.services import import_file

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def french(text: str) -> str:
    """Return words that look like no language, where ``text`` looks like English; markup stays."""
    filling = rf"\b({'|'.join(FREQUENT['en'])})\b"
    return re.sub(filling, r"\1é", text) if looks_like(text) == "en" else text


def catalogue(segments: Any, *, leave_out: str = "", reviewed: str = "", **changed: str) -> str:
    """Return a French file in which every text is the source with « » around, so that markup stays."""
    po = polib.POFile(wrapwidth=0)
    po.metadata = {"Language": "fr", "Content-Type": "text/plain; charset=UTF-8", "MIME-Version": "1.0"}
    for segment in segments:
        if leave_out and segment.key.startswith(leave_out):
            continue
        text = changed.get(
            segment.key, f"fr {french(segment.text)}" if segment.markup == "plain" else f"{french(segment.text)} fr"
        )
        po.append(polib.POEntry(msgctxt=segment.key, msgid=segment.text, msgstr=text, tcomment=reviewed))
    return str(po)


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return curricula.write(tmp_path / "curriculum")


def segments_in(root: Path) -> tuple[list[Any], list[Any]]:
    read = read_curriculum(root)
    return (
        [segment for text in site_texts(read) for segment in text.segments],
        [segment for text in course_texts(read.courses[0]) for segment in text.segments],
    )


def ship(root: Path, **options: Any) -> None:
    site, course = segments_in(root)
    for folder, text in ((root, catalogue(site)), (root / "hospitality", catalogue(course, **options))):
        (folder / "locale").mkdir(exist_ok=True)
        (folder / "locale" / "fr.po").write_text(text, encoding="utf-8")


@pytest.mark.django_db
def test_a_whole_translation_becomes_pages_questions_and_a_text_of_the_edition(root: Path) -> None:
    ship(root)
    load(read_curriculum(root), at=AT)
    french = Locale.objects.get(language_code="fr")
    page = CoursePage.objects.get(locale=french)
    english = CoursePage.objects.get(locale=Locale.get_default())
    assert (page.live, page.title, page.translation_key) == (True, f"fr {english.title}", english.translation_key)
    assert [text.language for text in EditionText.objects.order_by("language")] == ["en", "fr"]
    text = EditionText.objects.get(language="fr").snapshot
    assert text["draft"] is True
    assert text["quiz"]["title"] == "fr Check what you learnt"
    assert text["quiz"]["objectives"][0]["text"] == "fr Note facts"
    assert text["quiz"]["critical_rules"][0]["text"] == "fr Danger now: call 911 first"
    assert [lesson["code"] for lesson in text["lessons"]] == ["signs", "act"]
    assert Question.objects.filter(locale=french).count() == Question.objects.filter(locale__language_code="en").count()
    keys = {
        each: set(ChoiceOption.objects.filter(locale__language_code=each).values_list("key", "translation_key"))
        for each in ("en", "fr")
    }
    assert keys["en"] == keys["fr"]


@pytest.mark.django_db
def test_a_second_load_changes_nothing(root: Path) -> None:
    ship(root)
    load(read_curriculum(root), at=AT)
    assert load(read_curriculum(root), at=AT).changes == 0


@pytest.mark.django_db
def test_what_lacks_a_lesson_is_drafted_and_not_released(root: Path) -> None:
    ship(root, leave_out="lessons/act")
    load(read_curriculum(root), at=AT)
    assert [text.language for text in EditionText.objects.all()] == ["en"]
    pages = LessonPage.objects.filter(locale__language_code="fr")
    assert [(page.lesson.code, page.live) for page in pages] == [("signs", False)]
    ship(root)
    load(read_curriculum(root), at=AT, release=True)
    assert set(EditionText.objects.filter(edition__number=2).values_list("language", flat=True)) == {"en", "fr"}


@pytest.mark.django_db
def test_a_changed_source_takes_the_translation_out_of_the_next_edition(root: Path) -> None:
    ship(root)
    load(read_curriculum(root), at=AT)
    path = root / "hospitality" / "course.yaml"
    path.write_text(path.read_text().replace("Note facts", "Note plain facts"))
    load(read_curriculum(root), at=AT, release=True)
    newest = Edition.objects.get(number=2)
    assert [text.language for text in newest.texts.all()] == ["en"]
    stale = Translation.objects.get(segment__key="course/objectives/note/text", language="fr")
    assert stale.text == "fr Note facts"
    assert stale.source_digest != stale.segment.digest
    shown = selectors.current_text(newest.course, "fr")
    assert shown is not None
    assert shown.language == "en"


@pytest.mark.django_db
def test_a_signed_translation_is_no_draft(root: Path) -> None:
    ship(root, reviewed="Reviewed by Marie Tremblay on 2026-11-20.")
    load(read_curriculum(root), at=AT)
    assert "draft" not in EditionText.objects.get(language="fr").snapshot


@pytest.mark.django_db
def test_what_a_translator_brought_back_goes_before_the_files(root: Path, settings: Any) -> None:
    ship(root)
    load(read_curriculum(root), at=AT)
    file = file_for(language="fr", group="course:hospitality")
    units = [
        replace(unit, target="Des chambres", needs_work=False, reviewer="Marie Tremblay")
        for unit in file.units
        if unit.segment == "course:hospitality/course/title"
    ]
    import_file(file=replace(file, units=tuple(units)), language="fr", by=None, at=AT)
    # The pages follow in the background, where the curriculum of the project is what was loaded.
    [entry] = OutboxEntry.objects.filter(kind=REWORD)
    assert entry.payload == {"language": "fr"}
    reword(entry.payload)
    page = CoursePage.objects.get(locale__language_code="fr")
    assert page.title == "fr Safe and fair work in hotels"
    settings.BASE_DIR = root.parent
    remember_folder(folder_digest(root), at=AT)
    reword(entry.payload)
    page.refresh_from_db()
    assert (page.title, page.get_latest_revision_as_object().title) == ("Des chambres", "Des chambres")
    assert load(read_curriculum(root), at=AT).changes == 0
    # A file that comes with the project later does not take the words back.
    ship(root, **{"course/title": "Salles"})
    load(read_curriculum(root), at=AT)
    page.refresh_from_db()
    assert page.title == "Des chambres"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('Danger now: call 911 first"\n', 'Danger"\n', "the numbers differ from the source (-911)"),
        ('"Language: fr', '"Language: es', 'the header says "Language: es"'),
        ("msgctxt", "msgctx", "this is not a PO file in UTF-8"),
        (
            "fr Note facts",
            "Los hechos que usted ve son para quien está al teléfono",
            "course/objectives/note/text: this looks like es, not fr; somebody who knows signs for it",
        ),
        ("fr Note facts", "<b>fr</b> Note facts", "the markup differs from the source (+</b> +<b>)"),
    ],
)
def test_a_bad_file_is_refused_by_place(root: Path, old: str, new: str, said: str) -> None:
    ship(root)
    path = root / "hospitality" / "locale" / "fr.po"
    text = path.read_text(encoding="utf-8")
    place = text.index(f"fr {old}") + 3 if old.startswith("Danger") else text.index(old)
    path.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")
    with pytest.raises(CurriculumRejected) as rejected:
        read_curriculum(root)
    assert said in str(rejected.value)
    assert {problem.path for problem in rejected.value.problems} == {"hospitality/locale/fr.po"}


def test_a_file_in_another_language_is_refused_and_a_piece_that_is_signed_for_is_not(root: Path) -> None:
    spanish = "Los hechos que usted ve son para quien está al teléfono"
    ship(root, reviewed="Reviewed by Marie Tremblay on 2026-11-20.", **{"course/objectives/note/text": spanish})
    [course] = read_curriculum(root).courses
    assert course.catalogues[0].entries["course/objectives/note/text"].target == spanish
    path = root / "hospitality" / "locale" / "fr.po"
    said = polib.pofile(path.read_text(encoding="utf-8"))
    for entry in said:
        entry.msgstr = entry.msgid
    path.write_text(str(said), encoding="utf-8")
    with pytest.raises(CurriculumRejected) as rejected:
        read_curriculum(root)
    assert str(rejected.value) == "hospitality/locale/fr.po:1: most of it looks like en, not fr"
