"""An undo goes field by field: what was edited since wins and is named."""

import pytest

from people.workbooks.undoing import undone


@pytest.mark.one_profile
def test_only_what_the_upload_changed_and_nobody_edited_goes_back() -> None:
    before = {"a": "1", "b": "1", "c": "1", "d": "1", "gone": "1"}
    after = {"a": "2", "b": "2", "c": "1", "d": "2", "new": "2", "newer": "2"}
    now = {"a": "2", "b": "3", "c": "3", "d": "1", "new": "2", "newer": "3", "added": "3"}
    values, kept = undone(before, after, now)
    assert values == {**now, "a": "1", "gone": "1", "new": None}
    assert kept == ["b", "newer"]
    # Done again with what it left, it does nothing more.
    assert undone(before, after, values) == (values, ["b", "newer"])
