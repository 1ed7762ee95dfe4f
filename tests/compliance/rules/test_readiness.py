"""Whether a training does what a rule asks."""

import pytest

from compliance.rules.reader import SHIPPED, read_packs
from compliance.rules.readiness import CourseFacts, State, all_met, conditions_of, coverage

BOOK = read_packs(SHIPPED)
RULES = {rule.code: rule for pack in BOOK.packs for rule in pack.rules}
TOPICS = {topic.code: topic for topic in BOOK.topics}
LESSONS = frozenset({"core-facts", "our-building", "floors-and-tables", "act", "fair-work", "after"})


def hotel_course(**changes):
    facts = {"code": "hospitality", "minimum_minutes": 20, "is_interactive": True, "edition": 2, "lessons": LESSONS}
    return CourseFacts(**{**facts, **changes})


def states(code, *courses, **statements):
    said = {name.replace("_", "-"): is_met for name, is_met in statements.items()}
    return {it.name: it.state for it in conditions_of(RULES[code], TOPICS, courses, said)}


def test_minutes_and_questions_of_the_hotel_course_do_for_california_but_its_lines_do_not():
    assert states("us-ca-hotel", hotel_course()) == {
        "minimum-minutes": State.MET,
        "topics": State.NOT_MET,
        "interactive": State.MET,
    }


def test_gaps_are_named_with_the_lesson_that_speaks_of_another_place():
    found = {it.topic.code: it for it in coverage(RULES["us-ca-hotel"], TOPICS, [hotel_course()])}
    assert {code for code, it in found.items() if it.is_gap} == {
        "definition",
        "child-exploitation",
        "reporting",
        "contacts",
    }
    assert found["contacts"].elsewhere == (("hospitality", "act"),)
    assert found["at-risk"].lessons == (("hospitality", "core-facts"),)


def test_a_lesson_that_is_not_in_the_current_edition_covers_nothing():
    found = coverage(RULES["us-ca-hotel"], TOPICS, [hotel_course(lessons=LESSONS - {"core-facts"})])
    assert [it.topic.code for it in found if it.topic.code == "at-risk" and it.is_gap] == ["at-risk"]


def test_a_lesson_about_canada_covers_a_topic_in_ontario():
    school = CourseFacts("schools", 0, True, 1, frozenset({"why-schools", "see", "listen", "report"}))
    gaps = [it.topic.code for it in coverage(RULES["ca-on-ppm166"], TOPICS, [school]) if it.is_gap]
    assert gaps == ["reporting"]  # its lesson on reporting is for British Columbia


@pytest.mark.parametrize(("minutes", "state", "have"), [(19, State.NOT_MET, 19), (20, State.MET, 20)])
def test_a_training_has_to_be_long_enough(minutes, state, have):
    condition = conditions_of(RULES["us-ca-hotel"], TOPICS, [hotel_course(minimum_minutes=minutes)], {})[0]
    assert (condition.state, condition.have, condition.need) == (state, have, 20)


@pytest.mark.parametrize(
    ("editions", "state"),
    [(frozenset(), State.NOT_MET), (frozenset({1}), State.NOT_MET), (frozenset({1, 2}), State.MET)],
)
def test_an_approval_counts_for_its_edition_alone(editions, state):
    assert states("us-tx-lodging", hotel_course(approved_editions=editions))["approved-course"] is state


def test_a_course_that_was_never_released_is_not_approved():
    assert states("us-tx-lodging", hotel_course(edition=None))["approved-course"] is State.NOT_MET


def test_without_a_training_nothing_is_met():
    assert set(states("us-tx-lodging").values()) == {State.UNKNOWN, State.NOT_MET}


@pytest.mark.parametrize(
    ("said", "state"), [({}, State.UNKNOWN), ({"paid_time": True}, State.MET), ({"paid_time": False}, State.NOT_MET)]
)
def test_what_only_the_employer_knows_is_unknown_until_said(said, state):
    assert states("us-ny-lodging", hotel_course(), **said)["paid-time"] is state


def test_all_is_met_only_when_everything_is():
    good = hotel_course(approved_editions=frozenset({2}))
    open_one = conditions_of(RULES["us-ny-lodging"], TOPICS, [good], {"paid-time": True})
    assert not all_met(open_one)
    assert all_met([it for it in open_one if it.state is State.MET])


def test_where_people_take_only_some_courses_nothing_is_met_by_all_of_them():
    good = hotel_course(approved_editions=frozenset({2}))
    found = conditions_of(RULES["us-ny-lodging"], TOPICS, [good], {"paid-time": True}, everybody_takes_all=False)
    assert {it.name: it.state for it in found} == {
        "topics": State.NOT_MET,
        "approved-course": State.UNKNOWN,
        "on-premises": State.UNKNOWN,
        "paid-time": State.MET,
    }
