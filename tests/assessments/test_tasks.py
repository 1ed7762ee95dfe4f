from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from assessments import services, tasks
from assessments.models import Attempt
from cms import clock
from tests.assessments import frozen_samples as samples


@pytest.mark.django_db
def test_sweep_takes_the_person_out_of_answers_older_than_30_days_and_deletes_those_that_were_left(monkeypatch):
    learner = get_user_model().objects.create_user()
    graded_at = {
        "on the 30th day": datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        "older": datetime(2026, 3, 1, 11, 59, tzinfo=UTC),
        "much older": datetime(2025, 3, 1, tzinfo=UTC),
    }
    for context, at in graded_at.items():
        attempt = services.start_attempt(
            learner=learner, quiz=samples.sound_quiz(), context=context, language="en", at=at
        )
        services.submit_attempt(attempt=attempt, at=at)
    left = services.start_attempt(
        learner=learner, quiz=samples.sound_quiz(), context="left", language="en", at=datetime(2026, 2, 1, tzinfo=UTC)
    )
    question = next(each for each in left.paper["questions"] if each["type"] == "single")
    services.save_answer(
        attempt=left,
        question_key=question["key"],
        response=question["options"][0]["id"],
        at=datetime(2026, 3, 1, 11, 59, tzinfo=UTC),
    )
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 31, 12, 0, tzinfo=UTC))
    monkeypatch.setattr(tasks, "ATTEMPTS_AT_ONCE", 1)

    tasks.sweep_answers()

    detached = Attempt.objects.exclude(answers_detached_at=None).values_list("context", flat=True)
    assert set(detached) == {"older", "much older"}
    assert not left.answers.exists()
