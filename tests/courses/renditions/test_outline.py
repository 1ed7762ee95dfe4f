"""One outline, and every format says what it says, in its order."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from html import unescape
from unittest import mock

import pytest
from lxml import etree
from pptx import Presentation
from pypdf import PdfReader

from cms.typesetting import typeset
from courses.claims import ClaimNow, Standing
from courses.renditions import sheets
from courses.renditions.deck import deck
from courses.renditions.epub import epub, epub_data
from courses.renditions.kinds import pieces
from courses.renditions.markup import flow, run, text_of_runs
from courses.renditions.outline import facts, lesson_facts
from courses.renditions.slides import deck_data
from tests.courses.renditions.lessons import blocks, material, snapshot


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad•]+", "", unescape(text))


def missing(facts: list[str], text: str) -> list[str]:
    """Return the facts that do not stand in ``text`` after the one before."""
    text, place, lost = squeezed(text), 0, []
    for fact in facts:
        found = text.find(squeezed(fact), place)
        if found < 0:
            lost.append(fact)
        else:
            place = found + len(squeezed(fact))
    return lost


def made(of, *kinds: str) -> dict[str, bytes]:
    return {piece.name: piece.make() for piece in pieces(of) if piece.kind in kinds}


def pdf_text(pdf: bytes) -> str:
    """Return what stands on the pages between their running lines."""
    pages = [
        re.sub(r"\n?Edition 1 · \S+\s+\d+ / \d+\s*$", "", page.extract_text())
        for page in PdfReader(io.BytesIO(pdf)).pages
    ]
    return "\n".join(re.sub(r"^(Safe and fair work|Facilitator's guide[^\n]*)\n", "", page) for page in pages)


def book_text(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        pages = [opened.read(name).decode() for name in opened.namelist() if re.search(r"lesson-\d+\.xhtml$", name)]
    return re.sub(r"<[^>]+>", " ", "\n".join(page.partition("<body>")[2] for page in pages))


def notes_text(pptx: bytes) -> str:
    return "\n".join(slide.notes_slide.notes_text_frame.text for slide in Presentation(io.BytesIO(pptx)).slides)


def test_html_becomes_lines_with_their_faces():
    assert flow('<h3>Head</h3><p>One <b>two</b>  <a href="https://example.org/x">there</a></p><ul><li>a<ol><li>b</li></ol></li></ul>') == [
        {"kind": "heading", "level": 3, "runs": [{"text": "Head", "bold": False, "italic": False}]},
        {
            "kind": "paragraph",
            "runs": [
                {"text": "One ", "bold": False, "italic": False},
                {"text": "two", "bold": True, "italic": False},
                {"text": " there (example.org/x)", "bold": False, "italic": False},
            ],
        },
        {
            "kind": "list",
            "ordered": False,
            "items": [
                [{"text": "a", "bold": False, "italic": False}],
                [{"text": "b", "bold": False, "italic": False}],
            ],
        },
    ]  # fmt: skip


def test_every_text_of_every_kind_of_block_is_a_fact():
    said = squeezed(" ".join(lesson_facts(material().lessons[0])))
    skipped = {"code", "next", "start", "id", "verdict", "tone", "reason", "on", "source", "question", "services"}

    def texts(value, name=""):
        if isinstance(value, dict):
            return [text for key, part in value.items() if key not in skipped for text in texts(part, key)]
        if isinstance(value, list):
            return [text for part in value for text in texts(part)]
        if isinstance(value, str) and value:
            lines = [node.get("items") or [node["runs"]] for node in flow(value)]
            return [text_of_runs(line) for group in lines for line in group]
        return []

    assert [text for block in blocks() for text in texts(block["value"]) if squeezed(text) not in said] == []
    assert "1-833-900-1010" in said
    assert "withdrawn-line" not in said


def test_every_format_says_the_same_facts_in_the_same_order():
    of = material()
    facts = [fact for lesson in of.lessons for fact in lesson_facts(lesson)]
    files = made(of, "handout", "transcript", "booklet", "guide", "epub", "deck")
    handouts = "\n".join(pdf_text(files[f"lesson-{number}.pdf"]) for number in (1, 2))
    transcripts = "\n".join(files[f"lesson-{number}.txt"].decode() for number in (1, 2))
    assert missing(facts, transcripts) == []
    assert missing(facts, handouts) == []
    assert missing(facts, pdf_text(files["booklet.pdf"])) == []
    assert missing(facts, pdf_text(files["guide.pdf"])) == []
    assert missing(facts, book_text(files["course.epub"])) == []
    assert missing(facts, notes_text(files["slides.pptx"])) == []


def test_a_changed_word_of_one_lesson_changes_only_what_says_it():
    before = {piece.name: piece.source_hash for piece in pieces(material())}
    said = snapshot()
    said["lessons"][1]["body"][0]["value"]["text"] = "<p>Yours as well!</p>"
    after = {piece.name: piece.source_hash for piece in pieces(material(said))}
    assert {name for name in before if before[name] != after[name]} == {
        "lesson-2.pdf", "lesson-2.txt", "booklet.pdf", "course.epub", "guide.pdf", "slides.pptx",
    }  # fmt: skip


def test_a_changed_help_line_changes_what_prints_it_and_nothing_else():
    before = {piece.name: piece.source_hash for piece in pieces(material())}
    after = {piece.name: piece.source_hash for piece in pieces(material(phone="1-800-000-0000"))}
    assert {name for name in before if before[name] == after[name]} == {
        "lesson-2.pdf", "lesson-2.txt", "questions.pdf", "answer-sheet.pdf", "answer-key.pdf",
    }  # fmt: skip


def test_the_same_text_gives_the_same_bytes():
    assert made(material(), "epub", "deck", "handout") == made(material(), "epub", "deck", "handout")


def test_printed_files_are_tagged_and_say_title_and_language_and_that_a_draft_is_one():
    of = material(language="fr", draft=True)
    for name, pdf in made(of, "handout", "booklet", "card", "poster", "guide", "paper", "sheet", "key").items():
        reader = PdfReader(io.BytesIO(pdf))
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"].value, name
        assert root["/Lang"] == "fr", name
        assert reader.metadata.title, name
        if name == "card.pdf":
            assert len(reader.pages) == 1
        assert squeezed(of.draft) in squeezed(" ".join(page.extract_text() for page in reader.pages)), name


def test_the_paper_is_one_draw_with_its_key_and_asks_nothing_that_needs_a_screen():
    files = {name: pdf_text(pdf) for name, pdf in made(material(), "paper", "sheet", "key").items()}
    asked = set(re.findall(r"\((q\d)\)", files["questions.pdf"]))
    assert len(asked) == 2
    assert "What was seen." in files["answer-key.pdf"]
    assert "What was seen." not in files["questions.pdf"] + files["answer-sheet.pdf"]
    no_quiz = {piece.kind for piece in pieces(material(quiz=None))}
    assert no_quiz.isdisjoint({"paper", "sheet", "key"})


def test_what_is_taller_than_a_page_goes_on_overleaf():
    said = snapshot()
    tall = ["hotline"] * 30
    for block in said["lessons"][0]["body"]:
        if block["type"] == "help_now":
            block["value"]["services"] = tall
        elif block["type"] == "two_ways":
            block["value"]["boss"]["services"] = tall
    heights = []
    of = material(said)
    line = of.directory.lines[0]
    with mock.patch.object(type(of.directory), "with_codes", lambda self, codes: [line] * len(codes)):
        sheets = made(of, "handout", "booklet")
    for page in (page for sheet in sheets.values() for page in PdfReader(io.BytesIO(sheet)).pages):
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: heights.append(tm[5] * cm[3] + cm[5]))
    assert [height for height in heights if height < 0] == []


def test_slides_have_titles_and_fit():
    show = Presentation(io.BytesIO(deck(deck_data(material()))))
    assert [slide.shapes.title.text_frame.text for slide in show.slides if not slide.shapes.title.text_frame.text] == []
    inside = [
        (
            shape.left >= 0
            and shape.left + shape.width <= show.slide_width
            and shape.top + shape.height <= show.slide_height
        )
        for slide in show.slides
        for shape in slide.shapes
    ]
    assert all(inside)


def test_the_day_on_which_facts_were_looked_at_stands_once_with_what_relies_on_them():
    looked_at = [ClaimNow(code, Standing.CURRENT, date(2026, 3, 1)) for code in ("one", "two")]
    said = snapshot()
    for block in said["lessons"][0]["body"]:
        if block["type"] in ("text", "callout", "figure"):
            block["value"]["claims_now"] = looked_at
    day = "Verified on 1 March 2026."
    of = replace(material(), snapshot=said)
    told = [list(facts([node])).count(day) for node in of.lessons[0]["body"] if node["kind"] != "paragraph"]
    assert (sum(told), max(told)) == (3, 1)
    slides = deck_data(of)["slides"]
    texts = [[line["text"] for part in slide["parts"] for line in part["lines"]] for slide in slides]
    assert sum(text.count(day) for text in texts) == 3
    assert [day] not in texts


def test_slides_from_right_to_left_begin_at_the_right_edge():
    show = Presentation(io.BytesIO(deck(deck_data(material(language="ar")))))
    cover, inner = show.slides[0], show.slides[1]
    edge = cover.shapes.title.left + cover.shapes.title.width
    assert {shape.left + shape.width for shape in cover.shapes} == {edge}
    [number] = [shape for shape in inner.shapes if shape.has_text_frame and shape.text_frame.text == "2"]
    assert number.left == show.slide_width - edge


def test_slides_hold_what_the_format_has_no_letters_for_and_what_looks_like_its_own():
    data = deck_data(material())
    data["title"] = "A & <b>\x00"
    data["slides"] = [
        {"look": "text", "title": "<a:t>\x0b\ud800", "label": "&amp;", "parts": [], "notes": ["1 < 2 & 3 \ufffe> 2"]},
        {"look": "text", "title": "Two", "label": "", "parts": [], "notes": []},
    ]
    show = Presentation(io.BytesIO(deck(data)))
    assert show.core_properties.title == "A & <b>"
    assert [slide.shapes.title.text_frame.text for slide in show.slides] == ["<a:t>", "Two"]
    assert [slide.notes_slide.notes_text_frame.text for slide in show.slides] == ["1 < 2 & 3 > 2", ""]
    assert len(Presentation(io.BytesIO(deck({**data, "slides": []}))).slides) == 0


def test_choices_of_a_story_are_a_poll_that_leads_on():
    data = deck_data(material())
    anchors = {slide["anchor"] for slide in data["slides"] if "anchor" in slide}
    leads = [line for slide in data["slides"] for part in slide["parts"] for line in part["lines"] if line.get("goto")]
    assert leads
    assert {line["goto"] for line in leads} <= anchors
    show = Presentation(io.BytesIO(deck(data)))
    slides = list(show.slides)
    titles = {slide.part: slide.shapes.title.text_frame.text for slide in slides}
    for slide in slides:
        for link in slide.part._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}hlinkClick"):
            assert link.get("action") == "ppaction://hlinksldjump"
            run = link.getparent().getparent()
            number = re.search(r"\d+", run.findtext("{http://schemas.openxmlformats.org/drawingml/2006/main}t"))
            target = slide.part.related_part(
                link.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
            )
            assert titles[target].endswith(f"· {number[0]}")
    assert "Hands: A ____   B ____" in notes_text(deck(data))
    assert "Hands: A ____   B ____" in " ".join(pdf_text(made(material(), "guide")["guide.pdf"]).split()).replace(
        "____ B", "____   B"
    )


@pytest.mark.parametrize(
    ("language", "word"),
    [("ar", "انظر مرتين"), ("pa", "ਦੋ ਵਾਰ ਵੇਖੋ"), ("iu", "ᑕᑯᓐᓇᕐᓗᑎᑦ"), ("tl", "Tumingin nang dalawang beses")],
)
def test_every_script_prints(language, word):
    said = snapshot(language=language)
    for lesson in said["lessons"]:
        lesson["title"] = word
    of = material(said)
    files = made(of, "handout", "poster", "card", "epub", "deck")
    assert PdfReader(io.BytesIO(files["lesson-1.pdf"])).metadata.title == word
    assert f'dir="{of.direction}"' in book_page(files["course.epub"])


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "zh"), ("zh-hant", "zh-TW"), ("ar", "ar")])
def test_sheets_are_set_for_their_script(language, said):
    for name, file in made(material(snapshot(language=language)), "handout", "poster", "card", "booklet").items():
        assert PdfReader(io.BytesIO(file)).trailer["/Root"]["/Lang"] == said, name


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not installed")
def test_no_help_line_is_cut_off_a_poster_however_much_it_says():
    data = sheets.poster(material(snapshot(language="ar")))
    hours = (
        "يمكن ترك رسالة على مدار 24 ساعة. يجيب موظفون من الاثنين إلى الجمعة، من 6:30 إلى 20:00 بالتوقيت الشرقي. " * 2
    )
    line = {**data["lines"][0], "name": "Tip line on the abuse of workers from elsewhere", "lines": [hours]}
    pdf = typeset("courses", "poster", {**data, "lines": [line] * 6})
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    drawn = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    [height] = map(float, re.findall(r'<page [^>]*height="([\d.]+)"', drawn))
    assert max(map(float, re.findall(r'yMax="([\d.]+)"', drawn))) < height - 30


def test_a_card_counts_letters_of_chinese_as_the_room_that_they_take():
    long = {"kind": "list", "ordered": False, "items": [[run("客" * 30)] for _ in range(4)]}
    [short] = sheets._first_lines([long])
    assert len(short["items"]) == 1


def book_page(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        assert opened.infolist()[0].filename == "mimetype"
        assert opened.infolist()[0].compress_type == zipfile.ZIP_STORED
        return opened.read("EPUB/lesson-1.xhtml").decode()


def test_a_book_leaves_out_what_xml_has_no_place_for():
    data = {**epub_data(material()), "title": "A & <b>\x0b\x00", "summary": "One\ud800 two"}
    with zipfile.ZipFile(io.BytesIO(epub(data))) as book:
        read = [etree.fromstring(book.read(name)) for name in book.namelist() if name.endswith((".xhtml", ".opf"))]
    assert len(read) == 5
    assert read[0].findtext(".//{http://purl.org/dc/elements/1.1/}title") == "A & <b>"


@pytest.mark.skipif(shutil.which("epubcheck") is None, reason="epubcheck is not installed")
def test_epubcheck_finds_nothing(tmp_path):
    book = tmp_path / "course.epub"
    book.write_bytes(epub(epub_data(material(language="ar", draft=True))))
    # Debian's command is a jar that not every shell can run.
    done = subprocess.run(
        ["java", "-jar", shutil.which("epubcheck"), str(book)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
