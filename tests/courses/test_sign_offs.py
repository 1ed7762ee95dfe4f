"""What reviewers' words mean for a text, without a database."""

from dataclasses import replace

import pytest

from courses.sign_offs import Hindered, Hindrance, Said, against_assignment, against_release, needed


def said(verdict: str, content: str = "new", kind: str = "survivor", language: str = "en") -> Said:
    return Said(language, kind, "Wren", verdict, content)


NO = Hindered(Hindrance.SAID_NO, "survivor", "Wren")
BACK = Hindered(Hindrance.TAKEN_BACK, "survivor", "Wren")
UNSIGNED = Hindered(Hindrance.NOT_SIGNED, "survivor")


@pytest.mark.parametrize(
    ("words", "required", "against"),
    [
        ([], (), ()),
        ([], ("survivor",), (UNSIGNED,)),
        ([said("yes")], ("survivor",), ()),
        ([said("yes", "old")], (), ()),  # read an older text: no hindrance where none is asked for
        ([said("yes", "old")], ("survivor",), (UNSIGNED,)),
        ([said("yes", kind="legal")], ("survivor",), (UNSIGNED,)),
        ([said("yes", language="fr")], ("survivor",), (UNSIGNED,)),
        # Whoever takes reviewers on makes nobody speak for a Nation by calling them its reader.
        ([said("yes", kind="nation")], ("nation",), (Hindered(Hindrance.NOT_SIGNED, "nation"),)),
        ([replace(said("yes", kind="nation"), nation="Example Nation")], ("nation",), ()),
        ([said("no")], (), (NO,)),
        ([said("no", "old")], (), (NO,)),  # a no outlives the text it was said to
        ([said("no", language="fr")], (), ()),
        ([said("withdrawn", "old")], (), (BACK,)),
        ([said("declined")], (), ()),
        ([said("declined")], ("survivor",), (UNSIGNED,)),
        # Another's yes does not outweigh a no.
        ([said("no"), Said("en", "survivor", "Robin", "yes", "new")], ("survivor",), (NO,)),
    ],
)
def test_release(words, required, against):
    assert against_release(words, language="en", content="new", required=required, paid={0}) == against


@pytest.mark.parametrize(
    ("word", "is_paid", "against"),
    [
        (said("yes"), False, (Hindered(Hindrance.UNPAID, "survivor", "Wren"),)),
        (said("yes"), True, ()),
        (said("yes", "old"), False, ()),  # not relied on
        (said("declined"), False, ()),
        (replace(said("yes"), paid_elsewhere=True), False, ()),
    ],
)
def test_release_that_relies_on_a_review(word, is_paid, against):
    assert against_release([word], language="en", content="new", required=(), paid={0} if is_paid else ()) == against


@pytest.mark.parametrize(
    ("word", "is_held"),
    [
        (said("yes"), False),
        (said("declined"), False),
        (said("no", "served"), True),
        (said("no", "next"), False),  # a no to the draft of the next edition leaves the present one alone
        (said("no", "served", language="fr"), False),
        (said("withdrawn", "older"), True),
        (said("withdrawn", "older", language="fr"), True),
    ],
)
def test_assignment(word, is_held):
    assert against_assignment([word], released={("en", "served")}) == ((word,) if is_held else ())


def test_a_source_has_no_native_speaker_to_compare_it():
    assert needed(("native", "legal"), language="en", source_language="en") == ("legal",)
    assert needed(("native", "legal"), language="fr", source_language="en") == ("native", "legal")
