"""A folder into which other systems drop workbooks, such as by SFTP."""

import errno
import json
import os
import shutil
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from cms import clock
from people import services
from people.exceptions import ImportHasErrors, KeyUsedOtherwise, ManyWouldEnd, NeedsAgreement, WorkbookRefused
from people.explanations import explain
from people.models import Organisation, WorkbookImport
from people.selectors import hr_of
from people.workbooks.kinds import Mode, all_kinds, kind_of
from people.workbooks.options import Options

STILL_WRITTEN_SECONDS = 5
"""A file younger than this may still be on its way."""
SUFFIXES = (".xlsx", ".ods", ".csv", ".tsv", ".txt", ".json")
REFUSED_SUFFIXES = (".xls", ".xlsm", ".xlsb", ".xltx", ".numbers", ".pdf", ".docx")
"""Lists in another form, whose sender is told so; names that programs give to what is half-written are left alone."""
_LONGEST_NAME_BYTES = 160


class _StillWritten(Exception):
    """A file changed while it was read."""


class Command(BaseCommand):
    help = (
        "Bring in what is dropped into FOLDER/KIND/ and move it to FOLDER/KIND/done/ or FOLDER/KIND/failed/, "
        "with a report as JSON and, where rows failed, the file marked up. Rows without problems are written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--organisation", required=True, metavar="CODE")
        parser.add_argument("--mode", choices=[str(mode) for mode in Mode], default="upsert")
        parser.add_argument("--all-or-nothing", action="store_true")
        parser.add_argument(
            "--mail",
            choices=["always", "problems", "never"],
            default="always",
            help="whether HR gets a mail about each file, or where it had problems; it holds a link alone",
        )
        parser.add_argument("--once", action="store_true", help="look once instead of every --seconds")
        parser.add_argument("--seconds", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation {options['organisation']}.")
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is no folder.")
        seen: dict[Path, str] = {}
        while True:
            kinds = [kind.code for kind in all_kinds() if Mode(options["mode"]) in kind.modes]
            waiting = {path: code for code in kinds for path in self._waiting(options["folder"] / code)}
            now = {path: _marks(path) for path in waiting}
            for path, code in waiting.items():
                # Whoever looks again and again takes what stood still between two looks.
                if options["once"] or seen.get(path) == now[path]:
                    self._take_safely(organisation, code, path, options)
            if options["once"]:
                if not waiting:
                    self.stdout.write(f"Nothing waits in {options['folder']}.")
                return
            seen = now
            time.sleep(options["seconds"])

    @staticmethod
    def _waiting(folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        before = time.time() - STILL_WRITTEN_SECONDS
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in (*SUFFIXES, *REFUSED_SUFFIXES)
            and not path.name.startswith((".", "~$"))
            and path.is_file()
            and not path.is_symlink()
            and path.stat().st_mtime < before
        )

    def _take_safely(self, organisation: Organisation, kind: str, path: Path, options: dict[str, Any]) -> None:
        """Bring one file in; one that cannot be read, or is still written, never stops the others."""
        try:
            self._take(organisation, kind, path, options)
        except _StillWritten:
            self.stderr.write(f"{kind}/{_plain(path.name)}: still written; left for the next look")
        except OSError as error:
            self.stderr.write(f"{kind}/{_plain(path.name)}: {error.strerror}; left where it lies")

    def _take(self, organisation: Organisation, kind: str, path: Path, options: dict[str, Any]) -> None:
        """Bring one file in. Killed in between, the next look finds the same upload by its key and goes on.

        Raises:
            OSError: it cannot be read, or not be moved.
        """
        for where in ("done", "failed"):
            if (path.parent / where).is_symlink():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), where)
        marks = _marks(path)
        # The same file dropped again is another one, to be judged anew.
        key = f"folder:{kind}:{options['mode']}:{options['all_or_nothing']}:{marks}"
        try:
            with transaction.atomic(), _opened(path) as file:
                kept = services.keep_upload(
                    organisation=organisation,
                    kind=kind,
                    file=file,
                    file_name=_plain(path.name),
                    by=None,
                    at=clock.now(),
                    mode=Mode(options["mode"]),
                    options=Options(all_or_nothing=options["all_or_nothing"]),
                    idempotency_key=key,
                    later=False,
                )
                if _marks(path) != marks:
                    raise _StillWritten
        except WorkbookRefused as refused:
            words = [explain(problem, kind_of(kind)) for problem in refused.problems]
            report = {"refused": True, "problems": [f"{it.message} {it.mend}" for it in words]}
            self._put_away(path, marks, "failed", report)
            self._tell(organisation, key, clean=False, mail=options["mail"])
            return
        except KeyUsedOtherwise:
            report = {"refused": True, "problems": ["The file changed while it was read."]}
            self._put_away(path, marks, "failed", report)
            self._tell(organisation, key, clean=False, mail=options["mail"])
            return
        kept = services.judge_import(import_id=kept.pk, at=clock.now())
        error = ""
        if kept.state == WorkbookImport.State.READY:
            try:
                services.confirm_import(workbook_import=kept, by=None, at=clock.now(), later=False)
            except (ImportHasErrors, ManyWouldEnd, NeedsAgreement) as refused:
                error = type(refused).__name__
        if not error:
            kept = services.write_import(import_id=kept.pk, at=clock.now(), turn_seconds=None)
        report = services.report_of(kept) | {"applied": kept.state == WorkbookImport.State.APPLIED, "error": error}
        clean = report["applied"] and not report["problems"]
        put = self._put_away(path, marks, "done" if clean else "failed", report, kept)
        if not clean and kept.state != WorkbookImport.State.REFUSED:
            with put.with_name(f"{put.stem}-marked.xlsx").open("wb") as target:
                services.write_marked_up(workbook_import=kept, target=target)
        self._tell(organisation, str(kept.public_id), clean=clean, mail=options["mail"])
        self.stdout.write(f"{kind}/{_plain(path.name)}: {'done' if clean else 'failed'}")

    @staticmethod
    def _tell(organisation: Organisation, target: str, *, clean: bool, mail: str) -> None:
        """Ask for a mail to HR: that there is something to look at, and where."""
        if mail == "never" or (mail == "problems" and clean):
            return
        with transaction.atomic():
            for user in hr_of(organisation):
                services.note(user=user, organisation=organisation, about=services.FOLDER, target=target)

    @staticmethod
    def _put_away(
        path: Path, marks: str, where: str, report: dict[str, Any], kept: WorkbookImport | None = None
    ) -> Path:
        """Move a file with its report beside it; return where it lies now. An earlier one of its name stays.

        Where another one of its name came meanwhile, that stays for the next look, and what was read is written anew.

        Raises:
            _StillWritten: another one came, and what was read was not kept.
        """
        is_another = not path.exists() or _marks(path) != marks
        if is_another and kept is None:
            raise _StillWritten
        folder = path.parent / where
        folder.mkdir(exist_ok=True)
        stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")
        stem = os.fsdecode(os.fsencode(path.stem)[:_LONGEST_NAME_BYTES])
        put = folder / f"{stamp}-{stem}{path.suffix}"
        words = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        put.with_name(f"{put.name}.report.json").write_text(words, encoding="utf-8")
        if not is_another or kept is None:
            return path.rename(put)
        with services.imports.opened_file(kept) as content, put.open("xb") as target:
            shutil.copyfileobj(content, target)
        return put


def _marks(path: Path) -> str:
    """Return what tells a file from every other one, and from itself before somebody wrote to it."""
    about = path.stat()
    return f"{about.st_ino}:{about.st_size}:{about.st_mtime_ns}:{about.st_ctime_ns}"


def _plain(name: str) -> str:
    """Return a name of a file as text, whatever its bytes are."""
    return os.fsencode(name).decode("utf-8", "replace")


def _opened(path: Path) -> IO[bytes]:
    # It may have become a link since we looked.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
