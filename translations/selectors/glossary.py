"""Reads over the glossary."""

from collections.abc import Sequence

from translations.glossary import Audience, Term, in_force
from translations.models import GlossaryTerm


def terms(*, language: str) -> list[Term]:
    """Return every entry of the glossary in ``language``; ``fr-ca`` without entries has those of ``fr``."""
    for code in dict.fromkeys((language, language.partition("-")[0])):
        found = [row.term for row in GlossaryTerm.objects.filter(language=code)]
        if found:
            return found
    return []


def terms_for(*, language: str, audiences: Sequence[Audience]) -> list[Term]:
    """Return for each concept the entry in ``language`` that holds for the first of ``audiences``."""
    return in_force(terms(language=language), audiences=audiences)
