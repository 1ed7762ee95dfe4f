"""The certificate as a picture, in the five script styles, beside one that somebody has looked at.

After a wanted change of the sheet, write the pictures anew, look at each, and commit them with the change::

    FIELDFARE_WRITE_GOLDEN=1 .venv/bin/python -m pytest tests/certificates/test_golden.py

Pictures are compared by tile, slightly blurred: another version of poppler draws edges a little differently, while
one wrong letter changes its tile.
"""

import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from pypdf import PdfReader

from certificates.documents import render_pdf, sheet
from certificates.numbers import number_from
from cms import typesetting
from cms.typesetting import typeset
from tests.factories.certificates import CertificateFactory, CertificationFactory

GOLDEN = Path(__file__).parent / "golden"
DOTS_PER_INCH = 100
FINER = 2  # drawn twice as fine and then reduced, how a program smooths an edge hardly shows
GREYS = 16
TILE_PIXELS = 8
CHANGED_FROM_GREY = 40
WRITE = os.environ.get("FIELDFARE_WRITE_GOLDEN") == "1"

SCRIPTS = {
    "latin": {
        "language": "fr",
        "holder_name": "Zoë Łukasz-Nguyễn O’Brien",
        "learner_title": "Travailler en sécurité avec la clientèle",
    },
    # A letter under another, vowels before and above theirs, a dot below.
    "gurmukhi": {
        "language": "pa",
        "holder_name": "ਹਰਪ੍ਰੀਤ ਕੌਰ ਸ਼ਿੰਗਾਰਾ",
        "learner_title": "ਮਹਿਮਾਨਾਂ ਨਾਲ ਸੁਰੱਖਿਅਤ ਕੰਮ ਕਰਨਾ",
    },
    # Joined letters, lam and alef as one, marks upon marks.
    "arabic": {"language": "ar", "holder_name": "فاطمة الزهراء المُلّا", "learner_title": "العمل بأمان مع الضيوف"},
    "arabic-workplace": {
        "language": "ar",
        "workplace_language": "ar",
        "holder_name": "فاطمة الزهراء المُلّا",
        "learner_title": "العمل بأمان مع الضيوف",
    },
    # 骨 and 曉 have other shapes in each of the two; so have the stops.
    "simplified-chinese": {"language": "zh-hans", "holder_name": "骨晓门", "learner_title": "与客人安全相处"},
    "traditional-chinese": {"language": "zh-hant", "holder_name": "骨曉門", "learner_title": "與客人安全相處"},
}
DRAFTS = {"gurmukhi", "arabic", "traditional-chinese"}

needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")
_no_cjk = not any(typesetting.SYSTEM_FONTS.glob("NotoSansCJK*"))
_needs_cjk = pytest.mark.skipif(_no_cjk, reason="fonts-noto-cjk is not installed")


def _param(script, *more):
    """Return a case of a test that needs the fonts of its script."""
    return pytest.param(script, *more, marks=[_needs_cjk] if "chinese" in script else [])


class Difference(NamedTuple):
    """Of two pictures: ``mean`` grey (0 to 255), ``changed_percent`` of the pixels, mean grey of the ``worst_tile``."""

    mean: float
    changed_percent: float
    worst_tile: float

    @property
    def is_seen(self) -> bool:
        # Smoothing of lines off, which must pass: 0.03, 0 and 6. The slightest fault below has a tile of 27.
        return self.mean > 0.4 or self.changed_percent > 0.25 or self.worst_tile > 14


def certificate(script):
    number = number_from(0x7A3F9C1D20B84E6F5A1C3D2E9)
    return CertificateFactory.build(certification=CertificationFactory.build(), number=number, **SCRIPTS[script])


def pdf_of(script):
    return render_pdf(certificate(script), title_is_draft=script in DRAFTS)


def drawn(pdf, *options):
    """Return the one page of a PDF as a picture in few greys."""
    command = ["pdftoppm", "-png", "-gray", "-singlefile", "-r", str(FINER * DOTS_PER_INCH), *options, "-"]
    png = subprocess.run(command, input=pdf, capture_output=True, check=True)
    picture = Image.open(io.BytesIO(png.stdout)).convert("L").reduce(FINER)
    step = 255 / (GREYS - 1)
    return picture.point(lambda grey: round(round(grey / step) * step))


def difference(one, other):
    if one.size != other.size:
        return Difference(255, 100, 255)
    soft = [picture.filter(ImageFilter.GaussianBlur(0.8)) for picture in (one, other)]
    apart = ImageChops.difference(*soft)
    changed = sum(apart.histogram()[CHANGED_FROM_GREY:])
    tiles = apart.reduce(TILE_PIXELS)
    return Difference(
        ImageStat.Stat(apart).mean[0], 100 * changed / (apart.width * apart.height), float(tiles.getextrema()[1])
    )


def golden(script):
    return Image.open(GOLDEN / f"{script}.png").convert("L")


@needs_poppler
@pytest.mark.parametrize("script", [_param(script) for script in SCRIPTS])
def test_certificate_looks_as_it_did_when_somebody_looked(script):
    found = drawn(pdf_of(script))
    if WRITE:
        found.quantize(GREYS, dither=Image.Dither.NONE).save(GOLDEN / f"{script}.png", optimize=True)
    seen = difference(found, golden(script))
    assert not seen.is_seen, seen


# --- the comparison itself: what it must see, and what it must not mind -----------------------------------------


def _another_name(data):
    data["name"]["text"] = data["name"]["text"].replace("門", "間")


def _a_box(data):
    data["name"]["text"] = data["name"]["text"].replace("ë", "□")


def _a_box_in_the_title(data):
    data["course"][-1]["text"] = data["course"][-1]["text"][:-1] + "□"


def _unjoined(data):
    data["name"]["text"] = "\N{ZERO WIDTH NON-JOINER}".join(data["name"]["text"])


def _other_direction(data):
    data["valid_through"][-1]["dir"] = "ltr"


def _simplified_shapes(data):
    data["cjk_fonts"] = ["Noto Sans CJK SC"]


def _simplified_stops(data):
    for line in (data["valid_through"][-1], data["draft"][-1], data["check"][-1]):
        line["region"] = None


def _no_mark_of_a_draft(data):
    data["draft"] = None


@needs_poppler
@pytest.mark.parametrize(
    ("script", "spoil"),
    [
        _param("latin", _a_box),
        _param("gurmukhi", _unjoined),
        _param("gurmukhi", _a_box_in_the_title),
        _param("arabic", _unjoined),
        _param("arabic", _other_direction),
        _param("arabic", _no_mark_of_a_draft),
        _param("traditional-chinese", _another_name),
        _param("traditional-chinese", _simplified_shapes),
        _param("traditional-chinese", _simplified_stops),
    ],
)
def test_a_fault_is_seen(script, spoil):
    data = sheet(certificate(script), title_is_draft=script in DRAFTS)
    before = repr(data)
    spoil(data)
    assert repr(data) != before
    assert difference(drawn(typeset("certificates", "certificate", data)), golden(script)).is_seen


def test_a_line_that_moves_is_seen():
    looked_at = golden("gurmukhi")
    moved = looked_at.copy()
    top, bottom = 575, 610  # the line below "Valid through 9 March 2029"
    moved.paste(looked_at.crop((0, top, looked_at.width, bottom)), (0, top + 1))
    assert difference(moved, looked_at).is_seen


@needs_poppler
def test_edges_drawn_a_little_differently_are_not_minded():
    rough = drawn(pdf_of("latin"), "-aaVector", "no")
    assert rough != golden("latin")
    assert not difference(rough, golden("latin")).is_seen


# --- fonts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "families"),
    [
        _param("latin", {"NotoSans"}),
        _param("gurmukhi", {"NotoSans", "NotoSansGurmukhi"}),
        _param("arabic", {"NotoSans", "NotoNaskhArabic"}),
        _param("simplified-chinese", {"NotoSans", "NotoSansCJKsc"}),
        _param("traditional-chinese", {"NotoSans", "NotoSansCJKtc"}),
    ],
)
def test_every_font_stands_in_the_document(script, families):
    (page,) = PdfReader(io.BytesIO(pdf_of(script))).pages
    found = set()
    for font in page["/Resources"]["/Font"].values():
        (descendant,) = font.get_object()["/DescendantFonts"]
        described = descendant.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & described.keys(), described
        subset, name = described["/FontName"].lstrip("/").split("+")
        assert len(subset) == 6
        found.add(name.split("-")[0])
    assert found == families
