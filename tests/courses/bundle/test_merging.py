"""Two changed copies and what both were made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.bundle.merging import merge

BASE = {"title": "a", "body": [{"type": "text", "value": "one"}, {"type": "note", "value": "two"}], "live": True}


@pytest.mark.parametrize(
    ("ours", "theirs", "form", "conflicts"),
    [
        (BASE, {**BASE, "title": "b"}, {**BASE, "title": "b"}, ()),
        ({**BASE, "title": "b"}, BASE, {**BASE, "title": "b"}, ()),
        ({**BASE, "title": "b"}, {**BASE, "live": False}, {**BASE, "title": "b", "live": False}, ()),
        ({**BASE, "title": "b"}, {**BASE, "title": "b"}, {**BASE, "title": "b"}, ()),
        ({**BASE, "title": "b"}, {**BASE, "title": "c"}, {**BASE, "title": "b"}, ("title",)),
        ({**BASE, "live": 1}, {**BASE, "live": False}, {**BASE, "live": 1}, ("live",)),
        ({**BASE, "new": 1}, {**BASE, "other": 2}, {**BASE, "new": 1, "other": 2}, ()),
    ],
)
def test_keys_are_brought_together(ours, theirs, form, conflicts):
    merged = merge(BASE, ours, theirs)
    assert (merged.form, merged.conflicts) == (form, conflicts)


def body(*blocks):
    return {**BASE, "body": [{"type": kind, "value": value} for kind, value in blocks]}


def test_blocks_in_the_same_places_are_brought_together():
    merged = merge(BASE, body(("text", "mine"), ("note", "two")), body(("text", "one"), ("note", "yours")))
    assert (merged.form, merged.conflicts) == (body(("text", "mine"), ("note", "yours")), ())


def test_a_block_that_both_changed_is_named():
    ours = body(("text", "mine"), ("note", "two"))
    merged = merge(BASE, ours, body(("text", "yours"), ("note", "new")))
    assert merged.conflicts == ("body/1/value",)
    assert merged.form == body(("text", "mine"), ("note", "new"))


def test_lists_of_other_things_are_taken_whole():
    ours = body(("text", "mine"), ("note", "two"))
    assert merge(BASE, ours, body(("text", "one"))).conflicts == ("body",)
    assert merge(BASE, ours, body(("sign", "one"), ("note", "two"))).conflicts == ("body",)


def test_what_has_no_base_is_a_conflict():
    assert merge(None, {"a": 1}, {"a": 2}).conflicts == ("",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON, JSON)
def test_one_side_alone_is_taken_and_sides_agree_on_conflicts(base, ours, theirs):
    assert merge(base, ours, base).form == ours
    assert merge(base, base, theirs).form == theirs
    assert merge(base, ours, ours).conflicts == ()
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.conflicts == other.conflicts or sorted(one.conflicts) == sorted(other.conflicts)
    if not one.conflicts:
        assert one.form == other.form
