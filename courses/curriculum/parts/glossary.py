"""The glossary: preferred and avoided words, by language, concept and audience."""

from collections.abc import Collection
from datetime import datetime

from courses.curriculum import schema
from courses.curriculum.registry import Form, Part
from translations.glossary import Term
from translations.models import GlossaryTerm


class TermPart(Part):
    """Terms; a code is ``language/concept`` with ``/audience`` where there is one."""

    name = "term"
    can_withdraw = True

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the terms of every language."""
        return {_code(term): _form(term) for term in curriculum.terms}

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the terms with these codes; they are few, and read in one query."""
        rows = GlossaryTerm.objects.filter(language__in={code.partition("/")[0] for code in codes})
        return {_code(row.term): _form(row.term) for row in rows if _code(row.term) in codes}

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the row."""
        GlossaryTerm.objects.update_or_create(**_names(code), defaults=form)

    def withdraw(self, code: str) -> None:
        """Take the term away."""
        GlossaryTerm.objects.filter(**_names(code)).delete()


def _code(term: Term) -> str:
    return "/".join(filter(None, (term.language, term.concept, term.audience.value)))


def _names(code: str) -> dict[str, str]:
    language, concept, *audience = code.split("/")
    return {"language": language, "concept": concept, "audience": audience[0] if audience else ""}


def _form(term: Term) -> Form:
    return {"preferred": term.preferred, "avoided": list(term.avoided), "note": term.note}
