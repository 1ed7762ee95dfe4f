"""Models of people: one file per concept."""

from people.models.account_change import AccountChange
from people.models.api_key import ApiKey
from people.models.audit import AuditEntry
from people.models.credential import Credential, SignInFailure
from people.models.employment import Employment, Role
from people.models.export import ExportColumns, ExportFile, ExportPart, ExportSchedule
from people.models.licence import Licence
from people.models.membership import Membership
from people.models.organisation import Organisation, Site
from people.models.outbox import OutboxEntry
from people.models.same_person import SamePerson
from people.models.staff import StaffRole
from people.models.user import User
from people.models.workbook import ColumnMapping, WorkbookChunk, WorkbookImport, WorkbookPart, WorkbookRow

__all__ = [
    "AccountChange",
    "ApiKey",
    "AuditEntry",
    "ColumnMapping",
    "Credential",
    "Employment",
    "ExportColumns",
    "ExportFile",
    "ExportPart",
    "ExportSchedule",
    "Licence",
    "Membership",
    "Organisation",
    "OutboxEntry",
    "Role",
    "SamePerson",
    "SignInFailure",
    "Site",
    "StaffRole",
    "User",
    "WorkbookChunk",
    "WorkbookImport",
    "WorkbookPart",
    "WorkbookRow",
]
