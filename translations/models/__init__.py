"""Texts, their segments, and what is known of each segment in each language."""

from translations.models.glossary import AUDIENCES, GlossaryTerm
from translations.models.lead import LanguageLead
from translations.models.recorded import RecordedCatalogues
from translations.models.task import TranslationTask
from translations.models.text import KINDS, Segment, Text
from translations.models.translation import Translation

__all__ = [
    "AUDIENCES",
    "KINDS",
    "GlossaryTerm",
    "LanguageLead",
    "RecordedCatalogues",
    "Segment",
    "Text",
    "Translation",
    "TranslationTask",
]
