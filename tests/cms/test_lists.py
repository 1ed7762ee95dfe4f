"""Lists inside of sentences."""

import pytest

from cms import lists


def test_parts_are_set_apart_by_the_language_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lists.listed(["one", 2]) == "one, 2"
    assert lists.listed([]) == ""
    assert [lists.listed_with(parts, "or") for parts in ([], ["one"], ["one", "two"], ["one", "two", "three"])] == [
        "", "one", "one or two", "one, two or three",
    ]  # fmt: skip
    said = {("between the parts of a list", ", "): "، "}
    monkeypatch.setattr(lists, "pgettext", lambda context, text: said[context, text])
    assert lists.listed(["أ", "ب"]) == "أ، ب"
    assert lists.listed_with(["أ", "ب", "ج"], "أو") == "أ، ب أو ج"
