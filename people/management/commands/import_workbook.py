"""A workbook in, from the command line."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from cms import clock
from people import services
from people.exceptions import ImportHasErrors, ManyWouldEnd, NeedsAgreement, UnknownKind, WorkbookRefused
from people.explanations import explain
from people.models import Organisation, WorkbookImport
from people.workbooks.doors import Door, all_doors, door_of
from people.workbooks.kinds import Mode, all_kinds, kind_for, kind_of, shared_kinds
from people.workbooks.options import Options
from people.workbooks.reading.csv_files import ENCODINGS

CLEAN, PROBLEMS, REFUSED = 0, 1, 2
SHOWN = 50


def check_door(door: Door, options: dict[str, Any]) -> None:
    """Refuse what a door does not know.

    Raises:
        CommandError: the file has another ending, or an organisation is said.
    """
    if options["organisation"]:
        raise CommandError(f"{door.code} belongs to no organisation: leave --organisation out.", returncode=REFUSED)
    if options["file"].suffix.lower() not in door.suffixes:
        raise CommandError(f"The name of the file ends with {', '.join(door.suffixes)}.", returncode=REFUSED)


def check_target(path: Path) -> None:
    """Refuse a file that cannot be written.

    Raises:
        CommandError: its folder is not there, or it or its folder may not be written to.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise CommandError(f"There is no folder {path.parent}.", returncode=REFUSED)
    if path.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise CommandError(f"{path} cannot be written.", returncode=REFUSED)


def organisation_of(options: dict[str, Any]) -> Organisation | None:
    """Return the organisation that a command is about; None for a kind that belongs to none.

    Raises:
        CommandError: there is no such kind, no such organisation, or one is said where there is none, or the reverse.
    """
    code, kind = options["organisation"], options["kind"]
    organisation = Organisation.objects.filter(code=code).first() if code else None
    if code and organisation is None:
        raise CommandError(f"There is no organisation {code}.", returncode=REFUSED)
    try:
        kind_for(kind, organisation)
    except UnknownKind as error:
        known = {it.code: it for it in [*all_kinds(), *shared_kinds(), *all_doors()]}
        if kind not in known:
            raise CommandError(f"There is no kind {kind}; there are {', '.join(known)}.", returncode=REFUSED) from error
        said = "belongs to no organisation: leave --organisation out" if code else "needs --organisation"
        raise CommandError(f"{kind} {said}.", returncode=REFUSED) from error
    return organisation


class Command(BaseCommand):
    help = (
        "Check a workbook (.xlsx, .ods, .csv, .json) and say what it would change; with --apply write it. "
        "Exit status: 0 clean, 1 rows with problems (the sound ones are written with --apply), 2 refused as a whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "kind", help=f"one of: {', '.join(kind.code for kind in [*all_kinds(), *shared_kinds(), *all_doors()])}"
        )
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", metavar="CODE", help="needed, except for kinds that belong to none")
        parser.add_argument("--apply", action="store_true", help="write what is sound; without it nothing is written")
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write the report to this file")
        parser.add_argument("--marked-up", type=Path, metavar="FILE", help="write the file back, with what is wrong")
        parser.add_argument("--mode", choices=[str(mode) for mode in Mode], default="upsert")
        parser.add_argument("--all-or-nothing", action="store_true", help="with a single error nothing is written")
        parser.add_argument("--sheet", default="")
        parser.add_argument("--encoding", choices=list(ENCODINGS), default="", help="of a .csv that does not say it")
        parser.add_argument("--delimiter", default="", help="of a .csv; found out unless given")
        parser.add_argument("--dates", choices=["day_first", "month_first"], default="", help="how 03/04/2026 is meant")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADING=KEY",
            help="what a heading of the file means; HEADING= leaves it out",
        )
        parser.add_argument(
            "--blank-clears",
            action="append",
            default=[],
            metavar="KEY",
            help="empty cells of this column empty the value; without it they change nothing",
        )
        parser.add_argument("--endings", type=int, default=0, help="how many employments a snapshot may end")
        parser.add_argument("--language", default="en", help="of the words in reports")

    def handle(self, *args: Any, **options: Any) -> None:
        # Said before anything is written, not after.
        for path in (options["json"], options["marked_up"]):
            if path is not None:
                check_target(path)
        try:
            status = self._run(**options)
        except CommandError as error:
            # Nobody shall take the report of another run for that of this one.
            self._report(options, {"refused": True, "problems": [{"row": None, "problem": str(error)}]})
            raise
        sys.exit(status)

    def _run(self, **options: Any) -> int:
        door = door_of(options["kind"])
        if door is not None:
            return self._through(door, options)
        organisation = organisation_of(options)
        kept, refusal = self._judged(organisation, options)
        if kept is None:
            self.stdout.write(refusal)
            self._report(options, {"refused": True, "problems": [{"row": None, "problem": refusal}]})
            return REFUSED
        status = self._written(kept, options) if options["apply"] else None
        kept.refresh_from_db()
        report = services.report_of(kept, language=options["language"])
        report["applied"] = kept.state == WorkbookImport.State.APPLIED
        self._say(kept, report)
        self._report(options, report)
        if options["marked_up"] and kept.state != WorkbookImport.State.REFUSED:
            with options["marked_up"].open("wb") as target:
                services.write_marked_up(workbook_import=kept, target=target, language=options["language"])
            self.stdout.write(f"Marked up: {options['marked_up']}")
        if kept.state == WorkbookImport.State.REFUSED or status == REFUSED:
            return REFUSED
        return PROBLEMS if report["problems"] else CLEAN

    def _through(self, door: Door, options: dict[str, Any]) -> int:
        """Bring a file in that is no workbook of a kind: all of it, or nothing."""
        check_door(door, options)
        try:
            brought = door.bring(options["file"], options["language"], options["apply"])
        except (OSError, ValueError) as error:
            raise CommandError(f"{error}.", returncode=REFUSED) from error
        for line in brought.lines[:SHOWN]:
            self.stdout.write(line)
        if len(brought.lines) > SHOWN:
            self.stdout.write(f"and {len(brought.lines) - SHOWN} more; --json has them all")
        applied = options["apply"] and not brought.refused
        self.stdout.write(f"{brought.changes} changes{'' if applied else '; nothing was written'}.")
        report = {"kind": door.code, "refused": brought.refused, "applied": applied, "changes": brought.changes}
        self._report(options, {**report, "problems": list(brought.lines) if brought.refused else []})
        return REFUSED if brought.refused else CLEAN

    def _judged(self, organisation: Organisation | None, options: dict[str, Any]) -> tuple[WorkbookImport | None, str]:
        """Return the upload, judged; or None and why the file cannot even be kept."""
        from people.workbooks.cells import fold_heading

        mapping = {}
        for said in options["column"]:
            heading, _, key = said.rpartition("=")
            mapping[fold_heading(heading)] = key.strip()
        mode = Mode(options["mode"])
        if mode not in kind_of(options["kind"]).modes:
            raise CommandError(f"{options['kind']} cannot be brought in as {mode}.", returncode=REFUSED)
        delimiter = {"tab": "\t", "\\t": "\t"}.get(options["delimiter"], options["delimiter"])
        if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
            raise CommandError("A delimiter is one sign.", returncode=REFUSED)
        try:
            with options["file"].open("rb") as file:
                kept = services.keep_upload(
                    organisation=organisation,
                    kind=options["kind"],
                    file=file,
                    file_name=options["file"].name,
                    by=None,
                    at=clock.now(),
                    mode=mode,
                    options=Options(
                        sheet=options["sheet"],
                        encoding=options["encoding"],
                        delimiter=delimiter,
                        date_order=options["dates"],
                        mapping=mapping,
                        all_or_nothing=options["all_or_nothing"],
                        blank_clears=options["blank_clears"],
                        language=options["language"],
                    ),
                    later=False,
                )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.", returncode=REFUSED) from error
        except WorkbookRefused as refused:
            words = [explain(problem) for problem in refused.problems]
            return None, " ".join(f"{it.message} {it.mend}" for it in words)
        return services.judge_import(import_id=kept.pk, at=clock.now()), ""

    def _written(self, kept: WorkbookImport, options: dict[str, Any]) -> int | None:
        """Write what was judged; return a status where it may not be."""
        if kept.state != WorkbookImport.State.READY:
            return None
        try:
            services.confirm_import(
                workbook_import=kept, by=None, at=clock.now(), endings=options["endings"], later=False
            )
        except ImportHasErrors as error:
            self.stdout.write(f"Nothing was written: {error.errors} rows have errors.")
            return REFUSED
        except ManyWouldEnd as error:
            self.stdout.write(
                f"Nothing was written: {error.ended} of {error.live} people would end. "
                f"If that is right, say --endings {error.ended}."
            )
            return REFUSED
        except NeedsAgreement as error:
            self.stdout.write(
                f"Nothing was written: {error.touched} people are touched. Two people of HR have to agree; "
                "the file waits for them among the organisation's workbooks."
            )
            return REFUSED
        kept = services.write_import(import_id=kept.pk, at=clock.now(), turn_seconds=None)
        if kept.state == WorkbookImport.State.UNDONE:
            self.stdout.write("Nothing was written: somebody changed a row meanwhile.")
            return REFUSED
        return None

    def _say(self, kept: WorkbookImport, report: dict[str, Any]) -> None:
        for problem in [*report["problems"], *report["warnings"]][:SHOWN]:
            where = f"row {problem['row']}" if problem["row"] else "file"
            column = f", {problem['heading']}" if problem["heading"] else ""
            self.stdout.write(f"{where}{column}: {problem['problem']} {problem['mend']} [{problem['rule']}]")
        more = len(report["problems"]) + len(report["warnings"]) - SHOWN
        if more > 0:
            self.stdout.write(f"and {more} more; --json has them all")
        if kept.state == WorkbookImport.State.REFUSED:
            self.stdout.write("Refused; nothing was written.")
            return
        counts = kept.outcome or kept.counts
        said = ", ".join(f"{counts.get(key, 0)} {key}" for key in ("new", "changed", "unchanged", "ended", "error"))
        changes = sum(counts.get(key, 0) for key in ("new", "changed", "ended"))
        self.stdout.write(f"{said}. {changes} changes{'' if kept.outcome else '; nothing was written'}.")

    @staticmethod
    def _report(options: dict[str, Any], report: dict[str, Any]) -> None:
        if options["json"]:
            options["json"].write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
