"""What tests of learners' pages share: a clock that stands still, somebody on the way, answers in the form's words."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms import clock
from courses.models import Course, EditionText, Enrolment
from people.models import Membership
from tests.factories.courses import STARTED_AT, enrolled, learner_at_work
from tests.factories.people import sign_in_with_pin
from tests.learning import right_response


class Clock:
    """The present instant, as the edges see it."""

    def __init__(self) -> None:
        self.now = STARTED_AT + timedelta(minutes=1)

    def forward(self, **delta: int) -> datetime:
        self.now += timedelta(**delta)
        return self.now


@pytest.fixture(autouse=True)
def the_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A minute after ``STARTED_AT``, until moved."""
    standing = Clock()
    monkeypatch.setattr(clock, "now", lambda: standing.now)
    return standing


def signed_in(client: Client, membership: Membership | None = None) -> Membership:
    """Sign somebody in with a PIN; return the membership."""
    membership = membership or learner_at_work()
    sign_in_with_pin(client, membership)
    return membership


def on_the_way(client: Client, course: Course) -> Enrolment:
    """Sign somebody in who has started ``course``; return the enrolment."""
    membership = signed_in(client)
    return enrolled(course, membership)


def snapshot_of(course: Course) -> dict[str, Any]:
    """Return the text that who starts now is served."""
    return EditionText.objects.filter(edition__course=course, language="en").latest("edition__number").snapshot


def form_of(question: dict[str, Any], response: Any) -> dict[str, Any]:
    """Return a response as the page's form sends it."""
    name = f"q-{question['version']}"
    match question["type"]:
        case "true_false":
            return {name: str(response).lower()}
        case "ordering":
            return {f"{name}-{item}": place for place, item in enumerate(response, start=1)}
        case "matching":
            return {f"{name}-{left}": right for left, right in response.items()}
    return {name: response}


def right_form(question: dict[str, Any]) -> dict[str, Any]:
    """Return the right answer as the page's form sends it."""
    return form_of(question, right_response(question))


def wrong_option(question: dict[str, Any]) -> str:
    """Return the id of an option that is wrong and accuses nobody."""
    return next(option["id"] for option in question["options"] if not option["correct"] and not option["alarm"])


def do_lessons(client: Client, enrolment: Enrolment) -> None:
    """Finish every lesson of the course."""
    for lesson in snapshot_of(enrolment.course)["lessons"]:
        url = f"/learn/{enrolment.course.slug}/{lesson['code']}/"
        page = client.get(url)
        form = page.context["form"]
        ticks = {f"finish-{field.name}": "on" for field in form.visible_fields()}
        client.post(f"{url}done/", {"finish-event": str(form["event"].value()), **ticks})


def queries_of(client: Client, url: str, data: dict[str, Any] | None = None) -> int:
    """Return how many queries a request takes, those of transactions left out."""
    with CaptureQueriesContext(connection) as captured:
        client.get(url) if data is None else client.post(url, data)
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return sum(not query["sql"].startswith(words) for query in captured)
