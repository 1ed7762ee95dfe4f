"""Every file made of the shipped curriculum, in every language it has: the programs of others open it, and it says what
the page says, in its order.

Opened are every book, every sheet and every deck. To count the slides that LibreOffice finds takes it seconds for each:
those of the core course in one language of each script are counted, which have every kind of slide that any other has,
with FULL=1 all of them. A machine takes a long time to read aloud: here it reads the shortest lesson of all courses in Arabic
(``tests/courses/test_listening.py`` has English), with FULL=1 that of the core course in each language that has a voice.
"""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from pypdf import PdfReader

from courses.curriculum.loader import load
from courses.models import EditionText, VoiceAcceptance
from courses.renditions.kinds import PDF, Piece, pieces
from courses.renditions.markup import flow, text_of_runs
from courses.renditions.material import Material, material_of
from courses.renditions.outline import lesson_facts
from courses.renditions.slides import deck_data
from courses.renditions.speech import voice_for
from courses.renditions.transcript import transcript
from courses.snapshot import Json
from people.services import let_read_drafts
from tests.courses.learners import the_clock  # noqa: F401  # a fixture
from tests.courses.renditions.test_outline import book_text
from tests.curriculum import opened
from tests.curriculum.opened import missing, missing_lines
from tests.curriculum.shipped import shipped_curriculum
from tests.factories.courses import RELEASED_AT, enrolled, learner_at_work
from tests.factories.people import sign_in_with_pin

FULL = bool(os.environ.get("FULL"))
SPOKEN = ("ar",)
SCRIPTS = ("en", "ar", "pa", "zh-hant")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.one_profile,
    # Loading it all takes most of a minute; one worker does it for all.
    pytest.mark.xdist_group("made files"),
]


@dataclass
class Made:
    """What is made of one text, and what poppler found in its sheets; both by the name of the file."""

    material: Material
    files: dict[str, Path] = field(default_factory=dict)
    sheets: dict[str, opened.Sheet] = field(default_factory=dict)
    spoken: list[str] = field(default_factory=list)

    @property
    def language(self) -> str:
        return self.material.language

    @property
    def facts(self) -> list[str]:
        return [fact for lesson in self.material.lessons for fact in lesson_facts(lesson)]

    def text_of(self, *names: str) -> str:
        """Return what poppler reads in sheets, one after the other, without their running lines."""
        about = self.material.sheet
        sheets = [self.sheets[name] for name in names]
        # The guide's own title stands above its pages.
        return "\n".join(
            opened.between_running_lines(sheet.pages, about["running"], about["footer"], sheet.title)
            for sheet in sheets
        )

    @property
    def is_counted(self) -> bool:
        """Whether it is counted how many slides LibreOffice finds in the deck."""
        return FULL or (self.material.course.code == "core" and self.language in SCRIPTS)

    def is_made(self, piece: Piece) -> bool:
        """Whether the file is among those that are opened here."""
        match piece.kind:
            case "listen":
                return piece.lesson in self.spoken
            case "listen_whole":
                return False
        return True


@dataclass
class Shipped:
    """All texts with what is made of them, and what was found in files that are opened together."""

    made: list[Made]
    faults_of_books: list[str] = field(default_factory=list)
    slides: dict[str, int] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)

    def decks(self, *, counted: bool) -> list[Path]:
        return [made.files["slides.pptx"] for made in self.made if made.is_counted == counted]

    def of(self, course: str, language: str) -> Made:
        return next(it for it in self.made if (it.material.course.code, it.language) == (course, language))


@pytest.fixture(scope="module")
def texts(module_rows: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[EditionText]]:
    """Return every text of the shipped curriculum, released."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"), SPEECH=True):
        with module_rows.unblock():
            load(shipped_curriculum(), at=RELEASED_AT, release=True)
            texts = list(EditionText.objects.select_related("edition__course").order_by("edition__course", "language"))
            for language in {text.language for text in texts}:
                if voice := voice_for(language):
                    VoiceAcceptance.objects.create(language=language, voice=voice.identity, accepted_at=RELEASED_AT)
        yield texts


@pytest.fixture(scope="module")
def shipped(texts: list[EditionText], module_rows: Any, tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    """Make the files, as ``manage.py render`` does; others' programs open them while the next ones are made."""
    folder = tmp_path_factory.mktemp("made")
    with module_rows.unblock():
        found = Shipped([Made(material_of(text)) for text in texts])
        choose_what_is_spoken(found.made)
        wanted = [(made, piece) for made in found.made for piece in pieces(made.material) if made.is_made(piece)]

    def write(*kinds: str) -> list[Path]:
        mine = [(made, piece) for made, piece in wanted if piece.kind in kinds]
        for made, piece in mine:
            path = folder / f"{made.material.course.code}.{made.language}.{piece.name}"
            path.write_bytes(piece.make())
            made.files[piece.name] = path
        return [made.files[piece.name] for made, piece in mine]

    with ThreadPoolExecutor(2) as others:
        write("deck")
        books = write("epub")
        if opened.IMPRESS:
            slides = others.submit(opened.pages_in_impress, found.decks(counted=True), folder / "impress")
            drawn = others.submit(opened.drawn_in_impress, found.decks(counted=False), folder / "drawn")
        faults = others.submit(opened.faults_of_books, books) if opened.EPUBCHECK else None
        write(*{piece.kind for _, piece in wanted} - {"deck", "epub"})
        if opened.POPPLER:
            sheets = [(made, piece) for made, piece in wanted if piece.content_type == PDF]
            begun = [
                others.submit(opened.sheet, made.files[piece.name], direction=made.material.direction)
                for made, piece in sheets
            ]
            for (made, piece), sheet in zip(sheets, begun, strict=True):
                made.sheets[piece.name] = sheet.result()
        if opened.IMPRESS:
            found.slides, found.drawn = slides.result(), drawn.result()
        found.faults_of_books = faults.result() if faults else []
    return found


def choose_what_is_spoken(texts: list[Made]) -> None:
    """Let the machine read the shortest lesson of each language that is chosen."""
    for language in {made.language for made in texts} if FULL else SPOKEN:
        lessons = [
            (len(transcript(made.material, lesson)), made, lesson["code"])
            for made in texts
            if made.language == language and (made.material.course.code == "core" or not FULL)
            for lesson in made.material.lessons
        ]
        _, made, code = min(lessons, key=lambda each: each[0])
        made.spoken.append(code)


@pytest.mark.skipif(not opened.EPUBCHECK, reason="epubcheck is not installed")
def test_epubcheck_finds_nothing_in_any_book(shipped: Shipped) -> None:
    assert len([made for made in shipped.made if "course.epub" in made.files]) == len(shipped.made) >= 32
    assert shipped.faults_of_books == []


@pytest.mark.skipif(not opened.POPPLER, reason="poppler is not installed")
def test_poppler_opens_every_sheet_and_finds_tags_fonts_and_letters(shipped: Shipped) -> None:
    assert {
        (made.material.course.code, made.language, name): sheet.faults
        for made in shipped.made
        for name, sheet in made.sheets.items()
        if sheet.faults or not sheet.title
    } == {}
    # A handout for each lesson, and booklet, card, poster, guide, questions, answer sheet and key.
    assert [len(made.sheets) - len(made.material.lessons) for made in shipped.made] == [7] * len(shipped.made)


def test_every_sheet_says_its_language(shipped: Shipped) -> None:
    said = {
        (made.language, PdfReader(path).trailer["/Root"]["/Lang"])
        for made in shipped.made
        for name, path in made.files.items()
        if name.endswith(".pdf")
    }
    assert said == {
        ("ar", "ar"), ("en", "en"), ("es", "es"), ("fr", "fr"), ("pa", "pa"), ("tl", "tl"),
        ("zh-hans", "zh"), ("zh-hant", "zh-TW"),
    }  # fmt: skip


@pytest.mark.skipif(not opened.IMPRESS, reason="LibreOffice Impress is not installed")
def test_libreoffice_opens_every_deck_and_finds_every_slide(shipped: Shipped) -> None:
    counted, others = shipped.decks(counted=True), shipped.decks(counted=False)
    assert len(counted) >= len(SCRIPTS)
    assert len(counted) + len(others) == len(shipped.made)
    assert shipped.slides == {path.stem: opened.slides_of(path) for path in counted}
    assert shipped.drawn == {path.stem for path in others}
    looks = [
        (made.is_counted, {slide["look"] for slide in deck_data(made.material)["slides"]}) for made in shipped.made
    ]
    assert set().union(*(look for _, look in looks)) == set().union(*(look for is_counted, look in looks if is_counted))


@pytest.mark.skipif(not opened.OPUS, reason="espeak-ng or opus-tools are not installed")
def test_opusinfo_finds_nothing_in_what_is_read_aloud(shipped: Shipped) -> None:
    recordings = [path for made in shipped.made for name, path in made.files.items() if name.endswith(".opus")]
    assert len(recordings) >= len(SPOKEN)
    assert {path.name: opened.faults_of_sound(path) for path in recordings} == {path.name: [] for path in recordings}


def test_every_format_of_every_lesson_says_the_same_in_the_same_order(shipped: Shipped) -> None:
    lost = {}
    for made in shipped.made:
        of, names = made.material, [f"lesson-{lesson['number']}" for lesson in made.material.lessons]
        said = {
            "transcripts": "\n".join(made.files[f"{name}.txt"].read_text() for name in names),
            "book": book_text(made.files["course.epub"].read_bytes()),
            "notes": opened.notes_of(made.files["slides.pptx"]),
        }
        lost |= {(of.course.code, made.language, form): missing(made.facts, text) for form, text in said.items()}
        if made.sheets:
            look = missing_lines if of.direction == "rtl" else missing
            for form, files in (
                ("handouts", [f"{name}.pdf" for name in names]),
                ("booklet", ["booklet.pdf"]),
                ("guide", ["guide.pdf"]),
            ):
                lost[of.course.code, made.language, form] = look(made.facts, made.text_of(*files))
    assert {where: facts for where, facts in lost.items() if facts} == {}


def test_the_page_of_every_lesson_says_what_is_listened_to(texts: list[EditionText], client: Client) -> None:
    membership = learner_at_work()
    let_read_drafts(organisation=membership.organisation, allowed=True, by=None, at=RELEASED_AT)
    sign_in_with_pin(client, membership)
    for course in {text.edition.course for text in texts}:
        if course.tier != "open":
            enrolled(course, membership)
    lost = {}
    for text in texts:
        of = material_of(text)
        for lesson, outline in zip(of.snapshot["lessons"], of.lessons, strict=True):
            address = f"/learn/{of.course.slug}/{lesson['code']}/"
            page = client.get(address, headers={"accept-language": text.language}).content.decode()
            article = re.search(r'<article class="lesson".*?</article>', page, re.DOTALL)[0]
            assert f'<html lang="{text.language}"' in page
            for form, said in (
                ("page", re.sub(r"<(script|template)\b.*?</\1>|<[^>]+>", " ", article, flags=re.DOTALL)),
                ("transcript", transcript(of, outline)),
            ):
                lost[of.course.code, text.language, lesson["code"], form] = blocks_missing(
                    lesson, of.snapshot["practice"], said
                )
    assert {where: facts for where, facts in lost.items() if facts} == {}


def blocks_missing(lesson: Json, practice: Json, text: str) -> list[str]:
    """Return the texts of a lesson's blocks that do not stand in ``text`` after those of the block before.

    What a player goes through in an order of their own, a story or a question, is looked for in any; what a question
    answers stands at the end of what is heard and behind a button of the page.
    """
    text, at, lost = opened.bare(text), 0, []
    for block in lesson["body"]:
        kind, value = block["type"], block["value"]
        # The page asks for it at its end.
        if kind == "attestation":
            continue
        if kind == "check":
            question = practice[value["question"]]
            texts = [question["stem"], [option["text"] for option in question.get("options", ())]]
        else:
            texts = value
        places = [at]
        for fact in leaves(texts):
            found = text.find(opened.bare(fact), at if kind in ("scenario", "check") else places[-1])
            if found < 0:
                lost.append(fact)
            else:
                places.append(found + len(opened.bare(fact)))
        at = max(places)
    return lost


def leaves(value: Any) -> Iterator[str]:
    """Yield every line that a block says, in its order."""
    names = {
        "code",
        "next",
        "start",
        "id",
        "verdict",
        "tone",
        "source",
        "services",
        "claims",
        "claims_now",
        "image",
        "file",
    }
    match value:
        case str():
            for node in flow(value):
                yield from filter(None, map(text_of_runs, node.get("items") or [node["runs"]]))
        case dict():
            for name, part in value.items():
                if name not in names:
                    yield from leaves(part)
        case list():
            for part in value:
                yield from leaves(part)
