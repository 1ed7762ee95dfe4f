"""Writes of compliance."""

from compliance.services.messages import Outcome, claim_messages, mark_printed, send_again, send_claimed, sweep
from compliance.services.obligations import check_obligations, rebuild_obligations
from compliance.services.requirements import change_due_date, require, withdraw

__all__ = [
    "Outcome",
    "change_due_date",
    "check_obligations",
    "claim_messages",
    "mark_printed",
    "rebuild_obligations",
    "require",
    "send_again",
    "send_claimed",
    "sweep",
    "withdraw",
]
