"""The rules of words: what they find, and what they leave alone."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from courses.harm import Document, Passage, Place, Use, lint, rule_book
from courses.harm.draft import read_draft

_HERE = Path(__file__).parent


def _read(name: str) -> Any:
    return yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))


def found(text: str, language: str = "en") -> set[str]:
    return {finding.rule for finding in lint(read_draft(text, language=language))}


def test_all_of_the_planted_corpus_is_found_by_the_rule_it_was_planted_for() -> None:
    planted = [(rule, sentence) for rule, sentences in _read("planted.yaml").items() for sentence in sentences]
    assert len(planted) == 60
    assert [pair for pair in planted if pair[0] not in found(pair[1])] == []


def test_what_the_curriculum_teaches_is_left_alone() -> None:
    assert [(sentence, found(sentence)) for sentence in _read("harmless.yaml") if found(sentence)] == []


@pytest.mark.parametrize(
    ("name", "language"),
    [
        *(("second.yaml", "en"), ("third.yaml", "en"), ("fourth.yaml", "en"), ("french.yaml", "fr")),
        *(("fifth.yaml", language) for language in _read("fifth.yaml")),
    ],
)
def test_sentences_written_after_the_rules(name: str, language: str) -> None:
    sentences = _read(name)
    sentences = sentences.get(language, sentences)
    assert [each for each in sentences["bad"] if not found(each, language)] == []
    assert [each for each in sentences["good"] if found(each, language)] == []


@pytest.mark.parametrize("language", list(_read("stranger.yaml")))
def test_a_strangers_sentences_are_found_and_what_stands_near_them_is_not(language: str) -> None:
    sentences = _read("stranger.yaml")[language]
    assert len(sentences["innocent"]) >= 10
    assert [each for some in sentences["bad"].values() for each in some if not found(each, language)] == []
    assert [(each, found(each, language)) for each in sentences["innocent"] if found(each, language)] == []


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Some 70% of victims are girls.", {"number-without-source"}),
        ("Some 70 % of victims are girls.", {"number-without-source"}),
        ("Alt text: a face in tears", {"sensational-image"}),
        ('He asks: "Why did she not simply run away?"', set()),
        ("Why did she not simply run away?", {"blaming"}),
        ("Under the Employment Standards Act of 2024 every farm must by law register.", set()),
        ("Every farm must by law register.", {"law-without-source"}),
    ],
)
def test_blanks_labels_and_quotations(text: str, rules: set[str]) -> None:
    assert found(text) == rules


@pytest.mark.parametrize("language", ["es", "tl", "ar", "pa", "zh-Hans", "zh-Hant"])
def test_other_languages_find_what_was_planted_by_its_rule_and_leave_the_rest_alone(language: str) -> None:
    planted = _read("other_languages.yaml")[language]
    good = planted.pop("good")
    assert set(planted) == {rule.code for rule in rule_book(language).rules}
    missed = [
        (rule, each) for rule, sentences in planted.items() for each in sentences if rule not in found(each, language)
    ]
    assert missed == []
    assert [(each, found(each, language)) for each in good if found(each, language)] == []


def test_each_script_of_chinese_has_its_own_rules_and_shares_what_they_say() -> None:
    simplified, traditional = rule_book("zh-hans"), rule_book("zh-Hant")
    assert (
        simplified.rules[0].patterns + simplified.rules[0].guarded
        != traditional.rules[0].patterns + traditional.rules[0].guarded
    )
    english = {rule.code: (rule.why, rule.severity, rule.uses) for rule in rule_book("en").rules}
    for rule in (*simplified.rules, *traditional.rules):
        assert (rule.why, rule.severity, rule.uses) == english[rule.code]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Watch for:\n- foreign accents\n- keys held by another", {"indicator-by-appearance"}),
        ("Do not look for:\n- foreign accents", set()),
        ("# What is no sign\n\nWatch for foreign accents.", set()),
        ("Do not judge by looks, but watch for foreign women.", {"indicator-by-appearance"}),
        ("Never ignore a foreign accent: it is a warning sign.", {"indicator-by-appearance"}),
        ("She was chained\nin the dark.", {"sensational-words"}),
        ("![](street.jpg)", {"image-without-words"}),
        ("", set()),
    ],
)
def test_context_decides(text: str, rules: set[str]) -> None:
    assert found(text) == rules


def test_a_wrong_answer_may_say_what_is_wrong_but_not_sensationally() -> None:
    place = Place("signs", "question one")
    document = Document(
        "en",
        (
            Passage(place, Use.WRONG, "Call the police, as she looks foreign."),
            Passage(place, Use.WRONG, "Her pimp sold her."),
        ),
    )
    assert [(each.rule, each.place) for each in lint(document)] == [("sensational-words", place)]


def test_a_language_without_rules_of_words_has_none() -> None:
    assert rule_book("de").rules == ()
    assert rule_book("../en").rules == ()
    assert rule_book("fr-CA").rules == rule_book("fr").rules


def test_a_finding_says_where_and_what_to_do() -> None:
    [finding] = lint(read_draft("# Signs\n\nAll is well. Victims often look foreign.", language="en"))
    assert (finding.sentence, str(finding.place)) == ("Victims often look foreign.", "line 3")
    assert finding.why
    assert finding.suggestion
