"""The words for problems in a people file: what is wrong, and how to mend it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people.rows import Column, Found, Problem, RowProblem
from people.workbooks import LABELS


@dataclass(frozen=True, slots=True)
class Explanation:
    """One problem in words. ``row`` None and ``column`` empty: the file as a whole."""

    row: int | None
    column: str
    message: str
    mend: str


def explain(problem: RowProblem) -> Explanation:
    """Return the words for a problem, in the active language."""
    column = _column(problem.column) if problem.column else ""
    return Explanation(row=problem.row, column=column, message=_message(problem), mend=_mend(problem))


def _column(column: str) -> str:
    if column in LABELS:
        return str(LABELS[Column(column)])
    return pgettext("quoted heading of a column", "“%(heading)s”") % {"heading": column}


def _found(found: Found | None) -> str:
    return {
        Found.TEXT: pgettext("kind of value in a cell", "text"),
        Found.NUMBER: pgettext("kind of value in a cell", "a number"),
        Found.DATE: pgettext("kind of value in a cell", "a date"),
        Found.DATE_AND_TIME: pgettext("kind of value in a cell", "a time of day"),
        Found.TRUTH: pgettext("kind of value in a cell", "true or false"),
    }.get(found or Found.NOTHING, pgettext("kind of value in a cell", "nothing"))


def _message(problem: RowProblem) -> str:
    return {
        Problem.NOT_XLSX: _("This is not an .xlsx file, or it is protected by a password."),
        Problem.TOO_BIG: _("The file is larger than 5 MB."),
        Problem.TOO_MUCH_INSIDE: _("The file holds far more than a list of people."),
        Problem.UNREADABLE: _("The file is damaged."),
        Problem.MACROS: _("The file holds macros."),
        Problem.EXTERNAL_LINKS: _("The file takes values from other files."),
        Problem.TOO_MANY_ROWS: _("The file has more rows than can be taken at once."),
        Problem.NO_ROWS: _("There are no people in the file."),
        Problem.UNKNOWN_COLUMN: _("This column is not known."),
        Problem.NEVER_ACCEPTED: _(
            "Nationality, immigration status, religion, health and the like are never accepted here."
        ),
        Problem.COLUMN_TWICE: _("This column is there twice."),
        Problem.COLUMN_MISSING: _("This column is missing."),
        Problem.COLUMN_WITHOUT_NAME: _("This column has values, but no name in the first row."),
        Problem.FORMULA: _("There is a formula in this cell."),
        Problem.ERROR_VALUE: _("There is an error in this cell."),
        Problem.MISSING: _("This cell is empty."),
        Problem.WRONG_KIND: _("This should be text, and it is %(found)s.") % {"found": _found(problem.found)},
        Problem.TOO_LONG: _("This is too long."),
        Problem.NOT_EXACT: _("A spreadsheet cannot keep this number exactly."),
        Problem.NUMBER_TWICE: _("This employee number is there twice."),
        Problem.NOT_EMAIL: _("This is not an e-mail address."),
        Problem.UNKNOWN_SITE: _("There is no such site, or more than one with this name."),
        Problem.UNKNOWN_ROLE: _("There is no such role, or more than one with this name."),
        Problem.NOT_A_DATE: _("This should be a date, and it is %(found)s.") % {"found": _found(problem.found)},
        Problem.AMBIGUOUS_DATE: _("This date could be read in two ways."),
        Problem.TIME_OF_DAY: _("There is a time of day beside the date."),
        Problem.FAR_DATE: _("This date is too far away."),
        Problem.ENDS_BEFORE_START: _("The last day is before the first."),
        Problem.OVERLAPS: _("These days overlap with another job of this person."),
    }[problem.problem]


def _mend(problem: RowProblem) -> str:
    hints = ", ".join(problem.hints)
    first = problem.hints[0] if problem.hints else ""
    return {
        Problem.NOT_XLSX: _("Save it as “Excel workbook (.xlsx)”, without a password."),
        Problem.TOO_BIG: _("Keep the list of people alone, without pictures, or split it."),
        Problem.TOO_MUCH_INSIDE: _("Copy the list of people into a new, empty workbook."),
        Problem.UNREADABLE: _("Open it in your spreadsheet program and save it anew."),
        Problem.MACROS: _("Save it as “Excel workbook (.xlsx)”, which has none."),
        Problem.EXTERNAL_LINKS: _("Copy the cells and paste them as values into a new workbook."),
        Problem.TOO_MANY_ROWS: _("Split it into files of at most %(rows)s rows.") % {"rows": first},
        Problem.NO_ROWS: _("Write one person a row, below the names of the columns."),
        Problem.UNKNOWN_COLUMN: _("Delete it, or use one of these names: %(names)s.") % {"names": hints},
        Problem.NEVER_ACCEPTED: _("Delete the whole column."),
        Problem.COLUMN_TWICE: _("Keep one of the two."),
        Problem.COLUMN_MISSING: _("Add it to the first row."),
        Problem.COLUMN_WITHOUT_NAME: _("Name it, or delete what stands in it."),
        Problem.FORMULA: _("Copy the cell and paste it as a value."),
        Problem.ERROR_VALUE: _("Write the right value."),
        Problem.MISSING: _("Fill it in, or delete the row."),
        Problem.WRONG_KIND: _("Format the cell as text and write it again."),
        Problem.TOO_LONG: _("Shorten it to %(length)s characters.") % {"length": first},
        Problem.NOT_EXACT: _("Format the cell as text and write the number again."),
        Problem.NUMBER_TWICE: _("See row %(row)s; keep one of the two.") % {"row": first},
        Problem.NOT_EMAIL: _("Write one address such as name@example.org, or leave it empty."),
        Problem.UNKNOWN_SITE: _("Use one of these: %(names)s.") % {"names": hints},
        Problem.UNKNOWN_ROLE: _("Use one of these, or leave it empty: %(names)s.") % {"names": hints},
        Problem.NOT_A_DATE: _("Write year, month, day, such as 2026-05-01."),
        Problem.AMBIGUOUS_DATE: _("Write year, month, day, such as 2026-05-01."),
        Problem.TIME_OF_DAY: _("Write the date alone."),
        Problem.FAR_DATE: _("Write a date from %(first)s to %(last)s.")
        % {"first": first, "last": problem.hints[-1] if problem.hints else ""},
        Problem.ENDS_BEFORE_START: _("Change one of the two."),
        Problem.OVERLAPS: _("Look at this person's page and change the days there."),
    }[problem.problem]
