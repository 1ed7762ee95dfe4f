"""What may be done to people: verbs, keyword-only, each in one transaction unless it says otherwise."""

from people.services.api_keys import make_api_key, organisation_of_key, revoke_api_keys
from people.services.credentials import issue_code, set_pin, sign_in, unlock
from people.services.editors import limit_editor
from people.services.employments import correct_employment, end_employment, move_to, start_employment
from people.services.exports import write_export, write_template
from people.services.forgetting import forget_ended_sessions, forget_failures
from people.services.imports import (
    confirm_import,
    forget_files,
    is_forgotten,
    is_many,
    judge_again,
    judge_import,
    keep_upload,
    needs_agreement,
    remember_mapping,
    report_of,
    take_back_import,
    undo_import,
    write_import,
    write_marked_up,
)
from people.services.joining import join_membership
from people.services.licences import correct_licence, record_licence
from people.services.memberships import (
    change_contact,
    change_preferred_name,
    correct_name,
    create_membership,
    rename_member,
)
from people.services.organisations import let_read_drafts
from people.services.own_email import add_own_email, note_own_email, remove_own_email
from people.services.recovery import make_recovery_code, sign_in_with_recovery_code
from people.services.regular_exports import (
    ask_for_due_exports,
    choose_export_columns,
    deliver_export,
    fetch_export,
    forget_exports,
    schedule_export,
    stop_export,
)
from people.services.roles import add_role, as_tags, tag_role
from people.services.same_person import Joining, joining_of, say_same_person, unsay_same_person
from people.services.sites import add_site, change_site, describe_site, place_site
from people.services.staff import create_staff, grant_staff_role, name_trainer, withdraw_staff_role
from people.services.staff_notes import FOLDER, note

__all__ = [
    "FOLDER",
    "Joining",
    "add_own_email",
    "add_role",
    "add_site",
    "as_tags",
    "ask_for_due_exports",
    "change_contact",
    "change_preferred_name",
    "change_site",
    "choose_export_columns",
    "confirm_import",
    "correct_employment",
    "correct_licence",
    "correct_name",
    "create_membership",
    "create_staff",
    "deliver_export",
    "describe_site",
    "end_employment",
    "fetch_export",
    "forget_ended_sessions",
    "forget_exports",
    "forget_failures",
    "forget_files",
    "grant_staff_role",
    "is_forgotten",
    "is_many",
    "issue_code",
    "join_membership",
    "joining_of",
    "judge_again",
    "judge_import",
    "keep_upload",
    "let_read_drafts",
    "limit_editor",
    "make_api_key",
    "make_recovery_code",
    "move_to",
    "name_trainer",
    "needs_agreement",
    "note",
    "note_own_email",
    "organisation_of_key",
    "place_site",
    "record_licence",
    "remember_mapping",
    "remove_own_email",
    "rename_member",
    "report_of",
    "revoke_api_keys",
    "say_same_person",
    "schedule_export",
    "set_pin",
    "sign_in",
    "sign_in_with_recovery_code",
    "start_employment",
    "stop_export",
    "tag_role",
    "take_back_import",
    "undo_import",
    "unlock",
    "unsay_same_person",
    "withdraw_staff_role",
    "write_export",
    "write_import",
    "write_marked_up",
    "write_template",
]
