import copy
import logging

import pytest
from django.core import signing
from django.http import QueryDict

from assessments import stateless
from assessments.grading import grade_paper
from assessments.refusals import BadToken, TokenFault
from assessments.responses import field_name
from tests.assessments import frozen_samples as samples


@pytest.fixture
def quiz():
    return samples.sound_quiz()


def right_answers(paper):
    return {question["key"]: right_answer(question) for question in paper["questions"]}


def right_answer(question):
    match question["type"]:
        case "single":
            return next(option["id"] for option in question["options"] if option["correct"])
        case "multiple":
            return [option["id"] for option in question["options"] if option["correct"]]
        case "true_false":
            return question["answer"]
        case "scenario":
            return [f"{question['key']}-a1", f"{question['key']}-b1"]


def as_form(responses):
    """Return what a browser would post."""
    data = QueryDict(mutable=True)
    for key, response in responses.items():
        values = response if isinstance(response, list) else [response]
        data.setlist(field_name(key), [str(value).lower() if isinstance(value, bool) else value for value in values])
    return data


def test_paper_of_a_token_is_the_same_each_time(quiz):
    token = stateless.make_token(quiz)

    paper = stateless.paper_from_token(quiz, token)

    assert len(paper["questions"]) == 8
    assert stateless.paper_from_token(copy.deepcopy(quiz), token) == paper


def test_papers_of_two_readers_differ(quiz):
    papers = [stateless.paper_from_token(quiz, stateless.make_token(quiz)) for _ in range(6)]

    assert len({tuple(question["key"] for question in paper["questions"]) for paper in papers}) > 1


def test_token_tells_no_key_and_no_answer(quiz):
    content = signing.loads(stateless.make_token(quiz), salt="assessments.stateless")

    assert set(content) == {"s", "f", "q"}
    assert content["f"] == 1
    assert len(content["q"]) == 16


def test_right_form_passes(quiz):
    token = stateless.make_token(quiz)
    paper = stateless.paper_from_token(quiz, token)

    result = stateless.grade_post(quiz, token, as_form(right_answers(paper)))

    assert result == grade_paper(paper, right_answers(paper))
    assert (result.passed, result.shown_percent) == (True, 100)
    assert stateless.grade_token(quiz, token, right_answers(paper)) == result


def test_empty_form_fails_without_an_error(quiz):
    result = stateless.grade_post(quiz, stateless.make_token(quiz), QueryDict())

    assert (result.passed, result.points, len(result.unanswered)) == (False, 0, 8)


def test_second_paper_asks_other_questions(quiz):
    first = stateless.make_token(quiz)
    second = stateless.make_token(quiz, after=first)

    papers = [stateless.paper_from_token(quiz, token) for token in (first, second)]
    keys = [{question["key"] for question in paper["questions"]} for paper in papers]

    assert [paper["form"] for paper in papers] == [1, 2]
    assert keys[0] & keys[1] == set()


def test_papers_go_on_after_the_last_form(quiz):
    token = stateless.make_token(quiz)
    for _ in range(stateless.MAX_FORM):
        token = stateless.make_token(quiz, after=token)

    assert stateless.paper_from_token(quiz, token)["form"] == 1


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é:é:é", "=" * 10_000])
def test_malformed_token_is_refused(quiz, token):
    with pytest.raises(BadToken) as caught:
        stateless.paper_from_token(quiz, token)

    assert caught.value.fault is TokenFault.MALFORMED


def test_tampered_token_is_refused(quiz):
    token = stateless.make_token(quiz)
    forged = signing.dumps({"s": "seed", "f": 1, "q": "0" * 16}, key="not ours", salt="assessments.stateless")

    for bad in (forged, token[:-1] + ("A" if token[-1] != "A" else "B")):
        with pytest.raises(BadToken) as caught:
            stateless.grade_post(quiz, bad, QueryDict())
        assert caught.value.fault is TokenFault.MALFORMED


def test_token_of_another_purpose_is_refused(quiz):
    content = signing.loads(stateless.make_token(quiz), salt="assessments.stateless")

    with pytest.raises(BadToken) as caught:
        stateless.paper_from_token(quiz, signing.dumps(content, salt="something.else"))

    assert caught.value.fault is TokenFault.MALFORMED


def test_token_lives_24_hours(quiz, monkeypatch):
    monkeypatch.setattr(signing.time, "time", lambda: 1_000_000.0)
    token = stateless.make_token(quiz)

    monkeypatch.setattr(signing.time, "time", lambda: 1_000_000.0 + 24 * 3600)
    stateless.paper_from_token(quiz, token)

    monkeypatch.setattr(signing.time, "time", lambda: 1_000_000.0 + 24 * 3600 + 1)
    with pytest.raises(BadToken) as caught:
        stateless.paper_from_token(quiz, token)
    assert caught.value.fault is TokenFault.EXPIRED


def test_token_of_another_quiz_or_another_edition_is_refused(quiz):
    token = stateless.make_token(quiz)
    other_key = copy.deepcopy(quiz)
    options = other_key["questions"][0]["options"]
    options[0]["correct"], options[1]["correct"] = False, True

    for other in ({**quiz, "code": "other"}, {**quiz, "pass_percent": 50}, other_key):
        with pytest.raises(BadToken) as caught:
            stateless.paper_from_token(other, token)
        assert caught.value.fault is TokenFault.OTHER_QUIZ


def test_another_language_keeps_the_paper(quiz):
    token = stateless.make_token(quiz)
    french = copy.deepcopy(quiz)
    french["title"] = "Ce que vous avez appris"
    for question in french["questions"]:
        question |= {"stem": "<p>Que faites-vous ?</p>", "version": "0" * 12}

    keys = [question["key"] for question in stateless.paper_from_token(quiz, token)["questions"]]

    assert [question["key"] for question in stateless.paper_from_token(french, token)["questions"]] == keys


def test_nothing_is_logged(quiz, caplog):
    """No database is open to this test either: a query would fail it."""
    with caplog.at_level(logging.DEBUG):
        token = stateless.make_token(quiz)
        stateless.grade_post(quiz, token, as_form(right_answers(stateless.paper_from_token(quiz, token))))

    assert caplog.records == []
