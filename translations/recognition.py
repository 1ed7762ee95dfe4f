"""Which language words look like: by their script, by the source said over again, by words that fill sentences.

Plain Python. It tells the project's own languages apart and says nothing where it cannot tell: of names, short texts,
numbers, and of a sentence in one language that quotes another.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from translations.segments import SOURCE_LANGUAGE, normalise, without_marks

SCRIPTS: Final[dict[str, tuple[str, ...]]] = {
    "ar": ("ARABIC",),
    "fa": ("ARABIC",),
    "prs": ("ARABIC",),
    "ps": ("ARABIC",),
    "ur": ("ARABIC",),
    "pa": ("GURMUKHI",),
    "zh": ("CJK",),
    "ko": ("HANGUL", "CJK"),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "hi": ("DEVANAGARI",),
    "uk": ("CYRILLIC",),
    "ru": ("CYRILLIC",),
    "en": ("LATIN",),
    "fr": ("LATIN",),
    "es": ("LATIN",),
    "tl": ("LATIN",),
}
"""The scripts of languages, as Unicode's names of their letters begin. A language that is not here has any."""
FREQUENT: Final[dict[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": (
            "the and you it is to for what not of that or do can are your be with who they this one about them if has an"
            " there have he by from so was when does all want but would here where how then we will should these their"
        ),
        "fr": (
            "et vous est une qui des ce ne pas il ou elle être votre du dans cela plus au avec sur sont avez tout je cette"
            " même par quand sans où mais ils pouvez comme leur leurs ses aux ont nous ces chez donc aussi peut pour"
        ),
        "es": (
            "el una lo es usted su puede las con por los qué del está al quien más otra nada hay esta solo ella sin este"
            " cada ya cuando sus desde eso nunca hasta pero también sobre muy nos son tiene ser como donde porque hacer"
        ),
        "tl": (
            "ang sa ng na mga hindi mo ito kung walang isang ano ka niya nito nang siya nasa ay wala pa lahat iyon bawat"
            " dapat mula iyo sila sino kapag dahil nila rin din kaya upang namin natin ninyo kayo tayo pero kang itong ko"
        ),
    }.items()
}
"""Words that fill sentences, each many times more frequent in its own language than in the three others."""
_NAMED_BY_SCRIPT: Final = {"GURMUKHI": "pa", "ARABIC": "ar"}
_HAN: Final = {"zh-hans": ("gb2312", "big5"), "zh-hant": ("big5", "gb2312")}
"""Character sets that hold the one script of Chinese and leave out what only the other has."""
_TOLD: Final = frozenset([*FREQUENT, *_NAMED_BY_SCRIPT.values(), *_HAN])
_WORD: Final = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS: Final = 8
_LEAST_HAN: Final = 3
_LEAST_KNOWN_WORDS: Final = 3
_TIMES_THE_REST: Final = 3
_LEAST_SHARE: Final = 0.15
_LEAST_COPIED_WORDS: Final = 5
_LEAST_PIECES: Final = 5


@dataclass(frozen=True, slots=True)
class Recognised:
    """What pieces look like: how many like the language they are said to be in, and which like another, by name.

    Where nothing here tells that language from others, ``own`` counts what looks like none.
    """

    own: int
    others: dict[str, str]

    @property
    def mostly(self) -> str:
        """Return the other language that more pieces look like than like their own, "" where that is none."""
        language, count = max(Counter(self.others.values()).items(), key=lambda each: each[1], default=("", 0))
        return language if count >= _LEAST_PIECES and count > self.own else ""


def recognise(pieces: Iterable[tuple[str, str, str]], language: str) -> Recognised:
    """Return what ``pieces``, each with its name, source and translation into ``language``, look like."""
    own, others = 0, {}
    own_looks = language if language in _TOLD else ""
    for name, source, target in pieces:
        alike = looks_like(target)
        if other := _other(alike, source, target, language):
            others[name] = other
        elif alike == own_looks:
            own += 1
    return Recognised(own, others)


def _other(alike: str, source: str, target: str, language: str) -> str:
    if alike == language or (alike in _NAMED_BY_SCRIPT.values() and _scripts(alike) == _scripts(language)):
        return ""
    if alike:
        # A name of a language or a phrase to say aloud stands in its own script in every language.
        return "" if alike == looks_like(source) != SOURCE_LANGUAGE else alike
    copied = normalise(source) == normalise(target) and len(_WORD.findall(without_marks(source))) >= _LEAST_COPIED_WORDS
    return SOURCE_LANGUAGE if copied else ""


def looks_like(text: str) -> str:
    """Return the code of the language that ``text`` looks like, "" where that cannot be told."""
    bare = without_marks(text)
    scripts: Counter[str] = Counter()
    for letter, times in Counter(bare).items():
        if letter.isalpha():
            scripts[_script(letter)] += times
    script, count = max(scripts.items(), key=lambda each: each[1], default=("", 0))
    if script == "LATIN":
        return _by_words(bare)
    if script == "CJK":
        return _by_characters(bare)
    return _NAMED_BY_SCRIPT.get(script, "") if count >= _LEAST_LETTERS else ""


def _by_words(text: str) -> str:
    words = _WORD.findall(text.lower())
    different = set(words)
    found = {language: len(different & known) for language, known in FREQUENT.items()}
    language, count = max(found.items(), key=lambda each: each[1])
    rest = sum(found.values()) - count
    share = sum(word in FREQUENT[language] for word in words) / max(1, len(words))
    enough = count >= max(_LEAST_KNOWN_WORDS, _TIMES_THE_REST * rest) and share >= _LEAST_SHARE
    return language if enough else ""


def _by_characters(text: str) -> str:
    found = {language: _only_in(text, own, other) for language, (own, other) in _HAN.items()}
    language, count = max(found.items(), key=lambda each: each[1])
    rest = sum(found.values()) - count
    return language if count >= max(_LEAST_HAN, _TIMES_THE_REST * rest) else ""


def is_in_script(text: str, language: str) -> bool | None:
    """Whether ``text`` has a letter of the script of ``language``; None where nothing can be told.

    Chinese counts as in the other script where more of its characters are used in that one alone.
    """
    scripts = _scripts(language)
    letters = {each for each in without_marks(text) if each.isalpha()}
    if not letters or not scripts:
        return None
    if not any(_script(letter) in scripts for letter in letters):
        return False
    own, other = _HAN.get(language.lower(), ("", ""))
    return not own or _only_in(text, other, own) <= _only_in(text, own, other)


def _scripts(language: str) -> tuple[str, ...]:
    return SCRIPTS.get(language.split("-")[0].lower(), ())


@lru_cache(maxsize=20_000)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


def _only_in(text: str, charset: str, other: str) -> int:
    found = Counter(text).items()
    return sum(times for each, times in found if each.isalpha() and _has(charset, each) and not _has(other, each))


@lru_cache(maxsize=20_000)
def _has(charset: str, character: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
