"""The words for problems in a workbook: what is wrong, and how to mend it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cms.lists import listed
from people.workbooks.cells import Found
from people.workbooks.kinds import Kind
from people.workbooks.problems import Problem, RowProblem

_NAMES_COLUMNS: Final = frozenset({Problem.NO_HEADINGS, Problem.UNKNOWN_COLUMN})
"""Problems whose hints are keys of columns."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One problem in words. ``row`` None and ``column`` empty: the file as a whole."""

    row: int | None
    column: str
    message: str
    mend: str
    rule: str
    is_warning: bool
    value: str = ""
    """What stands there, shortened."""


def explain(problem: RowProblem, kind: Kind | None = None) -> Explanation:
    """Return the words for a problem, in the active language."""
    return Explanation(
        row=problem.row,
        column=column_name(problem.column, kind) if problem.column else "",
        message=_message(problem, kind),
        mend=_mend(problem, kind),
        rule=str(problem.problem),
        is_warning=problem.is_warning,
        value=problem.value,
    )


def column_name(column: str, kind: Kind | None) -> str:
    """Return what a column is called: its label, or the heading as typed in quotation marks."""
    labels = _labels(kind, get_language() or "en") if kind else {}
    if column in labels:
        return labels[column]
    return pgettext("quoted heading of a column", "“%(heading)s”") % {"heading": column}


@lru_cache(maxsize=64)
def _labels(kind: Kind, language: str) -> dict[str, str]:
    return {column.key: str(column.label) for column in kind.columns}


def _found(found: Found | None) -> str:
    return {
        Found.TEXT: pgettext("kind of value in a cell", "text"),
        Found.NUMBER: pgettext("kind of value in a cell", "a number"),
        Found.DATE: pgettext("kind of value in a cell", "a date"),
        Found.DATE_AND_TIME: pgettext("kind of value in a cell", "a time of day"),
        Found.TRUTH: pgettext("kind of value in a cell", "true or false"),
    }.get(found or Found.NOTHING, pgettext("kind of value in a cell", "nothing"))


def _message(problem: RowProblem, kind: Kind | None) -> str:
    hints = problem.hints
    first = hints[0] if hints else ""
    match problem.problem:
        case Problem.NOT_A_WORKBOOK:
            return _("This is not a workbook, or it is damaged.")
        case Problem.OLD_FORMAT:
            return _("This kind of file cannot be read.")
        case Problem.MACROS:
            return _("The file holds macros.")
        case Problem.PASSWORD:
            return _("The file is protected by a password.")
        case Problem.TOO_BIG:
            return _("The file is larger than 50 MB.")
        case Problem.TOO_MUCH_INSIDE:
            return _("The file holds far more than a list.")
        case Problem.UNREADABLE:
            return _("The file is damaged.")
        case Problem.EXTERNAL_LINKS:
            return _("The file takes values from other files.")
        case Problem.HIDDEN_SHEETS:
            return _("The file has hidden sheets: %(names)s.") % {"names": listed(hints)}
        case Problem.TOO_MANY_ROWS:
            return _("The file has more rows than can be taken at once.")
        case Problem.TOO_MANY_COLUMNS:
            return _("Something stands in column %(column)s. Columns after %(last)s are not read.") % {
                "column": first,
                "last": hints[-1] if hints else "",
            }
        case Problem.NO_ROWS:
            return _("There are no rows in the file.")
        case Problem.NO_HEADINGS:
            return _("No row of the file has names of columns that are known.")
        case Problem.SEVERAL_SHEETS:
            return _("More than one sheet could be meant: %(names)s.") % {"names": listed(hints)}
        case Problem.UNKNOWN_SHEET:
            return _("The file has no such sheet.")
        case Problem.ENCODING:
            return _("The file does not say in which encoding its letters are written.")
        case Problem.QUOTES:
            return _("The quotation marks in this row do not match.")
        case Problem.OTHER_VERSION:
            return _("The file was made from another version of the template.")
        case Problem.OTHER_KIND:
            return _("The file was made from the template for “%(other)s”, not for “%(this)s”.") % {
                "other": first,
                "this": hints[-1] if hints else "",
            }
        case Problem.UNKNOWN_COLUMN:
            return _("This column is not known. Nothing of it is taken.")
        case Problem.NEVER_ACCEPTED:
            return _("Nationality, immigration status, religion, health and the like are never accepted here.")
        case Problem.COLUMN_NOT_ALLOWED:
            return _("Your organisation has chosen that this column neither leaves nor comes in.")
        case Problem.COLUMN_TWICE:
            return _("This column is there twice.")
        case Problem.COLUMN_MISSING:
            return _("This column is missing.")
        case Problem.COLUMN_WITHOUT_NAME:
            return _("This column has values, but no name above them.")
        case Problem.GUESSED_COLUMN:
            return _("This column was taken to be “%(column)s”.") % {"column": column_name(first, kind)[:80]}
        case Problem.DATES_READ_AS:
            shown = hints[1] if len(hints) > 1 else ""
            if first == "day_first":
                return _("Dates such as 03/04/2026 were read with the day first, as row %(row)s shows.") % {
                    "row": shown
                }
            return _("Dates such as 03/04/2026 were read with the month first, as row %(row)s shows.") % {"row": shown}
        case Problem.HIDDEN_ROWS:
            return _("Rows are hidden in the file, such as by a filter, and were read like all others: %(count)s.") % {
                "count": first
            }
        case Problem.HIDDEN_COLUMN:
            return _("This column is hidden in the file. It was read like all others.")
        case Problem.BLANK_CLEARS:
            return _("Empty cells of this column empty the value.")
        case Problem.FORMULA:
            return _("There is a formula in this cell, and the file does not say what it gives.")
        case Problem.WORKED_OUT:
            return _("A formula gives this value. The value is taken as it was when the file was saved.")
        case Problem.ERROR_VALUE:
            return _("There is an error in this cell.")
        case Problem.LIKE_A_FORMULA:
            return _("This begins like a formula. It is kept as plain text.")
        case Problem.MISSING:
            return _("This cell is empty.")
        case Problem.WRONG_KIND:
            return _("This should be text, and it is %(found)s.") % {"found": _found(problem.found)}
        case Problem.TOO_LONG:
            return _("This is too long.")
        case Problem.NOT_EXACT:
            return _("A spreadsheet cannot keep this number exactly.")
        case Problem.LOST_ZEROS:
            return _("Nobody has this number, but somebody has %(number)s: zeros in front may have been lost.") % {
                "number": first
            }
        case Problem.NOT_EMAIL:
            return _("This is not an e-mail address.")
        case Problem.NOT_A_CHOICE:
            return _("This is not one of the values to choose from, or more than one has this name.")
        case Problem.NOT_A_NUMBER:
            return _("This should be a whole number.")
        case Problem.NOT_A_DATE:
            return _("This should be a date, and it is %(found)s.") % {"found": _found(problem.found)}
        case Problem.AMBIGUOUS_DATE:
            return _("This date could be read in two ways.")
        case Problem.TIME_OF_DAY:
            return _("There is a time of day beside the date.")
        case Problem.FAR_DATE:
            return _("This date is too far away.")
        case Problem.FUTURE_DATE:
            return _("This date is still to come.")
        case Problem.CANNOT_CLEAR:
            return _("This value cannot be emptied.")
        case Problem.KEY_TWICE:
            return _("The file has this more than once: also in row %(rows)s.") % {"rows": listed(hints)}
        case Problem.UNKNOWN_PERSON:
            return _("Nobody here has this employee number.")
        case Problem.UNKNOWN_SESSION:
            return _("No session here has this code.")
        case Problem.UNKNOWN_REFERENCE:
            return _("Nothing here has this reference.")
        case Problem.ALREADY_THERE:
            return _("This is there already, and only new rows were to be added.")
        case Problem.NOT_THERE_YET:
            return _("This is not there yet, and only known rows were to be changed.")
        case Problem.TRAINING_HELD:
            return _("This training cannot be assigned anew at the moment: see why under “Assign a training”.")
        case Problem.OUTSIDE_LIMITS:
            return _("This belongs to a sector or language in which you do not write.")
        case Problem.ENDS_BEFORE_START:
            return _("The last day is before the first.")
        case Problem.HIRED_AFTER_START:
            return _("The day of hiring is after the first day at work.")
        case Problem.OVERLAPS:
            return _("These days overlap with another job of this person.")
        case Problem.COVERED:
            return _("Some of these days are covered by another row or by what is known already.")
        case Problem.NOT_A_DOCUMENT_NUMBER:
            return _("This is a sentence, and should be the number of a paper.")
        case Problem.CIRCLE:
            return _("Through their managers, this person would be above themselves.")
        case Problem.WHOM:
            return _("It is not clear whom this is for.")
        case Problem.FIXED:
            return _("This cannot be changed any more.")
        case Problem.SECOND_PERSON:
            return _("This touches %(people)s people, so a second person of HR has to agree.") % {"people": first}
        case Problem.FORMAT_LOST:
            return _("This text is laid out in a way that a cell cannot say. Written anew, it loses that.")
        case Problem.OF_KIND:
            return (kind.words(problem) if kind else ("", ""))[0]
        case Problem.CHANGED_MEANWHILE:
            return _("Somebody changed this after you saw the preview, so the row was held back.")
    raise ValueError(problem.problem)


def _mend(problem: RowProblem, kind: Kind | None) -> str:
    hints = problem.hints
    labels = _labels(kind, get_language() or "en") if kind and problem.problem in _NAMES_COLUMNS else {}
    names = listed([labels.get(hint, hint) for hint in hints])
    first = hints[0] if hints else ""
    match problem.problem:
        case Problem.NOT_A_WORKBOOK | Problem.OLD_FORMAT:
            return _("Save it as “Excel workbook (.xlsx)”, .ods or .csv, and upload that.")
        case Problem.MACROS:
            return _("Save it as “Excel workbook (.xlsx)”, which has none.")
        case Problem.PASSWORD:
            return _("Save it without a password.")
        case Problem.TOO_BIG:
            return _("Keep the list alone, without pictures, or split it.")
        case Problem.TOO_MUCH_INSIDE:
            return _("Copy the list into a new, empty workbook.")
        case Problem.UNREADABLE:
            return _("Open it in your spreadsheet program and save it anew.")
        case Problem.EXTERNAL_LINKS:
            return _("Copy the cells and paste them as values into a new workbook.")
        case Problem.HIDDEN_SHEETS:
            return _("Show these sheets, look at them, and delete what does not belong here.")
        case Problem.TOO_MANY_ROWS:
            return _("Split it into files of at most %(rows)s rows.") % {"rows": first}
        case Problem.TOO_MANY_COLUMNS:
            return _("Delete it, or move the columns of the list to the front.")
        case Problem.NO_ROWS:
            return _("Write one row for each, below the names of the columns.")
        case Problem.NO_HEADINGS:
            return _("Write the names of the columns above the rows: %(names)s. The template has them.") % {
                "names": names
            }
        case Problem.SEVERAL_SHEETS:
            return _("Choose the sheet.")
        case Problem.UNKNOWN_SHEET:
            return _("Choose one of these: %(names)s.") % {"names": names}
        case Problem.ENCODING:
            return _("Choose the line that reads right, or save the file as “CSV UTF-8”. %(lines)s") % {
                "lines": " / ".join(hints)
            }
        case Problem.QUOTES:
            return _(
                "Write two marks for each one that stands inside a value, or save the list as “Excel workbook (.xlsx)”."
            )
        case Problem.OTHER_VERSION:
            return _("It was read all the same. Look at the preview with care, or use the new template.")
        case Problem.OTHER_KIND:
            return _("Upload it where it belongs.")
        case Problem.UNKNOWN_COLUMN:
            return _("Nothing to do, unless it is one of these: %(names)s.") % {"names": names}
        case Problem.NEVER_ACCEPTED | Problem.COLUMN_NOT_ALLOWED:
            return _("Delete the whole column.")
        case Problem.COLUMN_TWICE:
            return _("Keep one of the two.")
        case Problem.COLUMN_MISSING:
            return _("Add it, with this name above it.")
        case Problem.COLUMN_WITHOUT_NAME:
            return _("Name it, or delete what stands in it.")
        case Problem.GUESSED_COLUMN:
            return _("If that is wrong, say below what it is.")
        case Problem.DATES_READ_AS:
            return _("If that is wrong, write year, month, day, such as 2026-05-01.")
        case Problem.HIDDEN_ROWS:
            return _("If they do not belong here, delete them in the file and upload it again.")
        case Problem.HIDDEN_COLUMN:
            return _("If it does not belong here, leave it out below, or delete it.")
        case Problem.BLANK_CLEARS:
            return _("If that is wrong, say below that they change nothing.")
        case Problem.FORMULA:
            return _("Copy the cell and paste it as a value.")
        case Problem.WORKED_OUT:
            return _("Nothing to do, if the value is right.")
        case Problem.ERROR_VALUE:
            return _("Write the right value.")
        case Problem.LIKE_A_FORMULA:
            return _("Nothing to do, if it is meant so.")
        case Problem.MISSING:
            return _("Fill it in, or delete the row.")
        case Problem.WRONG_KIND:
            return _("Format the cell as text and write it again.")
        case Problem.TOO_LONG:
            return _("Shorten it to %(length)s characters.") % {"length": first}
        case Problem.NOT_EXACT:
            return _("Format the cell as text and write the number again.")
        case Problem.LOST_ZEROS:
            return _("Format the cell as text and write %(number)s, if that is meant.") % {"number": first}
        case Problem.NOT_EMAIL:
            return _("Write one address such as name@example.org, or leave it empty.")
        case Problem.NOT_A_CHOICE:
            return _("Use one of these: %(names)s.") % {"names": names}
        case Problem.NOT_A_NUMBER:
            return _("Write digits alone, such as 30.")
        case Problem.NOT_A_DATE | Problem.AMBIGUOUS_DATE:
            return _("Write year, month, day, such as 2026-05-01.")
        case Problem.TIME_OF_DAY:
            return _("Write the date alone.")
        case Problem.FAR_DATE:
            return _("Write a date from %(first)s to %(last)s.") % {"first": first, "last": hints[-1] if hints else ""}
        case Problem.FUTURE_DATE:
            return _("Write the day on which it happened.")
        case Problem.CANNOT_CLEAR:
            return _("Write a value, or leave the cell empty to keep what is there.")
        case Problem.KEY_TWICE:
            return _("Keep one of them.")
        case Problem.UNKNOWN_PERSON:
            return _("Look at the number, or add the person first.")
        case Problem.UNKNOWN_SESSION:
            return _("Look at the sign-in sheet, or ask the facilitator for the code.")
        case Problem.UNKNOWN_REFERENCE:
            return _("Leave it empty for something new, or copy it from an export.")
        case Problem.ALREADY_THERE | Problem.NOT_THERE_YET:
            return _("Delete the row, or choose “Add new rows and change known ones”.")
        case Problem.TRAINING_HELD:
            return _("Choose another training, or wait until it is back.")
        case Problem.OUTSIDE_LIMITS:
            return _("Leave the row out, or ask an administrator.")
        case Problem.ENDS_BEFORE_START:
            return _("Change one of the two.")
        case Problem.HIRED_AFTER_START:
            return _("Write an earlier day of hiring, or leave the cell empty.")
        case Problem.OVERLAPS:
            return _("Look at this person's page and change the days there.")
        case Problem.COVERED:
            return _("Change the days, or delete the row.")
        case Problem.NOT_A_DOCUMENT_NUMBER:
            return _("Write the number alone, or leave the cell empty.")
        case Problem.CIRCLE:
            return _("Name another manager, or leave the cell empty.")
        case Problem.WHOM:
            return _("Fill in the employee number, or the site, the role, or both.")
        case Problem.FIXED:
            return _("Leave it as it was, or leave the cell empty.")
        case Problem.SECOND_PERSON:
            return _("Delete the row here, and make the change on the page “Assignments”.")
        case Problem.FORMAT_LOST:
            return _("Change it on its page, or look at it there afterwards.")
        case Problem.OF_KIND:
            return (kind.words(problem) if kind else ("", ""))[1]
        case Problem.CHANGED_MEANWHILE:
            return _("Upload the file again and look at the new preview.")
    raise ValueError(problem.problem)
