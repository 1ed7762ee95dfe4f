"""Orders, pairs and stories as lines of one cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.part_lines import (
    ChoiceText,
    LineFault,
    PartText,
    items_of,
    lines_of_pairs,
    lines_of_story,
    one_line,
    pairs_of,
    story_of,
)

WORDS = st.text(st.sampled_from("ab >[]|\\-()1.=\u0a38"), min_size=1, max_size=12).map(one_line).filter(bool)
TEXT = st.lists(WORDS, max_size=3).map("\n".join)
NAMES = st.text(st.sampled_from("abc-1"), min_size=1, max_size=4)
CHOICES = st.builds(
    ChoiceText, WORDS.filter(lambda text: "->" not in text), NAMES, st.sampled_from(["0", "0.5", "1"]), TEXT
)
STORIES = st.lists(st.builds(PartText, NAMES, TEXT, st.lists(CHOICES, max_size=3).map(tuple)), max_size=4)


@given(STORIES)
def test_stories_come_back_as_they_went(story):
    assert story_of(lines_of_story(story)) == story


@given(st.lists(st.tuples(WORDS, WORDS).filter(lambda pair: not any(side.endswith("\\") for side in pair)), max_size=4))
def test_pairs_come_back_as_they_went(pairs):
    assert pairs_of(lines_of_pairs(pairs)) == pairs


def test_items_are_lines_that_say_something():
    assert items_of("Look\n\n  Listen  well \n") == ["Look", "Listen well"]


def test_a_story_is_read_as_people_type_it():
    assert story_of("[ a ]\nHe waits.\n\nLong.\n>Go->b( 0,5 )\n> Stay   here -> a-2\nWhy.\n[b]") == [
        PartText(
            "a", "He waits.\n\nLong.", (ChoiceText("Go", "b", "0.5"), ChoiceText("Stay here", "a-2", "0", "Why."))
        ),
        PartText("b", ""),
    ]


@pytest.mark.parametrize(
    ("cell", "line"),
    [("Once", 1), ("[a]\nHe waits.\n> Go", 3), ("> Go -> b", 1), ("[a]\n> Go -> b (2)", 2), ("\n\nOnce", 3)],
)
def test_a_line_of_a_story_that_cannot_be_read_is_named(cell, line):
    with pytest.raises(LineFault) as fault:
        story_of(cell)
    assert fault.value.line == line


@pytest.mark.parametrize(("cell", "line"), [("a | b\n\nc", 3), ("a | b | c", 1), ("a |", 1), ("| b", 1)])
def test_a_line_that_is_no_pair_is_named(cell, line):
    with pytest.raises(LineFault) as fault:
        pairs_of(cell)
    assert fault.value.line == line
