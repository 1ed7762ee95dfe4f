"""Reading the rules: a YAML file of words for each language, and one of structure for all.

A pattern is a regular expression in which ``<name>`` stands for any of the words under ``lists: name``, and a blank
for any white space (`` ?``: or none). ``guarded`` patterns do not hold where the sentence, its heading or what leads to it denies them
(``denials``); ``still`` are turns that look like a denial and are none ("do not hesitate"). Whose script is written
without spaces, or with signs that Python takes for no part of a word, writes patterns without ``\\b``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from courses.harm.document import Use
from courses.harm.findings import Severity
from courses.harm.looks import seen

_FOLDER: Final = Path(__file__).resolve().parent / "words"
# A blank that may be left out ("80 ?%") is no white space or any.
_BLANK: Final = re.compile(r" (\?)?")
_LIST_NAME: Final = re.compile(r"<([a-z_]+)>")
# Apostrophes and quotation marks come in several shapes; rules are written with the plain ones.
_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00a0": " "})


def plain(text: str) -> str:
    """Return ``text`` as a reader sees it, with the plain apostrophe, quotation mark and space."""
    return seen(text).translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about words: ``patterns`` hold anywhere, ``guarded`` ones unless denied; ``uses``: where it looks."""

    code: str
    severity: Severity
    why: str
    suggestion: str
    uses: frozenset[Use]
    patterns: tuple[re.Pattern[str], ...]
    guarded: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    dated_is_enough: bool


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of one language, and how it says no. ``rules`` is empty where nobody wrote any yet."""

    language: str
    rules: tuple[Rule, ...]
    denials: re.Pattern[str] | None
    still: re.Pattern[str] | None
    turns: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class StructureRule:
    """What a finding about the whole says."""

    code: str
    severity: Severity
    why: str
    suggestion: str


@cache
def rule_book(language: str) -> RuleBook:
    """Return the rules of ``language``: ``fr-CA`` has those of ``fr``, ``zh-Hant`` has its own."""
    for name in dict.fromkeys((language.lower(), language.partition("-")[0].lower())):
        file = _FOLDER / f"{name}.yaml"
        if re.fullmatch(r"[a-z]{2,3}(?:-[a-z]{4})?", name) and file.is_file():
            data = yaml.safe_load(file.read_text(encoding="utf-8"))
            rules = [{**_common().get(each["rule"], {}), **each} for each in data["rules"]]
            return read_rule_book(language, {**data, "rules": rules})
    return RuleBook(language, (), None, None, None)


def languages_with_rules() -> list[str]:
    """Return the codes of the languages that rules of words are written for."""
    return sorted(file.stem for file in _FOLDER.glob("*.yaml") if file.stem != "structure")


@cache
def _common() -> Mapping[str, Mapping[str, Any]]:
    """Return, by rule, what the files of other languages leave out: it is the same in all, and stands in the English one."""
    data = yaml.safe_load((_FOLDER / "en.yaml").read_text(encoding="utf-8"))
    own = {"patterns", "guarded", "unless"}
    return {each["rule"]: {name: what for name, what in each.items() if name not in own} for each in data["rules"]}


def read_rule_book(language: str, data: Mapping[str, Any]) -> RuleBook:
    """Return the rules in ``data``, the content of a file of words.

    Raises:
        KeyError: a pattern names a list that is not there, or a rule lacks what every rule has.
    """
    lists = {name: _alternatives(words, {}) for name, words in data["lists"].items()}
    # Lists may be made of lists that stand before them.
    for name, words in data["lists"].items():
        lists[name] = _alternatives(words, lists)

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(_expanded(pattern, lists), re.IGNORECASE)

    def any_of(name: str) -> re.Pattern[str]:
        return compiled("|".join(f"(?:{each})" for each in data[name]))

    rules = tuple(
        Rule(
            code=each["rule"],
            severity=Severity(each["severity"]),
            why=each["why"],
            suggestion=each["suggestion"],
            uses=frozenset(Use(use) for use in each["uses"]),
            patterns=tuple(compiled(pattern) for pattern in each.get("patterns", ())),
            guarded=tuple(compiled(pattern) for pattern in each.get("guarded", ())),
            unless=compiled("|".join(f"(?:{one})" for one in each["unless"])) if "unless" in each else None,
            dated_is_enough=bool(each.get("dated_is_enough", False)),
        )
        for each in data["rules"]
    )
    return RuleBook(language, rules, any_of("denials"), any_of("still"), any_of("turns"))


def _alternatives(words: list[str], lists: Mapping[str, str]) -> str:
    return "(?:" + "|".join(_LIST_NAME.sub(lambda found: lists.get(found[1], "(?!)"), word) for word in words) + ")"


def _expanded(pattern: str, lists: Mapping[str, str]) -> str:
    named = _LIST_NAME.sub(lambda found: lists[found[1]], pattern)
    return _BLANK.sub(lambda found: r"\s*" if found[1] else r"\s+", named)


@cache
def structure_rules() -> Mapping[str, StructureRule]:
    """Return the rules of structure by their codes; they hold in every language."""
    data = yaml.safe_load((_FOLDER / "structure.yaml").read_text(encoding="utf-8"))
    return {
        each["rule"]: StructureRule(each["rule"], Severity(each["severity"]), each["why"], each["suggestion"])
        for each in data["rules"]
    }
