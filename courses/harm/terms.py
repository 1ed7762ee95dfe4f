"""The glossary against a text: words that its language avoids for these readers."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from courses.harm.document import Document, Passage, Use
from courses.harm.findings import Finding, Severity
from courses.harm.linter import sentences
from courses.harm.looks import seen
from translations.glossary import Audience, Misuse, Term, in_force, misuses

RULE: Final = "avoided-word"
# What nobody should do, and answers that are wrong, may say the word in order to advise against it.
_QUOTING: Final = frozenset({Use.NEVER, Use.WRONG})
_TITLES: Final = frozenset({"course, title", "title"})
# A word in quotation marks is spoken about.
_QUOTED: Final = re.compile(r'"[^"]*+"|“[^“”]*+”|«[^«»]*+»|‘[^‘’]*+’|「[^「」]*+」')


def term_findings(document: Document, terms: Collection[Term], *, audience: Audience) -> list[Finding]:
    """Return a finding for each avoided word of ``terms`` in ``document``, written for ``audience``.

    Titles have entries of their own, since others than the reader see them.
    """
    inside = in_force(terms, audiences=(audience, Audience.EVERYBODY))
    titles = in_force(terms, audiences=(Audience.TITLE, audience, Audience.EVERYBODY))
    found: list[Finding] = []
    for passage in document.passages:
        if passage.use not in _QUOTING:
            is_title = passage.place.part in _TITLES
            found += _passage(passage, titles if is_title else inside)
    return list(dict.fromkeys(found))


def _passage(passage: Passage, terms: list[Term]) -> Iterator[Finding]:
    for line in passage.text.splitlines():
        for sentence in sentences(line):
            for misuse in misuses(_QUOTED.sub(" ", seen(sentence)), terms):
                yield Finding(RULE, Severity.MEDIUM, _why(misuse), sentence, passage.place, _suggestion(misuse.term))


def _why(misuse: Misuse) -> str:
    return f'The glossary avoids "{misuse.word.strip("*")}" here.'


def _suggestion(term: Term) -> str:
    say = f'Say "{term.preferred}".' if term.preferred else "Say it otherwise."
    return f"{say} {term.note}".strip()
