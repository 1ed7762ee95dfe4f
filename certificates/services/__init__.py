"""What changes certificates. Each act is whole or not at all, and tells the rooms above by ``certificate_changed``."""

from certificates.services.asking import announce_courses, check_courses
from certificates.services.attesting import attest, take_back_attestation
from certificates.services.holders import erase_holder, move_certificates, move_evidence
from certificates.services.issuing import issue_for_completion, issue_for_part, issue_what_belongs_together
from certificates.services.owing import ISSUE_FOR_PART, ask_for_part, issue_or_owe, issue_unissued, owe_certificate
from certificates.services.reissuing import correct_names, period_fields, reissue, replace_certificate
from certificates.services.revoking import revoke_certificate

__all__ = [
    "ISSUE_FOR_PART",
    "announce_courses",
    "ask_for_part",
    "attest",
    "check_courses",
    "correct_names",
    "erase_holder",
    "issue_for_completion",
    "issue_for_part",
    "issue_or_owe",
    "issue_unissued",
    "issue_what_belongs_together",
    "move_certificates",
    "move_evidence",
    "owe_certificate",
    "period_fields",
    "reissue",
    "replace_certificate",
    "revoke_certificate",
    "take_back_attestation",
]
