"""The glossary: how something is called in a language, and which words are avoided. Pure rules.

What the people concerned read is worded otherwise than what is written about them: an entry may hold for one audience.
"""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

WITHOUT_SPACES: Final = frozenset({"zh", "ja", "th"})
"""Languages that are written without spaces: there a word is found within others."""
ANY_ENDING: Final = "*"


class Audience(StrEnum):
    """Whom an entry holds for: who reads the words."""

    EVERYBODY = ""
    PUBLIC = "public"
    """Readers of open courses: young people, workers, parents, the people concerned."""
    INTERNAL = "internal"
    """People whose work asks for the training."""
    TITLE = "title"
    """Whoever looks over a reader's shoulder: what stands in tabs, mails, lists and on certificates."""


@dataclass(frozen=True, slots=True)
class Term:
    """One concept in one language for one audience.

    ``concept`` is a code that all languages share. ``preferred`` may be "": then the words are only avoided.
    ``avoided`` are words or phrases; ``*`` before or after one stands for any beginning or ending.
    """

    language: str
    concept: str
    audience: Audience
    preferred: str
    avoided: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Misuse:
    """An avoided word that stands in a text, and the entry that says what to write instead."""

    term: Term
    word: str


def in_force(terms: Iterable[Term], *, audiences: Sequence[Audience]) -> list[Term]:
    """Return for each concept the entry of the first of ``audiences`` that has one, in the order of concepts.

    An entry for an audience takes the whole place of the one for everybody.
    """
    rank = {audience: place for place, audience in enumerate(audiences)}
    best: dict[str, Term] = {}
    for term in terms:
        held = best.get(term.concept)
        if term.audience in rank and (held is None or rank[term.audience] < rank[held.audience]):
            best[term.concept] = term
    return [best[concept] for concept in sorted(best)]


def misuses(text: str, terms: Iterable[Term]) -> list[Misuse]:
    """Return the avoided words that stand in ``text``, each entry's in their order; each word once.

    A preferred term may contain an avoided word: where it stands in the preferred term, it is not meant.
    """
    found = []
    said = _plain(text)
    for term in terms:
        allowed = _spans(said, term.preferred, term.language)
        for word in term.avoided:
            standing = _spans(said, word, term.language)
            if any(not _within(span, allowed) for span in standing):
                found.append(Misuse(term, word))
    return found


def mentioned(source: str, terms: Iterable[Term]) -> set[str]:
    """Return the concepts that a source text speaks of, by any word of its own language's entries."""
    said = _plain(source)
    return {
        term.concept
        for term in terms
        if any(_spans(said, word, term.language) for word in (term.preferred, *term.avoided))
    }


def hints(concepts: Collection[str], terms: Iterable[Term]) -> list[Term]:
    """Return the entries of ``terms`` about ``concepts``, by concept, the one for everybody first."""
    about = [term for term in terms if term.concept in concepts]
    return sorted(about, key=lambda term: (term.concept, term.audience.value))


def in_a_line(term: Term) -> str:
    """Return the entry as translators read it beside a text: ``Glossary: la traite (not: trafic humain)``."""
    whom = f", {term.audience.value}" if term.audience else ""
    avoided = ", ".join(term.avoided)
    words = f"{term.preferred} (not: {avoided})" if term.preferred and avoided else term.preferred or f"not: {avoided}"
    return f"Glossary{whom}: {words}. {term.note}".rstrip(". ") + "."


def _spans(said: str, word: str, language: str) -> list[tuple[int, int]]:
    """Return where ``word`` stands in ``said``, which is plain, as half-open positions."""
    sought = _plain(word.strip(ANY_ENDING))
    if not sought or sought not in said:
        return []
    joined = language.split("-")[0].lower() in WITHOUT_SPACES
    opens, ends = joined or word.startswith(ANY_ENDING), joined or word.endswith(ANY_ENDING)
    found = []
    start = said.find(sought)
    while start >= 0:
        end = start + len(sought)
        begins_word = opens or start == 0 or not _is_letter(said[start - 1])
        ends_word = ends or end == len(said) or not _is_letter(said[end])
        if begins_word and ends_word:
            found.append((start, end))
        start = said.find(sought, start + 1)
    return found


def _within(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").casefold().split())


def _is_letter(character: str) -> bool:
    # Vowel signs are marks: without them a word of Gurmukhi or Devanagari would end in its middle.
    return unicodedata.category(character)[0] in "LMN"
