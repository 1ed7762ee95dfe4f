import pytest
from django.http import QueryDict

from assessments.exceptions import BadResponse
from assessments.grading import check_response, grade_question
from assessments.responses import field_name, read_response
from tests.assessments import frozen_samples as samples


@pytest.mark.parametrize(
    ("kind", "sent", "response"),
    [
        ("single", "q-k=k-b", "k-b"),
        ("single", "", None),
        ("single", "q-other=k-b", None),
        ("multiple", "q-k=k-right&q-k=k-right2", ["k-right", "k-right2"]),
        ("multiple", "", None),
        ("true_false", "q-k=true", True),
        ("true_false", "q-k=false", False),
        ("true_false", "q-k=perhaps", "perhaps"),
        ("ordering", "q-k-k-1=2&q-k-k-2=3&q-k-k-3=1", ["k-3", "k-1", "k-2"]),
        ("ordering", "q-k-k-1=2&q-k-k-2=&q-k-k-3=1", ["k-3", "k-1"]),
        ("ordering", "q-k-k-1=-2&q-k-k-2=1234&q-k-k-3=x", None),
        ("matching", "q-k-k-l1=k-r2&q-k-k-l2=", {"k-l1": "k-r2"}),
        ("matching", "", None),
        ("scenario", "q-k=k-a1&q-k=k-b1", ["k-a1", "k-b1"]),
        ("reflection", "q-k=my+thoughts", None),
    ],
)
def test_response_is_read_from_a_form(kind, sent, response):
    assert read_response(samples.question("k", kind), QueryDict(sent)) == response


def test_two_items_at_one_place_are_refused():
    question = samples.question("k", "ordering")
    response = read_response(question, QueryDict("q-k-k-1=1&q-k-k-2=1&q-k-k-3=2"))

    assert response == ["k-2", "k-3"]
    with pytest.raises(BadResponse):
        check_response(question, response)


def test_right_answers_of_a_form_earn_the_point():
    ordering = samples.question("k", "ordering")

    response = read_response(ordering, QueryDict("q-k-k-1=1&q-k-k-2=2&q-k-k-3=3"))
    assert grade_question(ordering, response).right


def test_field_name_holds_the_key():
    assert field_name("hos-1") == "q-hos-1"
