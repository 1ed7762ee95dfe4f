"""No word hides behind how it is written, and no text takes longer than its length."""

import time

import pytest

from courses.harm import lint
from courses.harm.draft import read_draft
from courses.harm.looks import seen

pytestmark = pytest.mark.one_profile

PLAIN = "Her pimp sold her."


@pytest.mark.parametrize(
    "hidden",
    [
        "Her pi\u200bmp sold her.",
        "Her p\u2060i\u00admp s\u200dold her.",
        "Her \u202bp\u200fimp\u202c sold her.",
        "Her \u202epmip\u202c sold her.",
        "Her рimр sоld hеr.",  # Cyrillic
        "Her ριmp sοld her.",  # Greek
        "Her ｐｉｍｐ sold her.",
        "Her 𝐩𝐢𝐦𝐩 𝓼𝓸𝓵𝓭 her.",
        "Her p\u0336i\u0336m\u0336p\u0336 sold her.",
        "Her pi\ufe0fmp s\u115fold her.",
        "Her **pi**m*p* so<b></b>ld <i class='x'>her</i>.",
        "Her [pimp](https://example.org) &#115;o&shy;ld her.",
    ],
)
def test_a_word_that_is_hidden_is_found(hidden: str) -> None:
    def rules(text: str) -> set[str]:
        return {each.rule for each in lint(read_draft(text, language="en"))}

    assert rules(hidden) == rules(PLAIN) == {"sensational-words"}


def test_what_looks_like_itself_stays() -> None:
    for text in ("ਫ਼ੈਕਟਰੀ", "مُتاجرة كـ", "受害者，是。", "Stó:lō, Ts’msyen", "été – 80 %"):
        assert seen(text).split() == text.split()
    assert seen("e\u0301te\u0301") == "été"


SHAPES = (
    ".", "?!", '"', '" ', '."', "![", "![](", "[", "[](", "[[a]", "<a ", "<", "“", "*_", "a\n", "a:\n- ", "# no\n", "a", "&#",
)  # fmt: skip


def test_time_grows_as_the_text_does() -> None:
    """What grew as a square took minutes for these."""
    began = time.perf_counter()
    for shape in SHAPES:
        read_draft(shape * (30_000 // len(shape)) + "x", language="en")
    for shape in (".", '" ', "1 ", "1,000 "):
        lint(read_draft(shape * (8_000 // len(shape)) + "x", language="en"))
    assert time.perf_counter() - began < 5


def test_a_sentence_longer_than_anybody_writes_is_read_to_its_end() -> None:
    for before in (0, 799, 995, 1795, 9990):
        [finding] = {each.rule for each in lint(read_draft(f"{'a ' * (before // 2)}her pimp sold her", language="en"))}
        assert finding == "sensational-words"
