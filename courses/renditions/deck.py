"""Slides as a .pptx that opens in any office: drawn by hand on a bare layout, with real titles and notes."""

import gc
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from courses.snapshot import Json

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_MARGIN: Final = Inches(0.8)
_PAPER, _INK, _SOFT = RGBColor(0xFA, 0xF8, 0xF4), RGBColor(0x1B, 0x24, 0x26), RGBColor(0x4D, 0x57, 0x59)
_ACCENT, _WHITE, _CARD = RGBColor(0x0B, 0x5C, 0x5C), RGBColor(0xFF, 0xFF, 0xFF), RGBColor(0xFF, 0xFF, 0xFF)
_MIST: Final = RGBColor(0xCF, 0xE3, 0xE0)
_TITLE_ONLY: Final = 5
# Installed nearly everywhere or replaced by what is; every script has a face of its own.
_FACES: Final = {"latin": "Noto Sans", "ea": "Noto Sans CJK SC", "cs": "Noto Sans"}
_COMPLEX: Final = {
    "ar": "Noto Naskh Arabic",
    "fa": "Noto Naskh Arabic",
    "ur": "Noto Naskh Arabic",
    "pa": "Noto Sans Gurmukhi",
}
_MADE_ON: Final = datetime(2026, 1, 1)  # noqa: DTZ001  # the format has no zone; fixed, so that the same data gives the same bytes
_LINK_COLOUR: Final = re.compile(rb'(<a:(?:hlink|folHlink)>\s*<a:srgbClr val=")[0-9A-Fa-f]{6}')
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)


def deck(data: Json) -> bytes:
    """Return the slides of ``data`` (courses.renditions.slides)."""
    try:
        return _Deck(data).save()
    finally:
        # The library ties its parts in circles: a deck would stay until somebody looks for them, and eight weigh 100 MB.
        gc.collect()


class _Deck:
    """The work of drawing one deck."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.rtl = data["dir"] == "rtl"
        self.show = Presentation()
        self.show.slide_width, self.show.slide_height = _WIDTH, _HEIGHT
        about = self.show.core_properties
        about.title, about.language = data["title"], data["language"]
        about.author = about.last_modified_by = ""
        about.created = about.modified = _MADE_ON
        self.at: dict[str, Any] = {}
        self.leading: list[tuple[Any, Any, str]] = []

    def save(self) -> bytes:
        for number, slide in enumerate(self.data["slides"], start=1):
            self._slide(number, slide)
        self._join()
        drawn = io.BytesIO()
        self.show.save(drawn)
        return _repacked(drawn.getvalue())

    def _slide(self, number: int, said: Json) -> None:
        slide = self.show.slides.add_slide(self.show.slide_layouts[_TITLE_ONLY])
        self.slide, self.at[said.get("anchor", "")] = slide, slide
        full = said["look"] in ("cover", "lesson")
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = _ACCENT if full else _PAPER
        if full:
            self._opening(slide, said)
        else:
            self._inner(slide, said)
        if not full:
            self._bar(slide, number)
        notes = slide.notes_slide.notes_text_frame
        self._write(notes, [{"text": text} for text in said["notes"]], size=12, colour=None)

    # --- kinds of slides ---

    def _opening(self, slide: Any, said: Json) -> None:
        self._block(slide, self._start(Inches(1.2)), Inches(1.1), Inches(1.2), Inches(0.12), _MIST)
        self._text(
            slide, [{"text": said["label"]}], _MARGIN, Inches(1.5), self._inside(), Inches(0.6), size=20, colour=_MIST
        )
        size = 46 if len(said["title"]) < 45 else 38
        rows = -(-len(said["title"]) * size // 1500)
        height = Pt(rows * size * 1.3)
        self._title(slide, said["title"], Inches(2.2), height, size=size, colour=_WHITE)
        lines = [line for part in said["parts"] for line in part["lines"]]
        self._text(slide, lines, _MARGIN, Inches(2.5) + height, Inches(10.2), Inches(2), size=22, colour=_WHITE)

    def _inner(self, slide: Any, said: Json) -> None:
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

    def _body(self, slide: Any, parts: Sequence[Json], top: int, room: int, *, inset: int = 0) -> None:
        lines = [line for part in parts for line in part["lines"]]
        left = _MARGIN + (0 if self.rtl else inset)
        width = self._inside() - inset
        self._text(
            slide, lines, left, top, width, room, size=_size(lines, width, room, largest=30), colour=_INK, apart=0.45
        )

    def _columns(self, slide: Any, parts: Sequence[Json], top: int, room: int) -> None:
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

    def _help(self, slide: Any, parts: Sequence[Json], top: int, room: int) -> None:
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

    def _bar(self, slide: Any, number: int) -> None:
        at = _HEIGHT - Inches(0.55)
        words = f"{self.data['draft']} · {self.data['footer']}" if self.data["draft"] else self.data["footer"]
        self._text(slide, [{"text": words}], _MARGIN, at, Inches(10.5), Inches(0.35), size=11, colour=_SOFT)
        self._text(
            slide,
            [{"text": str(number)}],
            _WIDTH - _MARGIN - Inches(1),
            at,
            Inches(1),
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

    def _title(self, slide: Any, words: str, top: int, height: int, *, size: int, colour: RGBColor) -> None:
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = _MARGIN, Emu(top), Emu(self._inside()), Emu(height)
        self._fill(shape.text_frame, [{"text": words, "bold": True}], size=size, colour=colour, anchor=MSO_ANCHOR.TOP)

    def _block(
        self, slide: Any, left: int, top: int, width: int, height: int, colour: RGBColor, *, outline: bool = False
    ) -> None:
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Emu(left), Emu(top), Emu(width), Emu(height))
        shape.fill.solid()
        shape.fill.fore_color.rgb = colour
        shape.shadow.inherit = False
        if outline:
            shape.line.color.rgb = RGBColor(0xD5, 0xD9, 0xD6)
            shape.line.width = Pt(1)
        else:
            shape.line.fill.background()

    def _text(
        self,
        slide: Any,
        lines: Iterable[Json],
        left: int,
        top: int,
        width: int,
        height: int,
        *,
        size: int,
        colour: RGBColor,
        apart: float = 0.25,
        to_end: bool = False,
    ) -> None:
        box = slide.shapes.add_textbox(Emu(left), Emu(top), Emu(width), Emu(height))
        self._fill(box.text_frame, lines, size=size, colour=colour, apart=apart, to_end=to_end)

    def _fill(
        self,
        frame: Any,
        lines: Iterable[Json],
        *,
        size: int,
        colour: RGBColor,
        anchor: Any = MSO_ANCHOR.TOP,
        apart: float = 0.25,
        to_end: bool = False,
    ) -> None:
        frame.word_wrap = True
        frame.vertical_anchor = anchor
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        self._write(frame, lines, size=size, colour=colour, apart=apart, to_end=to_end)

    def _write(
        self,
        frame: Any,
        lines: Iterable[Json],
        *,
        size: int,
        colour: RGBColor | None,
        apart: float = 0.25,
        to_end: bool = False,
    ) -> None:
        for place, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.line_spacing = 1.08
            paragraph.space_after = Pt(size * apart)
            properties = paragraph._p.get_or_add_pPr()
            properties.set("algn", "r" if self.rtl is not to_end else "l")
            if self.rtl:
                properties.set("rtl", "1")
            mark = line.get("mark", "")
            if mark and self.rtl:
                # Not every office hangs a mark on the right.
                self._run(paragraph, f"{mark}\u00a0 ", size, _ACCENT, bold=True)
            elif mark:
                indent = str(Pt(size * 1.25))
                properties.set("marL", indent)
                properties.set("indent", f"-{indent}")
                self._run(paragraph, f"{mark}\t", size, _ACCENT, bold=True)
            look = line.get("look", "plain")
            scaled = {"phone": size * 1.5, "small": size * 0.78}.get(look, size)
            shade = {"phone": _ACCENT, "small": _SOFT}.get(look, colour)
            self._run(paragraph, line["text"], scaled, shade, bold=line.get("bold", False) or look == "phone")

            if line.get("goto"):
                if line["text"]:
                    self._run(paragraph, "  ", scaled, shade, bold=False)
                run = self._run(paragraph, line["onward"], scaled, _ACCENT, bold=True)
                self.leading.append((self.slide, run, line["goto"]))

    def _join(self) -> None:
        """Let each choice lead to the slide where it goes on: a press on it, and the room is there."""
        # Links take their colour from the theme, whatever the letters say.
        theme = self.show.slide_master.part.part_related_by(RT.THEME)
        theme._blob = _LINK_COLOUR.sub(rb"\g<1>%b" % str(_ACCENT).encode(), theme.blob)
        for slide, run, anchor in self.leading:
            if anchor in self.at:
                link = run._r.get_or_add_rPr().add_hlinkClick(slide.part.relate_to(self.at[anchor].part, RT.SLIDE))
                link.set("action", "ppaction://hlinksldjump")

    def _run(self, paragraph: Any, text: str, size: float, colour: RGBColor | None, *, bold: bool) -> Any:
        run = paragraph.add_run()
        run.text = text
        run.font.size = Pt(round(size))
        run.font.bold = bold
        if colour is not None:
            run.font.color.rgb = colour
        properties = run._r.get_or_add_rPr()
        properties.set("lang", self.data["language"])
        faces = {**_FACES, "cs": _COMPLEX.get(self.data["language"].split("-")[0], _FACES["cs"])}
        for name, face in faces.items():
            etree.SubElement(properties, qn(f"a:{name}")).set("typeface", face)
        return run


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


def _repacked(pptx: bytes) -> bytes:
    """Return the same package with fixed dates in its zip, so that the same data gives the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pptx)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_DATE), old.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return target.getvalue()
