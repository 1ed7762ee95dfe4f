"""Reads of compliance: whom a requirement concerns, who stands where, what is to be told, what a learner is asked."""

from compliance.selectors.above import (Hearer, above)
from compliance.selectors.adjustments import (adjustments_of, agreed_other_ways, asked_certifications, open_questions, prior_learning_of, question_of)
from compliance.selectors.adoptions import (Choice, Reach, RuleReach, Wanted, preview, preview_adoption, requirements_from)
from compliance.selectors.digests import (DigestLine, digests_to_send, lines_of_digest)
from compliance.selectors.messages import (Line, days_of, letters, lines_of, next_message_at, printed, printings, to_send, undelivered, waiting_counts)
from compliance.selectors.requirements import (concerned, current_requirement, live_requirements, names_in, reached, sites_from)
from compliance.selectors.rows import (Row, SiteCounts, Summary, all_rows, counts_by_site, current_spans, rows, status_filter, summary)
from compliance.selectors.rule_packs import (PackAtSites, RuleAtSites, Training, adopted_rules, approvals, live_adoptions, newest_pack, pack_for, packs_for, site_facts, statements, topics, trainings_for)
from compliance.selectors.slips import (awaiting_slip)
from compliance.selectors.standings import (PersonStanding, standings)
from compliance.selectors.training import (TrainingDue, training_of)

__all__ = [
    "Choice",
    "DigestLine",
    "Hearer",
    "Line",
    "PackAtSites",
    "PersonStanding",
    "Reach",
    "Row",
    "RuleAtSites",
    "RuleReach",
    "SiteCounts",
    "Summary",
    "Training",
    "TrainingDue",
    "Wanted",
    "above",
    "adjustments_of",
    "adopted_rules",
    "agreed_other_ways",
    "all_rows",
    "approvals",
    "asked_certifications",
    "awaiting_slip",
    "concerned",
    "counts_by_site",
    "current_requirement",
    "current_spans",
    "days_of",
    "digests_to_send",
    "letters",
    "lines_of",
    "lines_of_digest",
    "live_adoptions",
    "live_requirements",
    "names_in",
    "newest_pack",
    "next_message_at",
    "open_questions",
    "pack_for",
    "packs_for",
    "preview",
    "preview_adoption",
    "printed",
    "printings",
    "prior_learning_of",
    "question_of",
    "reached",
    "requirements_from",
    "rows",
    "site_facts",
    "sites_from",
    "standings",
    "statements",
    "status_filter",
    "summary",
    "to_send",
    "topics",
    "training_of",
    "trainings_for",
    "undelivered",
    "waiting_counts",
]
