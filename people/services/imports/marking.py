"""The user's own file back, marked up."""

from collections.abc import Iterator
from typing import IO

from django.utils import translation

from people.explanations import column_name, explain
from people.models import WorkbookImport, WorkbookRow
from people.services.imports.arriving import opened_file
from people.workbooks.kinds import kind_of
from people.workbooks.marking import Mark, mark_up
from people.workbooks.options import Options
from people.workbooks.problems import RowProblem
from people.workbooks.reading import open_source


def write_marked_up(*, workbook_import: WorkbookImport, target: IO[bytes], language: str = "") -> None:
    """Write the file that came, with what was judged of each row, as .xlsx to ``target``.

    Raises:
        FileNotFoundError: the file was deleted after its time.
        ValueError: the file was refused as a whole; there are no rows to mark.
    """
    kept = workbook_import
    if not kept.layout or kept.state in (WorkbookImport.State.REFUSED, WorkbookImport.State.JUDGING):
        raise ValueError("nothing was judged row by row")
    kind = kind_of(kept.kind)
    options = Options.from_json(kept.options)
    with translation.override(language or options.language), opened_file(kept) as file:
        source = open_source(
            file, name=kept.file_name, encoding=kept.layout["encoding"], delimiter=kept.layout["delimiter"]
        )
        try:
            mark_up(
                target,
                file,
                source,
                kind=kind,
                layout=kept.layout,
                marks=lambda: _marks(kept),
                names={column.key: column_name(column.key, kind) for column in kind.columns},
                rows=kept.counts.get("rows", 0),
            )
        finally:
            source.close()


def _marks(kept: WorkbookImport) -> Iterator[tuple[int, Mark]]:
    kind = kind_of(kept.kind)
    words = {value: str(label) for value, label in WorkbookRow.Action.choices}
    rows = WorkbookRow.objects.filter(workbook_import=kept, number__isnull=False).order_by("number", "pk")
    for number, action, problems in rows.values_list("number", "action", "problems").iterator(chunk_size=2000):
        said = tuple(
            (words_of.column, words_of.message, words_of.mend, words_of.is_warning)
            for words_of in (explain(RowProblem.from_json(problem), kind) for problem in problems)
        )
        yield number or 0, Mark(words[action], action == WorkbookRow.Action.ERROR, said)
