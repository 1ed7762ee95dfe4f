"""The matrix as JSON and as CSV, for other programs and for spreadsheets. The names of keys and columns stay."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from people.workbooks.cells import protect
from translations.freshness import Freshness
from translations.selectors import Matrix

SCHEMA: Final = 1
_COUNTS: Final = ("untranslated", "stale", "draft", "in_review", "review_overdue")
COLUMNS: Final = ("text", "kind", "title", "group", "sector", "language", "state", "segments", *_COUNTS)


def as_json(matrix: Matrix, *, on: date) -> dict[str, Any]:
    """Return the matrix as plain JSON (docs/reference/commands.md)."""
    totals = matrix.totals()
    return {
        "schema": SCHEMA,
        "on": on.isoformat(),
        "languages": [
            {"language": language, "texts": dict(sorted(totals[language].items()))} for language in matrix.languages
        ],
        "texts": [
            {
                "text": row.code,
                "kind": row.kind,
                "title": row.title,
                "group": row.group,
                "sector": row.sector,
                "segments": row.segments,
                "languages": {language: _cell(cell) for language, cell in row.cells.items()},
            }
            for row in matrix.rows
        ],
    }


def _cell(cell: Freshness) -> dict[str, Any]:
    return {"state": cell.state.value, **{name: getattr(cell, name) for name in _COUNTS}}


def csv_lines(matrix: Matrix) -> Iterator[str]:
    """Yield the matrix as lines of CSV in UTF-8 with a byte order mark, a row for each text and language."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in matrix.rows:
        about = [protect(part) for part in (row.code, row.kind, row.title, row.group, row.sector)]
        for language, cell in row.cells.items():
            counts = [getattr(cell, name) for name in _COUNTS]
            yield writer.writerow([*about, language, cell.state.value, row.segments, *counts])


class _Echo:
    """A file that hands back what is written, so that lines can be streamed."""

    def write(self, line: str) -> str:
        return line
