"""What may be done to people: verbs, keyword-only, each in one transaction unless it says otherwise."""

from people.services.credentials import issue_code, set_pin, sign_in, unlock
from people.services.employments import correct_employment, end_employment, start_employment
from people.services.forgetting import forget_ended_sessions, forget_failures
from people.services.joining import join_membership
from people.services.licences import correct_licence, record_licence
from people.services.memberships import change_contact, correct_name, create_membership, rename_member
from people.services.own_email import add_own_email, note_own_email, remove_own_email
from people.services.recovery import make_recovery_code, sign_in_with_recovery_code
from people.services.sites import describe_site
from people.services.staff import create_staff, grant_staff_role, withdraw_staff_role
from people.services.uploads import PeopleCounts, apply_people

__all__ = [
    "PeopleCounts",
    "add_own_email",
    "apply_people",
    "change_contact",
    "correct_employment",
    "correct_licence",
    "correct_name",
    "create_membership",
    "create_staff",
    "describe_site",
    "end_employment",
    "forget_ended_sessions",
    "forget_failures",
    "grant_staff_role",
    "issue_code",
    "join_membership",
    "make_recovery_code",
    "note_own_email",
    "record_licence",
    "remove_own_email",
    "rename_member",
    "set_pin",
    "sign_in",
    "sign_in_with_recovery_code",
    "start_employment",
    "unlock",
    "withdraw_staff_role",
]
