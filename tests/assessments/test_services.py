import copy
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assessments import selectors, services
from assessments.exceptions import BadResponse, BlueprintNotDrawable
from assessments.grading import grade_paper
from assessments.models import AnonymousAnswer, Answer, Attempt
from assessments.refusals import AttemptsExhausted, HandedIn, MustWait, NotOnPaper
from people.faults import FaultInjected, forget_passes
from tests.assessments import frozen_samples as samples
from tests.assessments.test_stateless import right_answer, right_answers

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 13, tzinfo=UTC)


@pytest.fixture
def learner():
    return get_user_model().objects.create_user()


@pytest.fixture
def quiz():
    return samples.sound_quiz()


@pytest.fixture
def start(learner, quiz):
    """Start (or go on with) an attempt, at noon unless told otherwise."""

    def _start(at=NOON, **changes):
        arguments = {"learner": learner, "quiz": quiz, "context": "enrolment 1", "language": "en", "at": at}
        return services.start_attempt(**{**arguments, **changes})

    return _start


@pytest.fixture
def fail(start):
    """Make an attempt that is handed in empty."""

    def _fail(at=NOON, **changes):
        return services.submit_attempt(attempt=start(at=at, **changes), at=at)

    return _fail


def answer_all(attempt, at=NOON):
    for question in attempt.paper["questions"]:
        services.save_answer(attempt=attempt, question_key=question["key"], response=right_answer(question), at=at)


def statements(queries):
    """Return the queries without those that only mark transactions."""
    return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]


# Starting


def test_first_attempt_has_a_drawn_paper(start, learner, quiz):
    attempt = start()

    assert (attempt.learner, attempt.quiz_code, attempt.context) == (learner, "sample", "enrolment 1")
    assert (attempt.form, attempt.language, attempt.started_at) == (1, "en", NOON)
    assert (attempt.submitted_at, attempt.result, attempt.passed) == (None, None, None)
    assert attempt.paper["form"] == 1
    assert "blueprint" not in attempt.paper["quiz"]
    assert len(attempt.paper["questions"]) == 8


def test_open_attempt_is_returned_as_it_is(start, quiz):
    attempt = start()
    changed = {**copy.deepcopy(quiz), "pass_percent": 50}

    again = start(at=LATER, quiz=changed)

    assert again == attempt
    assert again.paper["quiz"]["pass_percent"] == 80
    assert Attempt.objects.count() == 1


def test_another_context_and_another_learner_have_attempts_of_their_own(start):
    other = get_user_model().objects.create_user()

    forms = [start().form, start(context="enrolment 2").form, start(learner=other).form]

    assert forms == [1, 1, 1]
    assert Attempt.objects.count() == 3


def test_second_form_asks_other_questions(start, fail):
    first = fail()
    second = start(at=LATER)

    keys = [{question["key"] for question in attempt.paper["questions"]} for attempt in (first, second)]
    assert second.form == 2
    assert keys[0] & keys[1] == set()


def test_third_form_comes_when_all_questions_were_asked(start, fail):
    fail()
    fail()

    assert start().form == 3


def test_attempts_run_out(start, fail, quiz):
    limited = {**quiz, "max_attempts": 2}
    fail(quiz=limited)
    fail(quiz=limited)

    with pytest.raises(AttemptsExhausted) as caught:
        start(quiz=limited)
    assert caught.value.max_attempts == 2


def test_open_attempt_goes_on_when_it_is_the_last_one(start, fail, quiz):
    limited = {**quiz, "max_attempts": 2}
    fail(quiz=limited)
    last = start(quiz=limited)

    assert start(quiz=limited) == last


def test_failed_attempt_is_followed_by_the_waiting_time(start, fail, quiz):
    waiting = {**quiz, "wait_hours": 24}
    fail(quiz=waiting)

    with pytest.raises(MustWait) as caught:
        start(quiz=waiting, at=LATER)
    assert caught.value.until == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert start(quiz=waiting, at=datetime(2026, 3, 2, 12, tzinfo=UTC)).form == 2


def test_bank_that_is_too_small_makes_no_attempt(start, quiz):
    with pytest.raises(BlueprintNotDrawable):
        start(quiz={**quiz, "questions": quiz["questions"][:2]})

    assert Attempt.objects.count() == 0


def test_attempt_started_elsewhere_at_the_same_moment_is_returned(start, monkeypatch):
    theirs = start()
    attempts = selectors.attempts

    def before_their_commit(**where):
        """Answer the first time as if the other attempt were not committed yet."""
        monkeypatch.setattr(selectors, "attempts", attempts)
        return Attempt.objects.none()

    monkeypatch.setattr(selectors, "attempts", before_their_commit)

    assert start() == theirs
    assert Attempt.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_writes_of_the_same_moment_agree(learner, quiz):
    def start_one():
        return services.start_attempt(learner=learner, quiz=quiz, context="c", language="en", at=NOON).pk

    assert len({*at_once(start_one)}) == 1
    attempt = Attempt.objects.get()
    answer_all(attempt)
    instants = iter(NOON + timedelta(seconds=n) for n in range(6))

    assert len({*at_once(lambda: services.submit_attempt(attempt=attempt, at=next(instants)).submitted_at)}) == 1
    detached = at_once(lambda: services.detach_answers(before=NOON + timedelta(hours=1), limit=5, at=LATER))
    assert sum(detached) == 1
    assert AnonymousAnswer.objects.count() == 8


def at_once(write):
    """Return what six threads get that do ``write`` at the same time."""

    def run(_):
        try:
            return write()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(run, range(6)))


# Answers


def test_answer_is_saved_and_changed(start):
    attempt = start()
    question = next(each for each in attempt.paper["questions"] if each["type"] == "single")
    first, second = (option["id"] for option in question["options"][:2])

    services.save_answer(attempt=attempt, question_key=question["key"], response=first, at=NOON)
    services.save_answer(attempt=attempt, question_key=question["key"], response=second, at=LATER)

    answer = Answer.objects.get()
    assert (answer.question_key, answer.response, answer.saved_at) == (question["key"], second, LATER)
    assert selectors.responses(attempt) == {question["key"]: second}


def test_saving_an_answer_takes_two_queries(start):
    attempt = start()
    question = attempt.paper["questions"][0]

    with CaptureQueriesContext(connection) as queries:
        services.save_answer(attempt=attempt, question_key=question["key"], response=right_answer(question), at=NOON)

    assert len(statements(queries)) == 2


def test_answer_to_a_foreign_question_is_refused(start, quiz):
    attempt = start()
    on_paper = {question["key"] for question in attempt.paper["questions"]}
    foreign = next(question["key"] for question in quiz["questions"] if question["key"] not in on_paper)

    for key in (foreign, "no-such-key", ""):
        with pytest.raises(NotOnPaper):
            services.save_answer(attempt=attempt, question_key=key, response="x", at=NOON)
    assert Answer.objects.count() == 0


def test_answer_that_is_none_of_the_question_is_refused(start):
    attempt = start()
    question = attempt.paper["questions"][0]

    for response in (None, "no-such-option", {"x": "y"}, 7):
        with pytest.raises(BadResponse):
            services.save_answer(attempt=attempt, question_key=question["key"], response=response, at=NOON)
    assert Answer.objects.count() == 0


def test_answer_after_handing_in_is_refused(start):
    attempt = start()
    question = attempt.paper["questions"][0]
    services.submit_attempt(attempt=attempt, at=NOON)

    # The caller's copy does not know it yet.
    with pytest.raises(HandedIn):
        services.save_answer(attempt=attempt, question_key=question["key"], response=right_answer(question), at=NOON)
    assert Answer.objects.count() == 0


# Handing in


def test_handed_in_paper_is_graded(start):
    attempt = start()
    answer_all(attempt)

    graded = services.submit_attempt(attempt=attempt, at=LATER)

    assert (graded.passed, graded.submitted_at) == (True, LATER)
    assert graded.result == grade_paper(attempt.paper, right_answers(attempt.paper)).to_json()
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.result) == (True, graded.result)


def test_empty_paper_fails(fail):
    graded = fail()

    assert graded.passed is False
    assert graded.result["points"] == "0"


def test_handing_in_twice_grades_once(start, monkeypatch):
    attempt = start()
    answer_all(attempt)
    first = services.submit_attempt(attempt=attempt, at=NOON)
    monkeypatch.setattr(services, "grade_paper", None)

    second = services.submit_attempt(attempt=attempt, at=LATER)

    assert (second.pk, second.submitted_at, second.result) == (first.pk, NOON, first.result)


def test_open_paper_is_handed_in_once_and_only_if_this_reader_may_see_it(start, learner):
    attempt = start()
    answer_all(attempt)
    which = {"learner": learner, "quiz_code": attempt.quiz_code, "context": attempt.context, "at": LATER}

    assert services.submit_open_attempt(**which, since=NOON + timedelta(seconds=1)) is None
    assert services.submit_open_attempt(**which, since=NOON) == attempt
    assert services.submit_open_attempt(**which) is None
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.submitted_at) == (True, LATER)


def test_paper_begun_too_early_is_left_alone_and_another_begins(start):
    first = start()
    second = start(at=LATER, since=LATER)
    assert (second.form, start(at=LATER, since=LATER)) == (first.form + 1, second)
    assert not {each["key"] for each in first.paper["questions"]} & {each["key"] for each in second.paper["questions"]}
    first.refresh_from_db()
    assert first.submitted_at is None


def test_handing_in_takes_three_queries(start):
    attempt = start()
    answer_all(attempt)

    with CaptureQueriesContext(connection) as queries:
        services.submit_attempt(attempt=attempt, at=NOON)

    # The attempt, its answers, the result.
    assert len(statements(queries)) == 3


def test_kill_between_grading_and_commit_leaves_a_gradable_attempt(start, monkeypatch):
    attempt = start()
    answer_all(attempt)
    forget_passes()
    monkeypatch.setenv("FIELDFARE_FAULT", "attempt-graded")
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")

    with pytest.raises(FaultInjected):
        services.submit_attempt(attempt=attempt, at=NOON)

    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.result, attempt.passed) == (None, None, None)
    assert Answer.objects.count() == 8
    monkeypatch.delenv("FIELDFARE_FAULT")
    assert services.submit_attempt(attempt=attempt, at=LATER).passed is True


# Taking the person out


def test_answers_lose_their_person(start):
    attempt = start(language="pa")
    answer_all(attempt)
    wrong = next(each for each in attempt.paper["questions"] if each["type"] == "single")
    wrong_option = next(option["id"] for option in wrong["options"] if not option["correct"])
    services.save_answer(attempt=attempt, question_key=wrong["key"], response=wrong_option, at=NOON)
    services.submit_attempt(attempt=attempt, at=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    before = Attempt.objects.get()

    done = services.detach_answers(
        before=datetime(2026, 4, 30, 23, 31, tzinfo=UTC), limit=10, at=datetime(2026, 5, 1, tzinfo=UTC)
    )

    assert done == 1
    assert Answer.objects.count() == 0
    rows = {row.question_key: row for row in AnonymousAnswer.objects.all()}
    assert set(rows) == {question["key"] for question in attempt.paper["questions"]}
    row = rows[wrong["key"]]
    assert (row.question_version, row.language, row.response) == (wrong["version"], "pa", wrong_option)
    assert (row.score_percent, row.month) == (0, date(2026, 3, 1))
    assert sum(each.score_percent for each in rows.values()) == 700
    after = Attempt.objects.get()
    assert after.answers_detached_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert (after.paper, after.passed, after.submitted_at) == (before.paper, before.passed, before.submitted_at)
    assert after.result == {**before.result, "questions": [], "unanswered": []}


def test_nameless_answers_name_nobody_and_no_paper():
    assert {field.name for field in AnonymousAnswer._meta.get_fields()} == {
        "id",
        "question_key",
        "question_version",
        "language",
        "response",
        "score_percent",
        "rest_passed",
        "month",
    }


def test_nameless_answers_of_several_people_are_mixed(start, monkeypatch):
    for _ in range(3):
        attempt = start(learner=get_user_model().objects.create_user())
        answer_all(attempt)
        services.submit_attempt(attempt=attempt, at=NOON)
    written = []
    monkeypatch.setattr(AnonymousAnswer.objects, "bulk_create", written.extend)

    services.detach_answers(before=LATER, limit=10, at=LATER)

    # Neither the order of writing nor a counting id says which rows came from one paper.
    order = [(row.question_key, row.pk) for row in written]
    assert len(order) == 24
    assert order == sorted(order)
    assert {row.pk.version for row in written} == {4}


def test_only_old_and_graded_attempts_are_touched(start, fail):
    old = fail()
    young = fail(at=NOON + timedelta(seconds=1))
    open_one = start()
    answer_all(open_one)

    assert services.detach_answers(before=NOON + timedelta(seconds=1), limit=10, at=LATER) == 1

    assert list(Attempt.objects.exclude(answers_detached_at=None)) == [old]
    assert Answer.objects.count() == 8
    assert young.answers_detached_at is None


def test_answers_of_papers_that_were_left_are_deleted(start):
    left = start(learner=get_user_model().objects.create_user())
    answer_all(left)
    taken_up = start(learner=get_user_model().objects.create_user())
    answer_all(taken_up)
    key = taken_up.paper["questions"][0]["key"]
    response = Answer.objects.get(attempt=taken_up, question_key=key).response
    services.save_answer(attempt=taken_up, question_key=key, response=response, at=NOON + timedelta(seconds=1))
    handed_in = start(learner=get_user_model().objects.create_user())
    answer_all(handed_in)
    services.submit_attempt(attempt=handed_in, at=NOON)

    assert services.delete_left_answers(before=NOON + timedelta(seconds=1), limit=10) == 1
    assert services.delete_left_answers(before=NOON + timedelta(seconds=1), limit=10) == 0

    assert {*Answer.objects.values_list("attempt", flat=True)} == {taken_up.pk, handed_in.pk}
    # The paper waits, empty, and can be handed in.
    assert selectors.open_attempt(learner=left.learner, quiz_code=left.quiz_code, context=left.context) == left
    answer_all(left)
    assert services.submit_attempt(attempt=left, at=LATER).passed
    assert AnonymousAnswer.objects.count() == 0


def test_left_papers_are_taken_a_few_at_a_time(start):
    for _ in range(3):
        answer_all(start(learner=get_user_model().objects.create_user()))

    done = [services.delete_left_answers(before=LATER, limit=2) for _ in range(3)]

    assert done == [2, 1, 0]
    assert not Answer.objects.exists()


def test_batches_go_on_until_nothing_is_left(fail):
    for context in ("a", "b", "c"):
        fail(context=context)

    done = [services.detach_answers(before=LATER, limit=2, at=LATER) for _ in range(3)]

    assert done == [2, 1, 0]


def test_batch_that_is_interrupted_changes_nothing(start, monkeypatch):
    attempt = start()
    answer_all(attempt)
    services.submit_attempt(attempt=attempt, at=NOON)

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Attempt.objects, "bulk_update", interrupted)
        with pytest.raises(KeyboardInterrupt):
            services.detach_answers(before=LATER, limit=10, at=LATER)

    assert (Answer.objects.count(), AnonymousAnswer.objects.count()) == (8, 0)
    assert services.detach_answers(before=LATER, limit=10, at=LATER) == 1


def test_form_is_once_per_learner_context_and_quiz(start):
    attempt = start()

    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            learner=attempt.learner,
            quiz_code=attempt.quiz_code,
            context=attempt.context,
            form=1,
            paper={},
            language="en",
            started_at=NOON,
        )
