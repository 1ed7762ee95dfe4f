"""What a browser sent."""

import pytest
from django.http import QueryDict

from cms.sent import number, word


def test_a_word_is_what_every_database_keeps() -> None:
    sent = QueryDict("why=no%00t%20so")
    assert (word(sent, "why"), word(sent, "else"), word(sent, "else", "before")) == ("not so", "", "before")


@pytest.mark.parametrize(
    ("text", "found"), [("7", 7), ("-7", 0), ("7.5", 0), ("٧", 0), ("9" * 18, 10**18 - 1), ("9" * 19, 0), ("", 0)]
)
def test_a_number_fits_a_key_or_is_none(text: str, found: int) -> None:
    sent = QueryDict(mutable=True)
    sent["key"] = text
    assert number(sent, "key") == found
    assert number(sent, "another") == 0
