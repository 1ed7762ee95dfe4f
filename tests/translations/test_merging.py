import pytest

from translations.merging import Carried, CarriedSegment, Known, Merged, Outcome, carry_over, merge


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("a", "a", "a", Merged("a", Outcome.SAME)),
        ("a", "a", "b", Merged("b", Outcome.TAKEN)),
        ("a", "b", "a", Merged("b", Outcome.KEPT)),
        ("a", "b", "b", Merged("b", Outcome.SAME)),
        ("a", "b", "c", Merged("b", Outcome.CONFLICT, "c")),
        ("a", "b", "", Merged("b", Outcome.KEPT)),
        ("a", "a", "", Merged("a", Outcome.KEPT)),
        ("a", "", "a", Merged("a", Outcome.TAKEN)),
        ("", "", "b", Merged("b", Outcome.TAKEN)),
        ("", "", "", Merged("", Outcome.SAME)),
        (None, "b", "c", Merged("b", Outcome.CONFLICT, "c")),
        (None, "", "c", Merged("c", Outcome.TAKEN)),
        (None, "b", "", Merged("b", Outcome.KEPT)),
    ],
)
def test_three_way_merge(base, ours, theirs, expected):
    assert merge(base=base, ours=ours, theirs=theirs) == expected


def test_a_translation_goes_with_its_words():
    known = {
        "a": Known("One", "Un"),
        "b": Known("Two", "Deux"),
        "c": Known("Three", "Trois"),
        "d": Known("Yes", "Oui"),
        "e": Known("Yes", "Si"),
        "f": Known("Six", ""),
    }
    now = {"a": "One", "x": "Two", "c": "Three!", "y": "Yes", "f": "Six", "e": "Yes"}
    assert carry_over(known=known, now=now) == {
        "a": CarriedSegment("Un", "One", Carried.SAME),
        "x": CarriedSegment("Deux", "Two", Carried.MOVED),
        "c": CarriedSegment("Trois", "Three", Carried.STALE),
        "y": CarriedSegment("", "Yes", Carried.MISSING),
        "f": CarriedSegment("", "Six", Carried.MISSING),
        "e": CarriedSegment("Si", "Yes", Carried.SAME),
    }
