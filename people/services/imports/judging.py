"""Judging a file: read as a stream, compared with what is known, laid down in the staging table."""

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, F

from people.bulk import insert_many
from people.exceptions import ImportHasErrors, ImportNotReady, ManyWouldEnd, NeedsAgreement, WorkbookRefused
from people.faults import fault_point
from people.models import WorkbookImport, WorkbookRow
from people.selectors import allowed_columns
from people.services.imports.arriving import known_mapping, opened_file
from people.services.imports.confirming import confirm_import
from people.services.imports.setting import setting_of
from people.workbooks import kinds
from people.workbooks.cells import EMPTY, Cell, clean, letter
from people.workbooks.kinds import Action, Given, Kind, Mode, Plan
from people.workbooks.names import clear_words
from people.workbooks.options import Options
from people.workbooks.problems import LONGEST_VALUE_SHOWN, Problem, RowProblem
from people.workbooks.reading import Source, open_source
from people.workbooks.reading.source import rejected
from people.workbooks.sheets import Found, find_sheet
from people.workbooks.values import DateOrder
from people.workbooks.values import Reader as ValueReader

BATCH_ROWS: Final = 1000
BATCH_ROWS_SQLITE: Final = 200
PAUSE_SECONDS: Final = 0.11
"""Between two transactions on SQLite, so that whoever waits to write gets a turn: who has waited for a while looks every
100 ms whether the database is free, and a shorter pause would be missed again and again."""
_MOST_DOUBLES_NAMED: Final = 5
_MOST_KEPT_PROBLEMS: Final = 200


class _Overtaken(Exception):
    """Another run judges the same upload."""


def judge_import(*, import_id: int, at: datetime) -> WorkbookImport:
    """Judge an upload that waits for it, from the beginning; return it. Nothing but the staging table is written.

    With ``Options.apply`` it is confirmed, too, where that needs nobody. Killed at any point, it is done again. Of two runs
    at once the first one to begin stops.
    """
    with transaction.atomic():
        kept = WorkbookImport.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=import_id)
        is_waiting = kept.state == WorkbookImport.State.JUDGING
        if is_waiting:
            kept.judging_run = uuid.uuid4()
            kept.save(update_fields=["judging_run"])
    if is_waiting:
        _judge(kept, at)
        kept.refresh_from_db()
    if kept.state == WorkbookImport.State.READY and Options.from_json(kept.options).apply:
        with suppress(ImportHasErrors, ImportNotReady, ManyWouldEnd, NeedsAgreement):
            kept = confirm_import(workbook_import=kept, by=kept.uploaded_by, at=at)
    return kept


def _judge(kept: WorkbookImport, at: datetime) -> None:
    try:
        _Judge(kept, at=at).judge()
    except _Overtaken:
        pass
    except WorkbookRefused as refused:
        _settle(kept, state=WorkbookImport.State.REFUSED, problems=[it.to_json() for it in refused.problems])
    except FileNotFoundError:
        _settle(kept, state=WorkbookImport.State.REFUSED, problems=[rejected(Problem.UNREADABLE).problems[0].to_json()])


def _settle(kept: WorkbookImport, **values: Any) -> None:
    WorkbookImport.objects.filter(pk=kept.pk, judging_run=kept.judging_run).update(**values)


class _Judge:
    def __init__(self, kept: WorkbookImport, *, at: datetime) -> None:
        self.kept = kept
        self.kind: Kind = kinds.kind_of(kept.kind)
        self.options = Options.from_json(kept.options)
        self.setting = setting_of(
            kept.organisation, at=at, mode=kept.mode, by=kept.uploaded_by, language=self.options.language
        )
        self.choices = self.kind.choices(self.setting)
        self.told: Counter[str] = Counter()
        self.warnings = 0
        self.problems: list[RowProblem] = []

    def judge(self) -> None:
        with opened_file(self.kept) as file:
            source = open_source(
                file,
                name=self.kept.file_name,
                encoding=self.options.encoding,
                delimiter=self.options.delimiter,
            )
            try:
                found = self._find(source)
                declared = DateOrder(self.options.date_order)
                evidence = self._stage_all(source, found, {column.key: declared for column in self.kind.columns})
                # What some dates of a column show holds for all of them: the file is read once more, knowing it.
                shown = {
                    key: each.order for key, each in evidence.items() if each.ambiguous and each.order and not declared
                }
                if shown:
                    for key, order in shown.items():
                        row = evidence[key].day_first_row or evidence[key].month_first_row
                        self.problems.append(RowProblem(None, key, Problem.DATES_READ_AS, hints=(str(order), str(row))))
                    self._stage_all(source, found, shown)
            finally:
                source.close()
        self._tell(found)
        self._finish()

    def _tell(self, found: Found) -> None:
        """Say what somebody who looks at the spreadsheet may not see."""
        told = [(key, Problem.HIDDEN_COLUMN) for key in self.hidden_columns]
        told += [(key, Problem.BLANK_CLEARS) for key in sorted(self._blank_clears(found.layout.positions.values()))]
        self.problems += [RowProblem(None, key, problem) for key, problem in told]
        if self.hidden:
            self.problems.append(RowProblem(None, "", Problem.HIDDEN_ROWS, hints=(f"{self.hidden:,}",)))

    def _find(self, source: Source) -> Found:
        mapping = known_mapping(self.kept.organisation, self.kept.kind) | self.options.mapping
        found = find_sheet(
            source,
            kind=self.kind,
            allowed=allowed_columns(self.kept.organisation, self.kind),
            sheet=self.options.sheet,
            mapping=mapping,
            choices=self.choices,
            known_keys=self.kind.known_keys(self.setting),
            mode=self.setting.mode,
        )
        self.problems += found.problems
        self.layout = {
            "format": source.format,
            "encoding": source.encoding,
            "delimiter": source.delimiter,
            "sheet": found.sheet,
            "sheets": source.sheets,
            "row": found.layout.row,
            "first_data_row": found.layout.first_data_row,
            "positions": {str(position): key for position, key in found.layout.positions.items()},
            "titles": {str(position): title for position, title in found.layout.titles.items()},
        }
        if any(not problem.is_warning for problem in self.problems):
            _settle(self.kept, layout=self.layout)
            raise WorkbookRefused(self.problems)
        return found

    def _stage_all(self, source: Source, found: Found, orders: Mapping[str, DateOrder]) -> Mapping[str, Any]:
        """Read the sheet and lay all rows down; return what its dates show."""
        self._forget()
        positions = found.layout.positions
        blank_clears = self._blank_clears(positions.values())
        reader = ValueReader(self.kind.columns, self.choices, clear_words(), orders, blank_clears=blank_clears)
        batch: list[tuple[Given, list[RowProblem]]] = []
        size = BATCH_ROWS_SQLITE if connection.vendor == "sqlite" else BATCH_ROWS
        titles = found.layout.titles
        end = max(titles, default=-1) + 1
        gaps = [position for position in range(end) if position not in titles]
        for number, cells in source.rows(found.sheet):
            if number < found.layout.first_data_row:
                continue
            taken = {key: cells[position] for position, key in positions.items() if position < len(cells)}
            values, problems = reader.read(number, taken)
            if gaps or len(cells) > end:
                problems += _nameless(number, cells, gaps, end)
            batch.append((Given(number, self.kind.key_of(values), values), problems))
            if len(batch) == size:
                self._stage(batch)
                batch = []
        if batch:
            self._stage(batch)
        self.hidden = sum(number >= found.layout.first_data_row for number in source.hidden_rows)
        self.hidden_columns = [positions[at] for at in sorted(source.hidden_columns) if at in positions]
        return reader.evidence

    def _blank_clears(self, present: Iterable[str]) -> frozenset[str]:
        """Return the columns of the file whose empty cells empty the value."""
        asked = frozenset(self.options.blank_clears) & frozenset(present)
        return frozenset(column.key for column in self.kind.columns if column.clears and column.key in asked)

    def _forget(self) -> None:
        self.told.clear()
        self.setting.kept.clear()
        self.warnings = 0
        with self._ours():
            WorkbookRow.objects.filter(workbook_import=self.kept).delete()
            WorkbookImport.objects.filter(pk=self.kept.pk).update(judged_rows=0)

    def _stage(self, batch: list[tuple[Given, list[RowProblem]]]) -> None:
        """Compare rows with what is known, and lay them down in one short transaction."""
        for given, problems in batch:
            read_badly = {problem.column for problem in problems if not problem.is_warning}
            problems += [
                RowProblem(given.row, column, Problem.MISSING)
                for column in self.kind.missing_of_key(given.values)
                if column not in read_badly
            ]
        sound = [given for given, problems in batch if all(problem.is_warning for problem in problems)]
        plans = self.kind.plan(sound, self.setting) if sound else []
        planned = {id(plan.given): plan for plan in plans}
        rows = []
        for given, problems in batch:
            plan = planned.get(id(given)) or Plan(given, Action.ERROR)
            all_problems = problems + plan.problems
            self.warnings += sum(problem.is_warning for problem in all_problems)
            rows.append(
                WorkbookRow(
                    workbook_import=self.kept,
                    number=given.row,
                    key=given.key[:300],
                    action=str(plan.action),
                    values=given.values if plan.action is not Action.UNCHANGED else {},
                    changes=plan.changes,
                    problems=[problem.to_json() for problem in all_problems],
                )
            )
        told = kinds.forecast(self.kind.code, plans, self.setting)
        with self._ours():
            insert_many(rows)
            WorkbookImport.objects.filter(pk=self.kept.pk).update(judged_rows=F("judged_rows") + len(rows))
        self.told.update(told)
        fault_point("imports.staged")
        breathe()

    def _ours(self) -> Any:
        return _Ours(self.kept)

    def _finish(self) -> None:
        """Judge what only the whole file shows, end what a snapshot ends, and say that it is ready."""
        rows = WorkbookRow.objects.filter(workbook_import=self.kept)
        # A list that went out without a row comes in as nothing to do; but nobody means to end everybody by one.
        if self.setting.mode is Mode.SNAPSHOT and not rows.exists():
            raise WorkbookRefused([*self.problems, rejected(Problem.NO_ROWS).problems[0]])
        self._mark_doubles()
        for problem in self.kind.check_whole(self._sound_rows, self.setting):
            self._mark(problem)
        is_there = rows.exclude(key="")
        if self.setting.mode is Mode.SNAPSHOT:
            self._stage_ended(is_there)
        counts: dict[str, int] = {str(action): 0 for action in Action}
        counts |= dict(rows.values_list("action").annotate(count=Count("pk")).order_by())
        counts["warnings"] = self.warnings + sum(problem.is_warning for problem in self.problems)
        counts["rows"] = rows.filter(number__isnull=False).count()
        counts |= {key: value for key, value in self.told.items() if value}
        if touched := self.kind.touched(self.setting):
            counts["touched"] = touched
        if self.setting.mode is Mode.SNAPSHOT:
            counts["live"] = self.kind.live_count(self.setting)
        with self._ours():
            _settle(
                self.kept,
                state=WorkbookImport.State.READY,
                counts=counts,
                layout=self.layout,
                problems=[problem.to_json() for problem in self.problems[:_MOST_KEPT_PROBLEMS]],
            )

    def _sound_rows(self) -> Iterator[tuple[int, str, Mapping[str, str]]]:
        rows = WorkbookRow.objects.filter(workbook_import=self.kept, number__isnull=False)
        rows = rows.exclude(action=WorkbookRow.Action.ERROR).order_by("pk")
        for number, key, values in rows.values_list("number", "key", "values").iterator(chunk_size=2000):
            yield number or 0, key, values

    def _mark_doubles(self) -> None:
        """Say of every row whose key stands in another row, too, that it does."""
        rows = WorkbookRow.objects.filter(workbook_import=self.kept).exclude(key="")
        doubles = rows.values("key").annotate(count=Count("pk")).filter(count__gt=1).order_by("key")
        keys = list(doubles.values_list("key", flat=True))
        column = next(column.key for column in self.kind.columns if column.identifies)
        for start in range(0, len(keys), BATCH_ROWS):
            same = list(rows.filter(key__in=keys[start : start + BATCH_ROWS]).order_by("pk"))
            numbers: dict[str, list[int]] = {}
            for row in same:
                numbers.setdefault(row.key, []).append(row.number or 0)
            for row in same:
                others = [str(it) for it in numbers[row.key] if it != row.number][:_MOST_DOUBLES_NAMED]
                _make_wrong(row, RowProblem(row.number, column, Problem.KEY_TWICE, hints=tuple(others)))
            self._save(same)

    def _mark(self, problem: RowProblem) -> None:
        row = WorkbookRow.objects.get(workbook_import=self.kept, number=problem.row)
        _make_wrong(row, problem)
        self._save([row])

    def _save(self, rows: list[WorkbookRow]) -> None:
        with self._ours():
            WorkbookRow.objects.bulk_update(rows, ["action", "changes", "problems"], batch_size=200)
        breathe()

    def _stage_ended(self, is_there: Any) -> None:
        batch: list[WorkbookRow] = []

        def lay_down() -> None:
            with self._ours():
                insert_many(batch)
            batch.clear()
            breathe()

        for plan in list(self.kind.ended(self.setting, is_there=is_there)):
            batch.append(
                WorkbookRow(
                    workbook_import=self.kept,
                    key=plan.given.key[:300],
                    action=WorkbookRow.Action.ENDED,
                    values=plan.given.values,
                    changes=plan.changes,
                )
            )
            if len(batch) == BATCH_ROWS_SQLITE:
                lay_down()
        lay_down()


def _nameless(number: int, cells: Sequence[Cell], gaps: Sequence[int], end: int) -> list[RowProblem]:
    """Return what is wrong with values that stand in ``gaps`` between named columns, or at ``end`` and behind."""
    strays = [at for at in (*gaps, *range(end, len(cells))) if at < len(cells) and cells[at] is not EMPTY]
    return [
        RowProblem(
            number,
            letter(at),
            Problem.COLUMN_WITHOUT_NAME,
            cells[at].found,
            value=clean(cells[at].text[:LONGEST_VALUE_SHOWN]),
        )
        for at in strays
    ]


class _Ours:
    """A transaction that goes on only while this run is the one that judges."""

    def __init__(self, kept: WorkbookImport) -> None:
        self._kept = kept
        self._atomic = transaction.atomic()

    def __enter__(self) -> None:
        self._atomic.__enter__()
        ours = WorkbookImport.objects.select_for_update(of=("self",)).filter(
            pk=self._kept.pk, judging_run=self._kept.judging_run, state=WorkbookImport.State.JUDGING
        )
        if not ours.exists():
            self._atomic.__exit__(_Overtaken, _Overtaken(), None)
            raise _Overtaken

    def __exit__(self, *exception: Any) -> None:
        self._atomic.__exit__(*exception)


def _make_wrong(row: WorkbookRow, problem: RowProblem) -> None:
    row.action = WorkbookRow.Action.ERROR
    row.changes = {}
    row.problems = [*row.problems, problem.to_json()]


def breathe() -> None:
    """On SQLite, where one may write at a time, let others have their turn."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(PAUSE_SECONDS)
