"""Writes of compliance."""

from compliance.services.evidence import (
    deliver_evidence_pack,
    forget_evidence_packs,
    make_evidence_pack,
    request_evidence_pack,
)
from compliance.services.messages import claim_messages, mark_printed, send_again, send_claimed, sweep
from compliance.services.obligations import check_obligations, rebuild_obligations
from compliance.services.requirements import change_due_date, require, withdraw
from compliance.services.sending import Outcome

__all__ = [
    "Outcome",
    "change_due_date",
    "check_obligations",
    "claim_messages",
    "deliver_evidence_pack",
    "forget_evidence_packs",
    "make_evidence_pack",
    "mark_printed",
    "rebuild_obligations",
    "request_evidence_pack",
    "require",
    "send_again",
    "send_claimed",
    "sweep",
    "withdraw",
]
