"""A .pptx package written by hand: what never changes is python-pptx's, each slide is a few strings of XML.

That library looks through the whole package for every slide that is added; a deck of 150 slides took it four seconds.
Lengths are in EMU, as the format has them. The same slides give the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Container, Iterable
from functools import cache
from html import escape
from typing import Final

from pptx import Presentation
from pptx.util import Emu

from courses.renditions.markup import fit_for_xml

_TITLE_ONLY: Final = 5
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_HEAD: Final = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_SPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:r="{_OFFICE}"'
)
_GROUP: Final = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
_FLAT: Final = '<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"{}<a:lstStyle/>'
_LINK_COLOUR: Final = re.compile(rb'(<a:(?:hlink|folHlink)>\s*<a:srgbClr val=")[0-9A-Fa-f]{6}')
_FIXED_DAY: Final = "2026-01-01T00:00:00Z"
"""So that the same data gives the same bytes."""


class Slide:
    """One slide: shapes in the order in which they are drawn, and what whoever speaks has before them."""

    def __init__(self, background: str) -> None:
        self._background = background
        self._shapes: list[str] = []
        self._links: list[tuple[str, object]] = []
        self.notes: list[str] = []

    def title(self, left: int, top: int, width: int, height: int, paragraphs: Iterable[str]) -> None:
        """Write the title, which every slide has once."""
        self._shape(
            "Title",
            '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr>',
            _box(left, top, width, height),
            _FLAT.format("/>"),
            paragraphs,
        )

    def text(self, left: int, top: int, width: int, height: int, paragraphs: Iterable[str]) -> None:
        """Write a box of text."""
        self._shape(
            "TextBox",
            '<p:cNvSpPr txBox="1"/><p:nvPr/>',
            f'{_box(left, top, width, height)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>',
            _FLAT.format("><a:spAutoFit/></a:bodyPr>"),
            paragraphs,
        )

    def block(self, left: int, top: int, width: int, height: int, colour: str, *, outline: str | None) -> None:
        """Draw a rectangle, with a thin line around it where ``outline`` names its colour."""
        line = f'<a:ln w="12700">{_fill(outline)}</a:ln>' if outline else "<a:ln><a:noFill/></a:ln>"
        self._shape(
            "Rectangle",
            "<p:cNvSpPr/><p:nvPr/>",
            f'{_box(left, top, width, height)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{_fill(colour)}{line}',
            '<a:bodyPr rtlCol="0" anchor="ctr"/><a:lstStyle/>',
            ["<a:p/>"],
        )

    def link(self, anchor: object) -> str:
        """Return the name under which a run of this slide leads to the slide ``anchor``."""
        name = f"rId{len(self._links) + 3}"
        self._links.append((name, anchor))
        return name

    def xml(self, anchors: Container[object]) -> str:
        """Return the slide; a link to what is not among ``anchors`` leads nowhere."""
        shapes = "".join(self._shapes)
        for name, anchor in self._links:
            if anchor not in anchors:
                shapes = shapes.replace(_jump(name), "")
        background = f"<p:bg><p:bgPr>{_fill(self._background)}<a:effectLst/></p:bgPr></p:bg>"
        return (
            f"{_HEAD}<p:sld {_SPACES}><p:cSld>{background}<p:spTree>{_GROUP}{shapes}</p:spTree></p:cSld>"
            "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"
        )

    def relations(self, number: int, anchors: dict[object, int]) -> str:
        """Return what the slide of this number leans on and leads to."""
        return _relations(
            ("rId1", "slideLayout", f"../slideLayouts/slideLayout{_TITLE_ONLY + 1}.xml"),
            ("rId2", "notesSlide", f"../notesSlides/notesSlide{number}.xml"),
            *((name, "slide", f"slide{anchors[anchor]}.xml") for name, anchor in self._links if anchor in anchors),
        )

    def notes_xml(self) -> str:
        """Return the page of notes."""
        places = (
            ("Slide Image Placeholder 1", '<a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/>', 'type="sldImg" idx="2"'),
            ("Notes Placeholder 2", '<a:spLocks noGrp="1"/>', 'type="body" idx="3" sz="quarter"'),
        )  # fmt: skip
        said = f"<p:txBody><a:bodyPr/><a:lstStyle/>{''.join(self.notes) or '<a:p/>'}</p:txBody>"
        shapes = "".join(
            f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr>{locks}</p:cNvSpPr>'
            f"<p:nvPr><p:ph {place}/></p:nvPr></p:nvSpPr><p:spPr/>{said if 'body' in place else ''}</p:sp>"
            for number, (name, locks, place) in enumerate(places, start=2)
        )
        return (
            f"{_HEAD}<p:notes {_SPACES}><p:cSld><p:spTree>{_GROUP}{shapes}</p:spTree></p:cSld>"
            "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"
        )

    def _shape(self, kind: str, about: str, look: str, body: str, paragraphs: Iterable[str]) -> None:
        number = len(self._shapes) + 2
        self._shapes.append(
            f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{kind} {number - 1}"/>{about}</p:nvSpPr>'
            f"<p:spPr>{look}</p:spPr><p:txBody>{body}{''.join(paragraphs) or '<a:p/>'}</p:txBody></p:sp>"
        )


def paragraph(runs: Iterable[str], *, rtl: bool, at_right: bool, apart_points: float, indent: int = 0) -> str:
    """Return a paragraph; with ``indent`` its first run hangs before the others."""
    hanging = f' marL="{indent}" indent="-{indent}"' if indent else ""
    side, turned = "r" if at_right else "l", ' rtl="1"' if rtl else ""
    return (
        f'<a:p><a:pPr{hanging} algn="{side}"{turned}>'
        f'<a:lnSpc><a:spcPct val="108000"/></a:lnSpc><a:spcAft><a:spcPts val="{round(apart_points * 100)}"/></a:spcAft>'
        f"</a:pPr>{''.join(runs)}</a:p>"
    )


def run(
    text: str,
    *,
    language: str,
    faces: dict[str, str],
    size_points: int,
    colour: str | None,
    bold: bool,
    link: str = "",
) -> str:
    """Return letters of one look; ``faces`` by kind of script (latin, ea, cs), ``link`` as ``Slide.link`` gave it."""
    types = "".join(f'<a:{kind} typeface="{face}"/>' for kind, face in faces.items())
    return (
        f'<a:r><a:rPr lang="{escape(language)}" sz="{size_points * 100}" b="{int(bold)}">'
        f"{_fill(colour) if colour else ''}{types}{_jump(link) if link else ''}</a:rPr><a:t>{_letters(text)}</a:t></a:r>"
    )


def package(
    slides: list[Slide],
    anchors: dict[object, int],
    *,
    title: str,
    language: str,
    size: tuple[int, int],
    link_colour: str,
) -> bytes:
    """Return the file: ``slides`` in their order; ``anchors`` says which number a slide to which others lead has."""
    parts = dict(_frame(size))
    # Links take their colour from the theme, whatever the letters say.
    theme = "ppt/theme/theme1.xml"
    parts[theme] = _LINK_COLOUR.sub(rb"\g<1>%b" % link_colour.encode(), parts[theme])
    parts["docProps/core.xml"] = _about(title, language).encode()
    kinds, shown, order = [], [], []
    for number, slide in enumerate(slides, start=1):
        parts[f"ppt/slides/slide{number}.xml"] = slide.xml(anchors).encode()
        parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = slide.relations(number, anchors).encode()
        parts[f"ppt/notesSlides/notesSlide{number}.xml"] = slide.notes_xml().encode()
        parts[f"ppt/notesSlides/_rels/notesSlide{number}.xml.rels"] = _relations(
            ("rId1", "notesMaster", "../notesMasters/notesMaster1.xml"),
            ("rId2", "slide", f"../slides/slide{number}.xml"),
        ).encode()
        kinds += [
            f'<Override PartName="/ppt/{kind}s/{kind}{number}.xml" '
            f'ContentType="application/vnd.openxmlformats-officedocument.presentationml.{kind}+xml"/>'
            for kind in ("slide", "notesSlide")
        ]
        shown.append((f"slide{number}", "slide", f"slides/slide{number}.xml"))
        order.append(f'<p:sldId id="{255 + number}" r:id="slide{number}"/>')
    _put(parts, "[Content_Types].xml", "</Types>", "".join(kinds))
    _put(parts, "ppt/_rels/presentation.xml.rels", "</Relationships>", "".join(map(_relation, shown)))
    _put(parts, "ppt/presentation.xml", "<p:sldSz", f"<p:sldIdLst>{''.join(order)}</p:sldIdLst>" if order else "")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, compress_type=zipfile.ZIP_DEFLATED)
    return target.getvalue()


@cache
def _frame(size: tuple[int, int]) -> tuple[tuple[str, bytes], ...]:
    """Return the parts of a presentation without slides: masters, layouts, themes."""
    show = Presentation()
    show.slide_width, show.slide_height = map(Emu, size)
    # Asked for, they are made.
    _ = show.notes_master
    drawn = io.BytesIO()
    show.save(drawn)
    with zipfile.ZipFile(drawn) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    # What the library's own template was: neither its size nor its slides are true of ours.
    return tuple((name, content.replace(b' type="screen4x3"', b"")) for name, content in parts.items())


def _put(parts: dict[str, bytes], name: str, before: str, what: str) -> None:
    parts[name] = parts[name].replace(before.encode(), (what + before).encode(), 1)


def _about(title: str, language: str) -> str:
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{_FIXED_DAY}</dcterms:{name}>' for name in ("created", "modified")
    )
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_letters(title)}</dc:title><dc:creator/><dc:language>{escape(language)}</dc:language>"
        f"{dates}</cp:coreProperties>"
    )


def _letters(text: str) -> str:
    return escape(fit_for_xml(text), quote=False)


def _relations(*relations: tuple[str, str, str]) -> str:
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(map(_relation, relations))}</Relationships>'
    )


def _relation(relation: tuple[str, str, str]) -> str:
    name, kind, target = relation
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _box(left: int, top: int, width: int, height: int) -> str:
    return f'<a:xfrm><a:off x="{int(left)}" y="{int(top)}"/><a:ext cx="{int(width)}" cy="{int(height)}"/></a:xfrm>'


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _jump(link: str) -> str:
    return f'<a:hlinkClick r:id="{link}" action="ppaction://hlinksldjump"/>'
