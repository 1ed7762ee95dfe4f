"""JSON of others."""

import pytest

from cms.strict_json import MOST_DEPTH, load_strictly

pytestmark = pytest.mark.one_profile


def test_what_can_be_kept_is_read() -> None:
    assert load_strictly(b'{"a": ["\\\\u0000 \\ud83d\\ude00", 1.5, null]}') == {"a": ["\\u0000 😀", 1.5, None]}
    assert load_strictly("[" * MOST_DEPTH + "]" * MOST_DEPTH)


@pytest.mark.parametrize(
    "raw",
    [
        '{"a": 1, "a": 2}',
        '["\\u0000"]',
        '["\\ud800"]',
        '{"\\ud800": 1}',
        "[NaN]",
        "[-Infinity]",
        "[1e999]",
        "[" * (MOST_DEPTH + 2) + "]" * (MOST_DEPTH + 2),
        "[" * 100_000,
        "[" + "9" * 5000 + "]",
        b"\xff",
        "",
    ],
)
def test_what_is_two_things_or_cannot_be_kept_is_refused(raw: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever it is, it is one
        load_strictly(raw)
