"""LibreOffice opens what goes out, saves it again in two formats, and both come back without a change."""

import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from people import services
from people.workbooks.kinds import all_kinds
from tests.corpus.workbooks import INJECTIONS, JO, KEYS, texts, xlsx
from tests.factories.people import AT
from tests.people.workbooks.conftest import Hand, counted, said

SOFFICE = os.environ.get("FIELDFARE_SOFFICE") or shutil.which("soffice")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice (soffice; FIELDFARE_SOFFICE names one)"),
]


def saved_again(path: Path, file_format: str) -> BytesIO:
    """Return a file as LibreOffice saves it, with all formulas worked out."""
    folder = path.parent / file_format
    subprocess.run(
        [
            str(SOFFICE),
            "--headless",
            f"-env:UserInstallation=file://{path.parent}/profile",
            "--convert-to",
            file_format,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        timeout=180,
        capture_output=True,
    )
    again = folder / f"{path.stem}.{file_format}"
    file = BytesIO(again.read_bytes())
    file.name = again.name
    return file


@pytest.mark.parametrize("file_format", ["xlsx", "ods"])
@pytest.mark.parametrize("kind", ["people", "employments"])
def test_exports_come_back_without_a_change(larch: Hand, tmp_path: Path, kind: str, file_format: str) -> None:
    nasty = [[f"{n:02}", f"{text} x", None, "fsj", None, "2026-03-02", None] for n, text in enumerate(INJECTIONS)]
    larch.bring(texts(KEYS, JO, *nasty))
    path = tmp_path / "export.xlsx"
    path.write_bytes(larch.export(kind).getvalue())
    kept = larch.look(saved_again(path, file_format), kind)
    assert {it[2] for it in said(kept)} <= {"like_a_formula"}
    assert counted(kept) == (0, 0, 1 + len(INJECTIONS), 0, 0)


@pytest.mark.parametrize("file_format", ["xlsx", "ods"])
def test_templates_are_known_again(larch: Hand, tmp_path: Path, file_format: str) -> None:
    for kind in all_kinds():
        path = tmp_path / f"{kind.code}.xlsx"
        with path.open("wb") as target:
            services.write_template(organisation=larch.organisation, kind=kind.code, target=target, at=AT)
        kept = larch.look(saved_again(path, file_format), kind.code)
        assert said(kept) == [(None, "", "no_rows")], kind.code


@pytest.mark.parametrize("file_format", ["xlsx", "ods"])
def test_marked_up_file_is_known_again(larch: Hand, tmp_path: Path, file_format: str) -> None:
    kept = larch.look(xlsx(KEYS, JO, ["0043", "Ama", "nonsense", "fsj", None, "2026-03-02", None]))
    path = tmp_path / "marked.xlsx"
    path.write_bytes(larch.marked_up(kept).getvalue())
    again = larch.look(saved_again(path, file_format))
    assert (again.layout["sheet"], counted(again)) == ("Sheet1", (1, 0, 0, 0, 1))
