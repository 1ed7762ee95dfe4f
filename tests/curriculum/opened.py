"""Made files as the programs of others see them: epubcheck, poppler, LibreOffice, opus-tools."""

import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from lxml import etree

from tests.run import SOFFICE

EPUBCHECK = shutil.which("epubcheck")
POPPLER = all(map(shutil.which, ("pdfinfo", "pdffonts", "pdftotext")))
IMPRESS = bool(SOFFICE) and (Path(SOFFICE).resolve().parent / "libsdlo.so").exists()
OPUS = all(map(shutil.which, ("espeak-ng", "opusenc", "opusdec", "opusinfo")))

# Older popplers expect another type of a key that the standard has as a boolean.
_KNOWN_COMPLAINT = "Suspects object is wrong type"

_BOX = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LINE_POINTS = 2
_SPACE_POINTS = 0.3
_COLUMN_LINES = 12
"""As high as what is told side by side."""
_MOST_WORDS = 0.85


def faults_of_books(books: Sequence[Path]) -> list[str]:
    """Return what epubcheck says about ``books``, warnings included; one machine for all where Java can compile."""
    quick = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    if "jdk.compiler" in _run(["java", "--list-modules"]).stdout:
        loop = str(Path(__file__).with_name("CheckBooks.java"))
        calls = [[*quick, "-cp", str(EPUBCHECK), loop, *map(str, books)]]
    else:
        calls = [[*quick, "-jar", str(EPUBCHECK), "--failonwarnings", "--quiet", str(book)] for book in books]
    return [done.stdout + done.stderr for done in map(_run, calls) if done.returncode]


@dataclass(frozen=True)
class Sheet:
    """A PDF as poppler has it: its pages' text in the order in which it was set, and what is wrong with the file."""

    title: str
    pages: list[str]
    faults: list[str]


def sheet(path: Path, *, direction: str = "ltr") -> Sheet:
    """Open a PDF: it must be tagged, have its fonts in it and nothing that cannot be read."""
    about, fonts, text = (
        _run([*command, str(path), *rest])
        for command, rest in ((["pdfinfo"], []), (["pdffonts"], []), (["pdftotext", "-raw"], ["-"]))
    )
    said = dict(line.split(":", 1) for line in about.stdout.splitlines() if ":" in line)
    faults = [f"exit status {done.returncode}" for done in (about, fonts, text) if done.returncode]
    complaints = {line for done in (about, fonts, text) for line in done.stderr.splitlines()}
    faults += sorted(line for line in complaints if _KNOWN_COMPLAINT not in line)
    if said.get("Tagged", "").strip() != "yes":
        faults.append("not tagged")
    # Two lines of heading; before the last two numbers stand: embedded, subset, with a way back to letters.
    faults += [
        f"font: {line}"
        for line in fonts.stdout.splitlines()[2:]
        if (line.split()[-5], line.split()[-3]) != ("yes",) * 2
    ]
    pages = text.stdout.split("\f")[:-1]
    if direction == "rtl":
        boxes = _run(["pdftotext", "-bbox", str(path), "-"]).stdout
        pages = ["\n".join(_lines_of_boxes(page)) for page in boxes.split("<page ")[1:]]
    if not "".join(pages).strip():
        faults.append("no text")
    if "\ufffd" in text.stdout:
        faults.append("a letter that cannot be read")
    return Sheet(said.get("Title", "").strip(), pages, faults)


def _lines_of_boxes(page: str) -> Iterator[str]:
    """Yield the lines of a page from right to left, each word in the order in which it is read.

    poppler's own text has the letters of a word as they stand, from left to right, and pulls words with marks apart. Where
    each stands tells what belongs together; marks have no width, and stand in their word as well.
    """
    found = ((*map(float, box[:4]), unescape(box[4])) for box in _BOX.findall(page))
    words = sorted((top, left, right, word) for left, top, right, _, word in found if right > left)
    lines: list[list[tuple[float, float, float, str]]] = []
    for word in words:
        if lines and word[0] - lines[-1][0][0] < _LINE_POINTS:
            lines[-1].append(word)
        else:
            lines.append([word])
    for line in lines:
        text, end = "", 0.0
        for _, left, right, word in sorted(line, key=lambda each: each[1]):
            text += word if left - end < _SPACE_POINTS else f" {word}"
            end = right
        yield " ".join(word[::-1] if _FROM_RIGHT.search(word) else word for word in text.split()[::-1])


def slides_of(pptx: Path) -> int:
    """Return how many slides a deck has."""
    with zipfile.ZipFile(pptx) as deck:
        return sum(bool(re.fullmatch(r"ppt/slides/slide\d+\.xml", name)) for name in deck.namelist())


def notes_of(pptx: Path) -> str:
    """Return what stands in the notes of a deck, in the order of its slides; every part of it must be sound XML."""
    with zipfile.ZipFile(pptx) as deck:
        trees = {
            name: etree.fromstring(deck.read(name)) for name in deck.namelist() if name.endswith((".xml", ".rels"))
        }
    letters = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
    pages = (trees[f"ppt/notesSlides/notesSlide{number}.xml"] for number in range(1, slides_of(pptx) + 1))
    return "\n".join(text.text or "" for page in pages for text in page.iter(letters))


def pages_in_impress(decks: Sequence[Path], folder: Path) -> dict[str, int]:
    """Let LibreOffice open ``decks`` and write them anew; return how many pages each then has, by its name."""
    return {path.stem: path.read_text().count("<draw:page ") for path in _in_impress(decks, folder, "fodp")}


def drawn_in_impress(decks: Sequence[Path], folder: Path) -> set[str]:
    """Let LibreOffice open ``decks`` and draw the first slide of each, which is quicker; return the names of those."""
    return {path.stem for path in _in_impress(decks, folder, "png") if path.stat().st_size}


def _in_impress(decks: Sequence[Path], folder: Path, form: str) -> Iterator[Path]:
    if decks:
        profile = f"-env:UserInstallation=file://{folder / 'profile'}"
        command = [str(SOFFICE), profile, "--headless", "--convert-to", form, "--outdir", str(folder)]
        _run([*command, *map(str, decks)]).check_returncode()
    return folder.glob(f"*.{form}")


def faults_of_sound(recording: Path) -> list[str]:
    """Return what opusinfo finds wrong with a recording."""
    done = _run(["opusinfo", str(recording)])
    worried = [line for line in (done.stdout + done.stderr).splitlines() if re.match(r"(?i)\s*(warning|error)", line)]
    return worried + [f"exit status {done.returncode}"] * bool(done.returncode)


def bare(text: str) -> str:
    """Return text without spaces, marks of direction and whatever else print may add or drop."""
    text = unicodedata.normalize("NFKC", unescape(text))
    return re.sub(r"[\s\u00ad•\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+", "", text)


def between_running_lines(pages: Sequence[str], *running: str) -> str:
    """Return what stands on pages, without lines that are or begin with one of ``running``, and page numbers."""
    said = [bare(line) for line in running if line]
    kept = []
    for number, page in enumerate(pages, start=1):
        for line in page.splitlines():
            short = bare(line)
            # The title is a fact where it stands by itself, on the first page.
            if number > 1 and any(short.startswith(each) for each in said):
                continue
            if re.fullmatch(rf"(?:{'|'.join(map(re.escape, said))})?{number}/{len(pages)}", short):
                continue
            kept.append(line)
    return "\n".join(kept)


def missing(facts: Sequence[str], text: str) -> list[str]:
    """Return the facts that do not stand in ``text`` after the one before."""
    text, place, lost = bare(text), 0, []
    for fact in facts:
        found = text.find(bare(fact), place)
        if found < 0:
            lost.append(fact)
        else:
            place = found + len(bare(fact))
    return lost


def missing_lines(facts: Sequence[str], text: str) -> list[str]:
    """Return the facts whose words do not stand in the lines after the beginning of the one before.

    For scripts from right to left, whose lines are told by where their words stand: columns stand beside each other, and
    a line with words of two scripts has some letters astray. So not all words of a fact have to be found in its lines,
    and a fact may begin as far above the one before as a column is high. Words with marks are not looked for.
    """
    lines = [Counter(_words(line)) for line in text.splitlines()]
    at, lost = 0, []
    for fact in facts:
        words, height = Counter(_words(fact, marked=False)), len(fact) // 30 + 8
        if not words:
            continue
        for line in range(max(0, at - _COLUMN_LINES), len(lines)):
            # What begins with a line that has none of its words is found a line further down.
            if words.keys().isdisjoint(lines[line]):
                continue
            said = sum(lines[line : line + height], Counter())
            if (words & said).total() >= _MOST_WORDS * words.total():
                at = line
                break
        else:
            lost.append(fact)
    return lost


def _words(text: str, *, marked: bool = True) -> list[str]:
    """Return the words of a text without their marks; if not ``marked``, only those that have none."""
    plain = unicodedata.normalize("NFKC", text)
    kept = [word for word in plain.split() if marked or not any(unicodedata.category(each) == "Mn" for each in word)]
    letters = "".join(each for each in " ".join(kept) if unicodedata.category(each) not in ("Mn", "Cf"))
    return re.findall(r"[^\W\d_]+|\d+", letters)


def _run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
