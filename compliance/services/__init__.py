"""Writes of compliance."""

from compliance.services.adjustments import (
    bring_forward,
    change_end,
    grant_extension,
    grant_waiver,
    is_document_number,
    record_leave,
    set_due_date,
    undo_adjustment,
)
from compliance.services.adoptions import adopt, apply_adoptions, describe_site, stop_adopting
from compliance.services.another_way import agree_another_way, ask_for_another_way, take_back_question
from compliance.services.approvals import end_approval, record_approval, state_condition
from compliance.services.bounces import record_bounce, try_address_again
from compliance.services.bulk import MOST_PEOPLE, preview_for_each, require_of_each
from compliance.services.bulk_adjustments import (
    Recorded,
    as_it_would_be,
    grant_extension_to_each,
    record_leave_of_each,
)
from compliance.services.evidence import (
    deliver_evidence_pack,
    forget_evidence_packs,
    make_evidence_pack,
    request_evidence_pack,
)
from compliance.services.kits import keep_kit
from compliance.services.messages import claim_messages, mark_printed, send_again, send_claimed, sweep
from compliance.services.obligations import check_obligations, check_sample, rebuild_obligations
from compliance.services.prior_learning import accept_prior_learning, take_back_prior_learning
from compliance.services.proposals import (
    adoption_of,
    agree,
    ask_to_adopt,
    ask_to_change,
    ask_to_require,
    ask_to_withdraw,
    needs_second_person,
    preview_of_change,
    preview_of_requirement,
    preview_of_withdrawal,
    reach_of_adoption,
    refuse,
    requirement_of,
)
from compliance.services.rebuilding import deliver_rebuild, people_waiting, rebuild_many
from compliance.services.requirements import (
    change_due_date,
    change_ladder,
    change_requirement,
    planned,
    planned_change,
    require,
    set_default_due_date,
    withdraw,
)
from compliance.services.rule_packs import Change, PackReport, load_packs, packs_differ
from compliance.services.saved_filters import forget_filter, save_filter
from compliance.services.sending import Outcome

__all__ = [
    "MOST_PEOPLE",
    "Change",
    "Outcome",
    "PackReport",
    "Recorded",
    "accept_prior_learning",
    "adopt",
    "adoption_of",
    "agree",
    "agree_another_way",
    "apply_adoptions",
    "as_it_would_be",
    "ask_for_another_way",
    "ask_to_adopt",
    "ask_to_change",
    "ask_to_require",
    "ask_to_withdraw",
    "bring_forward",
    "change_due_date",
    "change_end",
    "change_ladder",
    "change_requirement",
    "check_obligations",
    "check_sample",
    "claim_messages",
    "deliver_evidence_pack",
    "deliver_rebuild",
    "describe_site",
    "end_approval",
    "forget_evidence_packs",
    "forget_filter",
    "grant_extension",
    "grant_extension_to_each",
    "grant_waiver",
    "is_document_number",
    "keep_kit",
    "load_packs",
    "make_evidence_pack",
    "mark_printed",
    "needs_second_person",
    "packs_differ",
    "people_waiting",
    "planned",
    "planned_change",
    "preview_for_each",
    "preview_of_change",
    "preview_of_requirement",
    "preview_of_withdrawal",
    "reach_of_adoption",
    "rebuild_many",
    "rebuild_obligations",
    "record_approval",
    "record_bounce",
    "record_leave",
    "record_leave_of_each",
    "refuse",
    "request_evidence_pack",
    "require",
    "require_of_each",
    "requirement_of",
    "save_filter",
    "send_again",
    "send_claimed",
    "set_default_due_date",
    "set_due_date",
    "state_condition",
    "stop_adopting",
    "sweep",
    "take_back_prior_learning",
    "take_back_question",
    "try_address_again",
    "undo_adjustment",
    "withdraw",
]
