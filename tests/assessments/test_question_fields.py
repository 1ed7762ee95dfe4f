"""An undo of questions goes by field: by text of an option, by what is right, by the parts as one."""

from typing import Any

import pytest

from assessments.kinds.fields import columns_of, taken_back

pytestmark = pytest.mark.one_profile


def question(options: dict[str, str], right: str = "x", **more: Any) -> dict[str, Any]:
    return {
        "code": "first",
        "type": "single",
        "stem": "old",
        "answer": None,
        "options": [
            {"key": key, "text": text, "correct": key in right, "alarm": False, "feedback": ""}
            for key, text in options.items()
        ],
        **more,
    }


@pytest.mark.parametrize(
    ("before", "after", "now", "state", "kept"),
    [
        # Nobody edited it: all is as it was, with its own order.
        (
            question({"x": "1", "y": "2"}),
            question({"y": "2!", "x": "1", "z": "3"}, "y", stem="new"),
            question({"y": "2!", "x": "1", "z": "3"}, "y", stem="new"),
            question({"x": "1", "y": "2"}),
            [],
        ),
        # Another text of one option, and another right one, are somebody's own.
        (
            question({"x": "1", "y": "2"}),
            question({"x": "1!", "y": "2!"}, "y", stem="new"),
            question({"x": "1!", "y": "2?"}, "xy", stem="new"),
            question({"x": "1", "y": "2?"}, "xy"),
            ["right", "option_b"],
        ),
        # An option that came with the upload goes, unless it was edited; what the upload took away comes again.
        (
            question({"x": "1", "w": "0"}),
            question({"x": "1", "y": "2", "z": "3"}),
            question({"x": "1", "y": "2", "z": "3?"}),
            question({"x": "1", "w": "0", "z": "3?"}),
            ["option_c"],
        ),
        # True or false, and parts as one.
        (
            question({}, answer=True, items=[{"key": "i", "text": "1"}]),
            question({}, answer=False, items=[{"key": "i", "text": "2"}]),
            question({}, answer=False, items=[{"key": "i", "text": "3"}], stem="later"),
            question({}, answer=True, items=[{"key": "i", "text": "3"}], stem="later"),
            ["parts"],
        ),
    ],
)
def test_what_was_edited_stays_and_the_rest_goes_back(
    before: Any, after: Any, now: Any, state: Any, kept: list[str]
) -> None:
    assert taken_back(before, after, now) == (state, kept)
    assert columns_of(["stem", "order", "feedback y"], question({"x": "1", "y": "2"})) == [
        "stem",
        "option_a",
        "feedback_b",
    ]
