"""How hard a text is to read, by a formula made for its language. Plain Python; a lint, not a judgement.

A formula counts words in sentences and syllables in words. It knows nothing of meaning: a text below the limit can
still be hard, and a name can push a good one above it.
"""

import re
from dataclasses import dataclass
from typing import Final

FORMULAS: Final = {"en": "Flesch–Kincaid", "fr": "Kandel–Moles", "es": "Fernández Huerta"}
HIGHEST_GRADE: Final = 8.0
"""English: a school grade; look.md asks for 6 to 8."""
LOWEST_EASE: Final = 60.0
"""French and Spanish: ease from 0 to 100; from 60 on it counts as plain."""
LONG_SENTENCE_WORDS: Final = 25
FEWEST_WORDS: Final = 100
"""Below that a formula says nothing worth reading."""

_SENTENCE_END: Final = re.compile(r"[.!?…]+(?=[\s\"'»”’)]|$)|\n+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS: Final = {
    "en": re.compile(r"[aeiouy]+"),
    "fr": re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+"),
    "es": re.compile(r"[aeouáéíóúü]+[iy]?|[iy]+(?=[^aeoáéóíú]|$)"),
}


@dataclass(frozen=True, slots=True)
class ReadingLevel:
    """What a formula says of a text. ``value`` is a grade (English) or an ease; ``is_hard`` beyond the limit."""

    formula: str
    value: float
    is_hard: bool
    long_sentences: tuple[str, ...]
    """Those of more than ``LONG_SENTENCE_WORDS`` words, the longest first."""


def reading_level(text: str, *, language: str) -> ReadingLevel | None:
    """Return how hard ``text`` is; None where there is no formula for the language, or too little text."""
    base = language.split("-")[0]
    sentences = [each for each in map(str.strip, _SENTENCE_END.split(text)) if _WORD.search(each)]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if base not in FORMULAS or len(words) < FEWEST_WORDS:
        return None
    in_sentence = len(words) / len(sentences)
    in_word = sum(syllables(word, language=base) for word in words) / len(words)
    match base:
        case "en":
            value = 0.39 * in_sentence + 11.8 * in_word - 15.59
        case "fr":
            value = 207 - 1.015 * in_sentence - 73.6 * in_word
        case _:
            value = 206.84 - 1.02 * in_sentence - 60 * in_word
    is_hard = value > HIGHEST_GRADE if base == "en" else value < LOWEST_EASE
    long = sorted(sentences, key=lambda each: -len(_WORD.findall(each)))
    return ReadingLevel(
        FORMULAS[base],
        round(value, 1),
        is_hard,
        tuple(each for each in long if len(_WORD.findall(each)) > LONG_SENTENCE_WORDS),
    )


def syllables(word: str, *, language: str) -> int:
    """Return about how many syllables a word of English, French or Spanish has: its groups of vowels, endings mute."""
    said = word.lower()
    count = len(_VOWELS[language].findall(said))
    if language == "en" and said.endswith(("e", "es", "ed")) and not said.endswith(("le", "les", "ted", "ded")):
        count -= 1
    if language == "fr" and re.search(r"[^aeiouyàâéèêîôû](?:e|es|ent)$", said):
        count -= 1
    return max(count, 1)
