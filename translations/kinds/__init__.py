"""The kinds of workbook of this app."""

from people.workbooks.kinds import register_kind
from translations.kinds.glossary import GlossaryKind


def register() -> None:
    """Let the glossary come in and go out."""
    register_kind(GlossaryKind())
