"""LibreOffice opens a marked-up file and saves it again in two formats; both are known again.

Exports and templates of all kinds in all languages: ``tests/integration/test_lossless.py``.
"""

import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from tests.corpus.workbooks import JO, KEYS, xlsx
from tests.people.workbooks.conftest import Hand, counted

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
def test_marked_up_file_is_known_again(larch: Hand, tmp_path: Path, file_format: str) -> None:
    kept = larch.look(xlsx(KEYS, JO, ["0043", "Ama", "nonsense", "fsj", None, "2026-03-02", None]))
    path = tmp_path / "marked.xlsx"
    path.write_bytes(larch.marked_up(kept).getvalue())
    again = larch.look(saved_again(path, file_format))
    assert (again.layout["sheet"], counted(again)) == ("Sheet1", (1, 0, 0, 0, 1))
