"""Writes of compliance."""

from compliance.services.messages import claim_messages, send_claimed, sweep
from compliance.services.obligations import check_obligations, rebuild_obligations
from compliance.services.requirements import change_due_date, require, withdraw

__all__ = [
    "change_due_date",
    "check_obligations",
    "claim_messages",
    "rebuild_obligations",
    "require",
    "send_claimed",
    "sweep",
    "withdraw",
]
