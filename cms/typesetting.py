"""PDFs by typst: tagged, with vendored fonts, data handed in as JSON and never as markup."""

import functools
import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import typst
from django.apps import apps

PIXELS_PER_INCH: Final = 144
FONTS = Path(__file__).parent / "fonts"
# The CJK fonts weigh 90 MB: they are the operator's (Debian: fonts-noto-cjk) and used where they are installed.
SYSTEM_FONTS = Path("/usr/share/fonts/opentype/noto")
# Families of that package; typst passes over those that are not installed.
_CJK_FONTS: Final = {
    "zh-hant": ["Noto Sans CJK TC", "Noto Sans CJK SC"],
    "zh": ["Noto Sans CJK SC", "Noto Sans CJK TC"],
    "ja": ["Noto Sans CJK JP", "Noto Sans CJK SC"],
    "ko": ["Noto Sans CJK KR", "Noto Sans CJK SC"],
}
_HEAVY_BYTES: Final = 250_000
"""A PDF of many pages."""
_BLANK: Final = Path(__file__).parent / "typst" / "blank.typ"
_SHEETS_REMEMBERED: Final = 10

# typst's words for a letter that no font has; a test holds the two together. Text stands in them as typst quotes it.
_NOT_DISPLAYED = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
# The sign for a letter that was lost, and marks that turn letters round: what would stand there is not what is stored.
_NEVER_PRINTED: Final = re.compile("[\ufffd\u202a-\u202e]")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))")


class TypesettingError(Exception):
    """A document cannot be made."""


class MissingGlyphs(TypesettingError):
    """No font here has these letters; carries ``characters``, each once, in the order met.

    Printing boxes in their place would make somebody's name unreadable, so nothing is printed at all.
    """

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(characters)

    @property
    def named(self) -> str:
        """Return the letters as a page can show them; those that nobody sees by their number, if there are no others."""
        seen = "".join(each for each in self.characters if unicodedata.category(each) not in ("Cf", "Mn", "Cn", "Co"))
        return seen or " ".join(f"U+{ord(each):04X}" for each in self.characters)


class _Press:
    """A compiler that keeps fonts and the parsed template warm, one sheet at a time.

    typst refuses to compile twice at once in one compiler, and a compiler for each thread would hold the fonts as
    many times; a sheet takes milliseconds, so threads queue.
    """

    def __init__(self, template: Path) -> None:
        self._compiler = typst.Compiler(str(template), font_paths=_fonts(SYSTEM_FONTS))
        self._lock = threading.Lock()

    def print(self, data: Mapping[str, Any]) -> bytes:
        with self._lock:
            # PDF/UA-1 refuses letters without a glyph, which is how they are noticed before anybody sees boxes.
            pdf = self._compiler.compile(format="pdf", sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"])
        assert isinstance(pdf, bytes)  # one PDF, not a list of pages
        if len(pdf) > _HEAVY_BYTES:
            _forget()
        return pdf

    def draw(self, data: Mapping[str, Any]) -> bytes:
        with self._lock:
            picture = self._compiler.compile(format="png", ppi=PIXELS_PER_INCH, sys_inputs={"data": json.dumps(data)})
        assert isinstance(picture, bytes)  # one page
        return picture


@functools.cache
def _fonts(system_fonts: Path) -> typst.Fonts:
    folders = [str(folder) for folder in (FONTS, system_fonts) if folder.is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


_press = functools.cache(_Press)


def _forget() -> None:
    """Let typst give back what a booklet took, up to 40 MB: it keeps what it worked out until ten sheets had no use for it."""
    for _ in range(_SHEETS_REMEMBERED + 1):
        _press(_BLANK).print({})


def typeset(app: str, template: str, data: Mapping[str, Any]) -> bytes:
    """Return a tagged PDF (PDF/UA-1 tags) of ``<app>/typst/<template>.typ``. Safe from many threads.

    The template reads ``data`` by ``json(bytes(sys.inputs.data))``; whatever stands in it prints literally. It sets
    title and language itself; without a title typst refuses.

    Raises:
        MissingGlyphs: ``data`` has letters that no font here can print, or that would print as others.
        typst.TypstError: the template does not compile with this data.
    """
    path = Path(apps.get_app_config(app).path) / "typst" / f"{template}.typ"
    if never := _NEVER_PRINTED.findall(json.dumps(data, ensure_ascii=False)):
        raise MissingGlyphs("".join(dict.fromkeys(never)))
    try:
        return _press(path).print(data)
    except typst.TypstError as error:
        if missing := _missing_characters(error.diagnostic):
            raise MissingGlyphs(missing) from error
        raise


def typeset_picture(app: str, template: str, data: Mapping[str, Any]) -> bytes:
    """Return the one page of a template as PNG, ``PIXELS_PER_INCH`` fine.

    Raises:
        MissingGlyphs: as ``typeset``, which is asked first: a picture would show boxes and say nothing.
    """
    typeset(app, template, data)
    return _press(Path(apps.get_app_config(app).path) / "typst" / f"{template}.typ").draw(data)


def cjk_fonts(*languages: str) -> list[str]:
    """Return the families for Han letters, whose right shapes depend on the language: the first that has its own."""
    for language in languages:
        for code in (language, language.split("-")[0]):
            if code in _CJK_FONTS:
                return _CJK_FONTS[code]
    return _CJK_FONTS["zh"]


def region(language: str) -> str | None:
    """Return the region that typst needs beside a language, or None.

    It knows no scripts: without one, Chinese is Simplified, and the fonts put Simplified shapes and stops into
    Traditional text.
    """
    return "TW" if language == "zh-hant" else None


def _missing_characters(diagnostics: str) -> str:
    texts = (_ESCAPE.sub(_unescape, quoted) for quoted in _NOT_DISPLAYED.findall(diagnostics))
    return "".join(dict.fromkeys("".join(texts)))


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]
