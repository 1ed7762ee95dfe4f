"""Which renditions are made of a text, and how: one table, so that nothing is made in two ways."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assessments.frozen import canonical_json
from cms.typesetting import typeset
from courses.consents import Form
from courses.opus import joined
from courses.renditions import deck, epub, sheets, slides, transcript
from courses.renditions.material import Material, makers_digest
from courses.renditions.speech import Voice, script, speak
from courses.snapshot import Json

PDF: Final = "application/pdf"
EPUB: Final = "application/epub+zip"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TEXT: Final = "text/plain; charset=utf-8"

OPUS: Final = "audio/ogg; codecs=opus"

_FORMS: Final = {"listen": Form.LISTEN, "listen_whole": Form.LISTEN, "deck": Form.SLIDES}

FOR_LEARNERS: Final = ("handout", "transcript", "listen", "listen_whole", "booklet", "epub", "card")
"""What a learner may take away. The others are for whoever leads a session: the paper must stay unread until then."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to be made: ``kind``, the ``lesson`` it is of (a code; empty: the whole course), a neutral ``name``.

    ``source_hash`` changes whenever what the file says, or how it is made, does; ``make`` gives its bytes. It is handed
    those of the files named in ``of``, which are made before.
    """

    kind: str
    lesson: str
    name: str
    content_type: str
    source_hash: str
    make: Callable[..., bytes]
    of: tuple[str, ...] = ()


def pieces(material: Material) -> Iterator[Piece]:
    """Yield everything that is made of a text: what is of one lesson first, in the order of the lessons.

    Nothing is made in a form to which somebody who gave a story has not agreed.
    """
    for piece in _pieces(material):
        if material.may_be(_FORMS.get(piece.kind, Form.PRINT)):
            yield piece


def _pieces(material: Material) -> Iterator[Piece]:
    spoken: list[Piece] = []
    for lesson in material.lessons:
        number, code = lesson["number"], lesson["code"]
        yield _sheet("handout", code, f"lesson-{number}.pdf", "lessons", sheets.handout(material, lesson))
        yield _other(
            "transcript",
            code,
            f"lesson-{number}.txt",
            TEXT,
            {"text": transcript.transcript(material, lesson)},
            lambda data: data["text"].encode(),
        )
        if material.voice is not None:
            spoken.append(_spoken(material, lesson, material.voice))
            yield spoken[-1]
    if len(spoken) > 1:
        yield _joined(material, spoken)
    yield _sheet("booklet", "", "booklet.pdf", "lessons", sheets.booklet(material))
    yield _other("epub", "", "course.epub", EPUB, epub.epub_data(material), epub.epub)
    yield _sheet("card", "", "card.pdf", "card", sheets.card(material))
    yield _sheet("poster", "", "poster.pdf", "poster", sheets.poster(material))
    yield _sheet("guide", "", "guide.pdf", "lessons", sheets.guide(material))
    yield _other("deck", "", "slides.pptx", PPTX, slides.deck_data(material), deck.deck)
    papers = sheets.paper(material) or ()
    for kind, name, data in zip(
        ("paper", "sheet", "key"), ("questions", "answer-sheet", "answer-key"), papers, strict=False
    ):
        yield _sheet(kind, "", f"{name}.pdf", "paper", data)


def _spoken(material: Material, lesson: Json, voice: Voice) -> Piece:
    said = [material.words["machine"], "", *transcript.transcript(material, lesson).split("\n")]
    data = {"script": script(said), "voice": voice.identity}
    about = {"title": lesson["title"], "album": material.about["title"], "number": lesson["number"]}
    return _other(
        "listen",
        lesson["code"],
        f"lesson-{lesson['number']}.opus",
        OPUS,
        {**data, **about},
        lambda data: speak(data["script"], voice=voice, **about),
    )


def _joined(material: Material, lessons: Sequence[Piece]) -> Piece:
    """Return the whole course as one recording with a chapter for each lesson."""
    titles = [f"{lesson['number']}. {lesson['title']}" for lesson in material.lessons]
    title = material.about["title"]
    data = {"title": title, "titles": titles, "of": [lesson.source_hash for lesson in lessons]}
    return replace(
        _other("listen_whole", "", "course.opus", OPUS, data, lambda data: b""),
        make=lambda *recordings: joined(list(zip(titles, recordings, strict=True)), title=title),
        of=tuple(lesson.name for lesson in lessons),
    )


def _sheet(kind: str, lesson: str, name: str, template: str, data: Json) -> Piece:
    return _other(
        kind, lesson, name, PDF, {"template": template, **data}, lambda data: typeset("courses", template, data)
    )


def _other(kind: str, lesson: str, name: str, content_type: str, data: Json, make: Callable[[Json], bytes]) -> Piece:
    said = canonical_json([kind, makers_digest(), data])
    return Piece(kind, lesson, name, content_type, hashlib.sha256(said.encode()).hexdigest(), lambda: make(data))
