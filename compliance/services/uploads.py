"""Writing a file of assignments, and taking it back, where a second person may have to agree."""

from datetime import datetime

from django.db import transaction

from compliance.models import Proposal
from compliance.services.proposals import propose_upload
from people import services as people_services
from people.exceptions import NeedsAgreement
from people.models import User, WorkbookImport


@transaction.atomic
def ask_to_write(*, upload: WorkbookImport, by: User, at: datetime, endings: int = 0) -> WorkbookImport | Proposal:
    """Let ``upload`` be written, or propose that where it touches many; ``endings`` as in ``confirm_import``.

    Raises: what ``confirm_import`` raises, but ``NeedsAgreement``.
    """
    try:
        return people_services.confirm_import(workbook_import=upload, by=by, at=at, endings=endings)
    except NeedsAgreement as needed:
        return propose_upload(Proposal.Kind.UPLOAD, upload, touched=needed.touched, by=by, at=at)


@transaction.atomic
def ask_to_take_back(*, upload: WorkbookImport, by: User, at: datetime) -> WorkbookImport | Proposal:
    """Let ``upload`` be taken back, or propose that where it touched many.

    Raises: what ``undo_import`` raises, but ``NeedsAgreement``.
    """
    try:
        return people_services.undo_import(workbook_import=upload, by=by, at=at)
    except NeedsAgreement as needed:
        return propose_upload(Proposal.Kind.UNDO, upload, touched=needed.touched, by=by, at=at)
