"""The check itself: each sentence against the rules of its language, the whole against those of structure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from courses.harm.document import Document, Passage, Place, Use
from courses.harm.findings import Finding
from courses.harm.rules import Rule, RuleBook, plain, rule_book, structure_rules

MIN_INNOCENT: Final = Fraction(1, 4)

# Chinese stops need no space after them; Arabic and Gurmukhi have stops of their own. Each run of stops is read once.
_SENTENCE: Final = re.compile(
    r".*?(?:(?<![.!?…؟।])[.!?…؟।]++[\"'”’»)\]]*+(?=\s)|(?<![。！？])[。！？]++[」』”’）]*+)|.+"
)
# Nobody writes longer ones. They are read in pieces that overlap, so that the time grows as the text does.
_LONGEST_CHARS: Final = 1000
_OVERLAP_CHARS: Final = 200
_LONGEST_LEAD_CHARS: Final = 300
# What somebody is quoted to say is theirs; a word alone in quotation marks is no quotation.
_QUOTED: Final = re.compile(r'([\w,:]\s*+)?"[^"\s]*+\s[^"]*+"')


def sentences(line: str) -> Iterator[str]:
    """Yield the sentences of a line as they are written; of a very long one, pieces."""
    for sentence in map(str.strip, _SENTENCE.findall(line.strip())):
        yield sentence[:_LONGEST_CHARS]
        for start in range(_LONGEST_CHARS, len(sentence), _LONGEST_CHARS - _OVERLAP_CHARS):
            yield sentence[start - _OVERLAP_CHARS : start - _OVERLAP_CHARS + _LONGEST_CHARS]


def lint(document: Document) -> list[Finding]:
    """Return every finding, the whole first, then in reading order; the same one in the same place once."""
    book = rule_book(document.language)
    found = [*_structure(document)]
    for passage in document.passages:
        found += _passage(passage, book)
    return list(dict.fromkeys(found))


def _structure(document: Document) -> Iterator[Finding]:
    rules = structure_rules()

    def missing(code: str, lesson: str = "", part: str = "") -> Finding:
        rule = rules[code]
        return Finding(rule.code, rule.severity, rule.why, "", Place(lesson, part), rule.suggestion)

    for passage in document.passages:
        if passage.use is Use.IMAGE and not passage.text.strip():
            yield missing("image-without-words", passage.place.lesson, passage.place.part)
    if document.lessons is None:
        return
    if not document.has_help_now:
        yield missing("help-now-missing")
    if not document.has_content_note:
        yield missing("content-note-missing")
    for lesson in document.lessons:
        if not lesson.has_content_note:
            yield missing("content-note-missing", lesson.code)
        if not lesson.has_sources:
            yield missing("sources-missing", lesson.code)
    # "rights" is a wrong at work that is no trafficking; only "innocent" measures false alarms.
    if document.verdicts.count("innocent") < len(document.verdicts) * MIN_INNOCENT:
        yield missing("too-few-innocent")
    if "labour" not in document.exploitation:
        yield missing("labour-missing")


def _passage(passage: Passage, book: RuleBook) -> Iterator[Finding]:
    rules = [rule for rule in book.rules if passage.use in rule.uses]
    if not rules:
        return
    heading = passage.heading[-_LONGEST_LEAD_CHARS:]
    heading_denies = _denies(plain(f"{heading}: "), book) if heading else False
    lead, lead_denies = "", False
    for line in passage.text.splitlines():
        shown = line.strip()
        for sentence in sentences(shown):
            read = _Sentence(plain(sentence), lead, heading_denies or lead_denies, book)
            for rule in rules:
                if read.breaks(rule) and not (rule.dated_is_enough and passage.dated):
                    yield Finding(rule.code, rule.severity, rule.why, sentence, passage.place, rule.suggestion)
        # "Watch for:" and "This is no sign:" reach to what follows in the same passage.
        if shown.endswith(":"):
            lead = plain(f"{shown[-_LONGEST_LEAD_CHARS:]} ")
            lead_denies = _denies(lead, book)
        elif not shown:
            lead, lead_denies = "", False


@dataclass(frozen=True)
class _Sentence:
    """A sentence after what leads to it; what all rules ask of it is found once."""

    text: str
    lead: str
    is_taken_back: bool
    book: RuleBook

    def breaks(self, rule: Rule) -> bool:
        # Hardly any sentence holds a word of a rule, so what excuses it is looked for last.
        return self._says(rule) and (rule.unless is None or not rule.unless.search(self.text))

    def _says(self, rule: Rule) -> bool:
        if any(pattern.search(self.text) for pattern in rule.patterns):
            return True
        return bool(rule.guarded) and any(pattern.search(said) for said in self.undenied for pattern in rule.guarded)

    @cached_property
    def undenied(self) -> tuple[str, ...]:
        """Its clauses that nothing takes back, each alone and after what leads to it."""
        if self.is_taken_back:
            return ()
        clauses = _clauses(_without_quotations(self.text), self.book)
        denied = [_denies(clause, self.book) for clause in clauses]
        # "Some look at accents, but that is no sign": what follows takes it back.
        kept = [
            clause
            for clause, denies, next_denies in zip(clauses, denied, [*denied[1:], False], strict=True)
            if not denies and not next_denies
        ]
        return tuple(dict.fromkeys(text for clause in kept for text in (clause, self.lead + clause)))


def _without_quotations(sentence: str) -> str:
    """Return ``sentence`` without what a word, a comma or a colon before it tells that somebody says."""
    return _QUOTED.sub(lambda found: f'{found[1]}"…"' if found[1] else found[0], sentence)


def _clauses(sentence: str, book: RuleBook) -> list[str]:
    return [part for part in book.turns.split(sentence) if part] if book.turns else [sentence]


def _denies(text: str, book: RuleBook) -> bool:
    if not text or book.denials is None or book.still is None:
        return False
    return book.denials.search(book.still.sub(" ", text)) is not None
