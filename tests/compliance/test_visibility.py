"""The employer's word for a standing."""

from datetime import date

import pytest

from compliance.standing import State
from compliance.visibility import LISTED_FIELDS, STATUS_LABELS, VISIBLE_FIELDS, Status, employer_status

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("state", "due_on", "status"),
    [
        ("assigned", date(2026, 12, 23), Status.ASSIGNED),
        ("assigned", date(2026, 12, 22), Status.DUE),
        ("in_progress", date(2026, 12, 23), Status.ASSIGNED),
        ("in_progress", date(2026, 11, 22), Status.DUE),
        ("overdue", date(2026, 11, 21), Status.OVERDUE),
        ("valid", date(2027, 1, 21), Status.DONE),
        ("valid", date(2027, 1, 20), Status.EXPIRING),
        ("renewable", date(2026, 11, 22), Status.EXPIRING),
        ("valid", None, Status.DONE),
        ("grace", date(2026, 11, 20), Status.EXPIRED),
        ("expired", date(2026, 11, 20), Status.EXPIRED),
        ("revoked", None, Status.EXPIRED),
        ("exempt", None, Status.EXEMPT),
        ("needs_date", None, Status.NEEDS_DATE),
        ("not_required", None, Status.NONE),
        ("lapsed", date(2020, 1, 1), Status.NONE),
    ],
)
def test_employer_status_of(state, due_on, status):
    assert employer_status(state, due_on, ON) is status


def test_every_state_of_the_standing_has_a_word():
    assert {employer_status(state, ON, ON) for state in State} <= set(STATUS_LABELS)


def test_in_progress_never_reads_otherwise_than_assigned():
    days = [date(2026, 11, 1), ON, date(2026, 12, 22), date(2027, 5, 1), None]
    assert [employer_status("in_progress", day, ON) for day in days] == [
        employer_status("assigned", day, ON) for day in days
    ]


@pytest.mark.parametrize(
    ("state", "due_on", "status"),
    [
        ("valid", date(2026, 11, 30), Status.DONE),
        ("renewable", date(2026, 11, 22), Status.DONE),
        ("grace", date(2026, 11, 20), Status.NONE),
        ("revoked", None, Status.NONE),
        ("lapsed", date(2020, 1, 1), Status.NONE),
    ],
)
def test_where_nothing_is_required_nothing_is_urgent(state, due_on, status):
    assert employer_status(state, due_on, ON, required=False) is status


def test_the_list_of_visible_fields_is_exactly_this():
    assert [field.key for field in VISIBLE_FIELDS] == [
        "employee_number",
        "name",
        "preferred_name",
        "email",
        "site",
        "role",
        "days_at_work",
        "course",
        "status",
        "due_on",
        "completed_on",
        "valid_through",
        "edition",
        "minutes_met",
        "acknowledged",
        "certificate",
        "adjustments",
        "in_person",
        "licences",
        "other_way",
        "reminder",
    ]


def test_the_columns_of_the_list_are_exactly_these():
    assert [field.key for field in LISTED_FIELDS] == [
        "employee_number",
        "name",
        "site",
        "role",
        "course",
        "status",
        "due_on",
        "completed_on",
        "valid_through",
    ]


def test_every_status_has_a_word_of_its_own():
    assert len({str(word) for word in STATUS_LABELS.values()}) == len(Status) == len(STATUS_LABELS)
