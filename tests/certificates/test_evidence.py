"""Which completions a certificate of several courses rests on."""

from datetime import date

from certificates.evidence import Done, sufficient_evidence
from certificates.expressions import AtLeast, InSession, Part, every
from certificates.validity import Duration

A, B = 1, 2
YEAR = Duration(1, "y")


def done(name, course, day):
    return Done(name, Part(course), day)


def evidence(newest, *others, required=frozenset({A, B}), spent=()):
    return sufficient_evidence(
        expression=every(required), newest=newest, others=others, spent=frozenset(spent), validity=YEAR
    )


def test_evidence_of_one_course_is_the_completion_itself():
    newest = done("a1", A, date(2026, 3, 10))
    assert evidence(newest, required=frozenset({A})) == (newest,)


def test_evidence_is_missing_while_a_course_is():
    assert evidence(done("a1", A, date(2026, 3, 10))) is None


def test_evidence_of_another_certification_says_nothing():
    assert (
        evidence(done("c1", 3, date(2026, 3, 10)), done("a1", A, date(2026, 3, 1)), done("b1", B, date(2026, 3, 1)))
        is None
    )


def test_evidence_is_complete_with_the_last_course_oldest_first():
    a, b = done("a1", A, date(2026, 3, 1)), done("b1", B, date(2026, 3, 10))
    assert evidence(b, a) == (a, b)


def test_evidence_that_arrives_late_is_still_dated_by_the_last_event():
    a, b = done("a1", A, date(2026, 3, 1)), done("b1", B, date(2026, 3, 10))
    assert evidence(a, b)[-1] == b


def test_evidence_takes_the_latest_of_each_course():
    old, new, b = done("a1", A, date(2026, 1, 1)), done("a2", A, date(2026, 3, 1)), done("b1", B, date(2026, 3, 10))
    assert evidence(b, new, old) == (new, b)


def test_evidence_that_an_earlier_certificate_rests_on_counts_no_more():
    a, b = done("a1", A, date(2026, 1, 1)), done("b2", B, date(2026, 3, 10))
    assert evidence(b, a, spent=["a1", "b1"]) is None


def test_evidence_older_than_the_validity_counts_no_more():
    b = done("b1", B, date(2026, 3, 10))
    assert evidence(b, done("a1", A, date(2025, 3, 10))) is None
    assert evidence(b, done("a1", A, date(2025, 3, 11))) is not None


def test_a_session_and_a_course_are_dated_by_the_later_one():
    expression = AtLeast(2, (Part(A), InSession(A)))
    there, learnt = Done("s1", InSession(A), date(2026, 3, 1)), done("a1", A, date(2026, 3, 10))
    found = sufficient_evidence(expression=expression, newest=there, others=[learnt], spent=frozenset(), validity=YEAR)
    assert found == (there, learnt)
    assert (
        sufficient_evidence(
            expression=expression, newest=learnt, others=[there], spent=frozenset({"s1"}), validity=YEAR
        )
        is None
    )
