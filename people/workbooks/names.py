"""What columns are called: their keys, their labels in all interface languages, and what people call them."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext, pgettext_lazy

from people.workbooks.cells import fold, fold_heading, without_accents
from people.workbooks.kinds import Kind
from people.workbooks.values import ChoiceSet

if TYPE_CHECKING:
    from django.utils.functional import Promise

STATUS, PROBLEM, MEND = "fieldfare_status", "fieldfare_problem", "fieldfare_mend"
"""The columns that a marked-up file has more than the one that came."""
OURS = (STATUS, PROBLEM, MEND)


def accepted_names(kind: Kind) -> dict[str, str]:
    """Return folded heading to column key: the keys, and the labels in all interface languages."""
    return _accepted(kind, tuple(code for code, _ in settings.LANGUAGES))


def other_names(kind: Kind) -> dict[str, str]:
    """Return folded heading to column key, of what people call columns in files of their own, with and without accents."""
    # What we call a column ourselves comes before what others may call another one.
    found: dict[str, str] = {}
    for heading, key in accepted_names(kind).items():
        found.setdefault(without_accents(heading), key)
    for column in kind.columns:
        for name in column.other_names:
            heading = fold_heading(name)
            found.setdefault(heading, column.key)
            found.setdefault(without_accents(heading), column.key)
    return found


def added_names() -> tuple[str, str, str]:
    """Return what the columns of a marked-up file are called that the one that came had not, in the active language."""
    return (
        pgettext("column of a marked-up file", "Status"),
        pgettext("column of a marked-up file", "Problem"),
        pgettext("column of a marked-up file", "How to mend it"),
    )


def all_added_names() -> dict[str, str]:
    """Return the same in all interface languages: folded heading to our key."""
    found: dict[str, str] = {}
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            found |= {fold_heading(name): key for name, key in zip(added_names(), OURS, strict=True)}
    return found


def labelled(labels: Mapping[str, "Promise | str"]) -> ChoiceSet:
    """Return codes to choose from, shown in the active language and known again in all interface languages."""
    also: dict[str, str] = {}
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            for code, label in labels.items():
                also.setdefault(fold(str(label)), str(code))
    return ChoiceSet({str(code): str(label) for code, label in labels.items()}, also)


def yes_or_no() -> ChoiceSet:
    """Return the two answers of a column that is true or not."""
    return labelled({"yes": pgettext_lazy("in a cell", "Yes"), "no": pgettext_lazy("in a cell", "No")})


def clear_words() -> frozenset[str]:
    """Return the words that clear a value, in all interface languages."""
    return _clear_words(tuple(code for code, _ in settings.LANGUAGES))


def clear_word() -> str:
    """Return the word that clears a value, in the active language."""
    return pgettext("written in a cell of a workbook to empty a value", "(clear)")


@cache
def _clear_words(languages: tuple[str, ...]) -> frozenset[str]:
    words = {"(clear)"}
    for language in languages:
        with translation.override(language):
            words.add(fold(clear_word()))
    return frozenset(words)


@cache
def _accepted(kind: Kind, languages: tuple[str, ...]) -> dict[str, str]:
    found = {fold_heading(column.key): column.key for column in kind.columns}
    for language in languages:
        with translation.override(language):
            for column in kind.columns:
                found.setdefault(fold_heading(str(column.label)), column.key)
    return found
