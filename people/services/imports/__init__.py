"""An uploaded file on its way: kept, judged, confirmed, written, and perhaps taken back.

Judging and writing go on where they stopped when a worker dies; each chunk of rows is one short transaction.
"""

from people.services.imports.arriving import (
    FILES_KEPT_DAYS,
    forget_files,
    is_forgotten,
    keep_upload,
    opened_file,
    remember_mapping,
)
from people.services.imports.confirming import confirm_import, is_many, judge_again, needs_agreement, undo_import
from people.services.imports.judging import judge_import
from people.services.imports.marking import write_marked_up
from people.services.imports.reporting import changes_of, problems_of, report_of
from people.services.imports.taking_back import take_back_import
from people.services.imports.writing import write_import

__all__ = [
    "FILES_KEPT_DAYS",
    "changes_of",
    "confirm_import",
    "forget_files",
    "is_forgotten",
    "is_many",
    "judge_again",
    "judge_import",
    "keep_upload",
    "needs_agreement",
    "opened_file",
    "problems_of",
    "remember_mapping",
    "report_of",
    "take_back_import",
    "undo_import",
    "write_import",
    "write_marked_up",
]
