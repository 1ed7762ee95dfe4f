"""PDFs by typst: tagged, with vendored fonts, data handed in as JSON and never as markup."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.apps import apps

FONTS = Path(__file__).parent / "fonts"


@functools.cache
def _compiler(template: Path) -> typst.Compiler:
    """Return a compiler that keeps fonts and the parsed template warm."""
    return typst.Compiler(str(template), font_paths=[str(FONTS)], ignore_system_fonts=True)


def typeset(app: str, template: str, data: Mapping[str, Any]) -> bytes:
    """Return a tagged PDF (PDF/UA-1 tags) of ``<app>/typst/<template>.typ``.

    The template reads ``data`` by ``json(bytes(sys.inputs.data))``; whatever stands in it prints literally.

    Raises:
        typst.TypstError: the template does not compile with this data.
    """
    path = Path(apps.get_app_config(app).path) / "typst" / f"{template}.typ"
    return _compiler(path).compile(format="pdf", sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"])
