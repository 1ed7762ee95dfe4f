"""The harm check: what a text may do to people, found by rules that are data, one file for each language.

Plain Python over text: no clock, database or settings. A finding asks an editor; it never decides what is meant.
"""

from courses.harm.document import Document, Passage, Place, Use
from courses.harm.findings import Finding, Severity
from courses.harm.linter import lint
from courses.harm.rules import RuleBook, languages_with_rules, rule_book
from courses.harm.terms import term_findings

__all__ = [
    "Document",
    "Finding",
    "Passage",
    "Place",
    "RuleBook",
    "Severity",
    "Use",
    "languages_with_rules",
    "lint",
    "rule_book",
    "term_findings",
]
