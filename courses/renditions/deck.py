"""Slides as a .pptx that opens in any office: drawn by hand on a bare layout, with real titles and notes."""

from collections.abc import Iterable, Sequence
from typing import Final

from pptx.util import Emu, Inches, Pt

from courses.renditions.presentation import Slide, package, paragraph, run
from courses.snapshot import Json

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_MARGIN: Final = Inches(0.8)
_PAPER, _INK, _SOFT = "FAF8F4", "1B2426", "4D5759"
_ACCENT, _WHITE, _CARD = "0B5C5C", "FFFFFF", "FFFFFF"
_MIST, _EDGE = "CFE3E0", "D5D9D6"
# Installed nearly everywhere or replaced by what is; every script has a face of its own.
_FACES: Final = {"latin": "Noto Sans", "ea": "Noto Sans CJK SC", "cs": "Noto Sans"}
_COMPLEX: Final = {
    "ar": "Noto Naskh Arabic",
    "fa": "Noto Naskh Arabic",
    "ur": "Noto Naskh Arabic",
    "pa": "Noto Sans Gurmukhi",
}


def deck(data: Json) -> bytes:
    """Return the slides of ``data`` (courses.renditions.slides)."""
    return _Deck(data).save()


class _Deck:
    """The work of drawing one deck."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.rtl = data["dir"] == "rtl"
        self.faces = {**_FACES, "cs": _COMPLEX.get(data["language"].split("-")[0], _FACES["cs"])}

    def save(self) -> bytes:
        said = self.data["slides"]
        return package(
            [self._slide(number, slide) for number, slide in enumerate(said, start=1)],
            {slide["anchor"]: number for number, slide in enumerate(said, start=1) if "anchor" in slide},
            title=self.data["title"],
            language=self.data["language"],
            size=(_WIDTH, _HEIGHT),
            link_colour=_ACCENT,
        )

    def _slide(self, number: int, said: Json) -> Slide:
        full = said["look"] in ("cover", "lesson")
        slide = Slide(_ACCENT if full else _PAPER)
        if full:
            self._opening(slide, said)
        else:
            self._inner(slide, said)
        if not full:
            self._bar(slide, number)
        slide.notes = self._written(slide, [{"text": text} for text in said["notes"]], size=12, colour=None)
        return slide

    # --- kinds of slides ---

    def _opening(self, slide: Slide, said: Json) -> None:
        self._block(slide, self._start(Inches(1.2)), Inches(1.1), Inches(1.2), Inches(0.12), _MIST)
        self._text(
            slide, [{"text": said["label"]}], _MARGIN, Inches(1.5), self._inside(), Inches(0.6), size=20, colour=_MIST
        )
        size = 46 if len(said["title"]) < 45 else 38
        rows = -(-len(said["title"]) * size // 1500)
        height = Pt(rows * size * 1.3)
        self._title(slide, said["title"], Inches(2.2), height, size=size, colour=_WHITE)
        lines = [line for part in said["parts"] for line in part["lines"]]
        width = Inches(10.2)
        self._text(slide, lines, self._start(width), Inches(2.5) + height, width, Inches(2), size=22, colour=_WHITE)

    def _inner(self, slide: Slide, said: Json) -> None:
        top = int(Inches(0.55))
        if said["label"]:
            self._text(
                slide,
                [{"text": said["label"], "bold": True}],
                _MARGIN,
                top,
                self._inside(),
                Inches(0.4),
                size=16,
                colour=_ACCENT,
            )
            top = int(Inches(0.95))
        title = said["title"]
        self._title(slide, title, top, Inches(0.9), size=32 if len(title) < 58 else 27, colour=_INK)
        top += Inches(1.15)
        room = _HEIGHT - top - Inches(0.75)
        match said["look"]:
            case "columns":
                self._columns(slide, said["parts"], top, room)
            case "help":
                self._help(slide, said["parts"], top, room)
            case "panel":
                self._block(slide, self._start(Inches(0.09)), top, Inches(0.09), room, _ACCENT)
                self._body(slide, said["parts"], top, room, inset=Inches(0.4))
            case _:
                self._body(slide, said["parts"], top, room)

    def _body(self, slide: Slide, parts: Sequence[Json], top: int, room: int, *, inset: int = 0) -> None:
        lines = [line for part in parts for line in part["lines"]]
        left = _MARGIN + (0 if self.rtl else inset)
        width = self._inside() - inset
        self._text(
            slide, lines, left, top, width, room, size=_size(lines, width, room, largest=30), colour=_INK, apart=0.45
        )

    def _columns(self, slide: Slide, parts: Sequence[Json], top: int, room: int) -> None:
        gap = Inches(0.3)
        width = (self._inside() - gap * (len(parts) - 1)) // len(parts)
        room = min(room, int(Inches(4.6)))
        longest = max(parts, key=lambda part: sum(len(line["text"]) for line in part["lines"]))
        size = _size(longest["lines"], width - Inches(0.6), room - Inches(1.1), largest=26)
        for place, part in enumerate(parts):
            at = len(parts) - 1 - place if self.rtl else place
            left = _MARGIN + at * (width + gap)
            self._block(slide, left, top, width, room, _CARD, outline=True)
            self._block(slide, left, top, width, Inches(0.08), _ACCENT)
            inner = width - Inches(0.6)
            self._text(
                slide,
                [{"text": part["label"], "bold": True}],
                left + Inches(0.3),
                top + Inches(0.25),
                inner,
                Inches(0.6),
                size=18,
                colour=_ACCENT,
            )
            self._text(
                slide,
                part["lines"],
                left + Inches(0.3),
                top + Inches(0.95),
                inner,
                room - Inches(1.1),
                size=size,
                colour=_INK,
                apart=0.35,
            )

    def _help(self, slide: Slide, parts: Sequence[Json], top: int, room: int) -> None:
        gap = Inches(0.3)
        columns = 1 if len(parts) == 1 else 2
        rows = -(-len(parts) // columns)
        width = (self._inside() - gap * (columns - 1)) // columns
        height = min(Inches(2.4), (room - gap * (rows - 1)) // rows)
        for place, part in enumerate(parts):
            row, column = divmod(place, columns)
            left = _MARGIN + (columns - 1 - column if self.rtl else column) * (width + gap)
            at = top + row * (height + gap)
            self._block(slide, left, at, width, height, _CARD, outline=True)
            self._text(
                slide,
                part["lines"],
                left + Inches(0.3),
                at + Inches(0.2),
                width - Inches(0.6),
                height - Inches(0.3),
                size=19,
                colour=_INK,
                apart=0.2,
            )

    def _bar(self, slide: Slide, number: int) -> None:
        at = _HEIGHT - Inches(0.55)
        words = f"{self.data['draft']} · {self.data['footer']}" if self.data["draft"] else self.data["footer"]
        width, rest = Inches(10.5), Inches(1)
        self._text(slide, [{"text": words}], self._start(width), at, width, Inches(0.35), size=11, colour=_SOFT)
        self._text(
            slide,
            [{"text": str(number)}],
            _MARGIN if self.rtl else _WIDTH - _MARGIN - rest,
            at,
            rest,
            Inches(0.35),
            size=11,
            colour=_SOFT,
            to_end=True,
        )

    # --- pieces ---

    def _inside(self) -> int:
        return _WIDTH - 2 * _MARGIN

    def _start(self, width: int) -> int:
        return _WIDTH - _MARGIN - width if self.rtl else _MARGIN

    def _title(self, slide: Slide, words: str, top: int, height: int, *, size: int, colour: str) -> None:
        lines = [{"text": words, "bold": True}]
        slide.title(_MARGIN, top, self._inside(), height, self._written(slide, lines, size=size, colour=colour))

    def _block(
        self, slide: Slide, left: int, top: int, width: int, height: int, colour: str, *, outline: bool = False
    ) -> None:
        slide.block(left, top, width, height, colour, outline=_EDGE if outline else None)

    def _text(
        self,
        slide: Slide,
        lines: Iterable[Json],
        left: int,
        top: int,
        width: int,
        height: int,
        *,
        size: int,
        colour: str,
        apart: float = 0.25,
        to_end: bool = False,
    ) -> None:
        written = self._written(slide, lines, size=size, colour=colour, apart=apart, to_end=to_end)
        slide.text(left, top, width, height, written)

    def _written(
        self,
        slide: Slide,
        lines: Iterable[Json],
        *,
        size: int,
        colour: str | None,
        apart: float = 0.25,
        to_end: bool = False,
    ) -> list[str]:
        """Return lines as paragraphs; a choice leads to the slide where it goes on: a press on it, and the room is there."""
        paragraphs = []
        for line in lines:
            runs, indent = [], 0
            mark = line.get("mark", "")
            if mark and self.rtl:
                # Not every office hangs a mark on the right.
                runs.append(self._run(f"{mark}\u00a0 ", size, _ACCENT, bold=True))
            elif mark:
                indent = Pt(size * 1.25)
                runs.append(self._run(f"{mark}\t", size, _ACCENT, bold=True))
            look = line.get("look", "plain")
            scaled = {"phone": size * 1.5, "small": size * 0.78}.get(look, size)
            shade = {"phone": _ACCENT, "small": _SOFT}.get(look, colour)
            runs.append(self._run(line["text"], scaled, shade, bold=line.get("bold", False) or look == "phone"))
            if line.get("goto"):
                if line["text"]:
                    runs.append(self._run("  ", scaled, shade, bold=False))
                runs.append(self._run(line["onward"], scaled, _ACCENT, bold=True, link=slide.link(line["goto"])))
            at_right = self.rtl is not to_end
            paragraphs.append(
                paragraph(runs, rtl=self.rtl, at_right=at_right, apart_points=size * apart, indent=indent)
            )
        return paragraphs

    def _run(self, text: str, size: float, colour: str | None, *, bold: bool, link: str = "") -> str:
        return run(
            text,
            language=self.data["language"],
            faces=self.faces,
            size_points=round(size),
            colour=colour,
            bold=bold,
            link=link,
        )


def _size(lines: Sequence[Json], width: int, room: int, *, largest: int) -> int:
    """Return the largest size in points in which ``lines`` surely fit, by the width of a usual letter."""
    for size in range(largest, 11, -1):
        letters = max(1, int(Emu(width).pt / (size * 0.56)))
        tall = (
            sum(-(-(len(line["text"]) + len(line.get("onward", "")) + 3) // letters) * 1.3 + 0.45 for line in lines)
            * size
        )
        if tall <= Emu(room).pt:
            return size
    return 12
