"""Lines of the log: what happened, and nothing of whom."""

import json
import logging
import sys

import pytest

from cms.logs import JsonFormatter


def line(name: str, message: str, *args: object, **more: object) -> dict[str, object]:
    record = logging.LogRecord(name, logging.WARNING, "x.py", 1, message, args, None)
    record.__dict__.update(more)
    return json.loads(JsonFormatter().format(record))


def test_line_says_what_happened_with_the_allowed_keys_alone():
    found = line("people.outbox", "outbox entry failed", event="outbox.failed", attempt=3, email="jo@larch.example")
    assert {key: found[key] for key in found if key != "at"} == {
        "level": "warning",
        "logger": "people.outbox",
        "message": "outbox entry failed",
        "event": "outbox.failed",
        "attempt": 3,
    }


@pytest.mark.parametrize(
    ("message", "args", "status", "said"),
    [
        ("%s: %s", ("Not Found", "/learn/hotel/"), 404, "Not Found"),
        ("Internal Server Error: %s", ("/learn/hotel/",), 500, "Internal Server Error"),
        ("Method Not Allowed (%s): %s", ("PUT", "/learn/hotel/"), 405, "Method Not Allowed"),
    ],
)
def test_requests_are_told_without_their_path(message, args, status, said):
    assert line("django.request", message, *args, status_code=status)["message"] == said


def test_refused_form_tells_why_without_path_and_address():
    args = ("Referer checking failed - https://other.example/jo does not match any trusted origins.", "/learn/hotel/")
    found = line("django.security.csrf", "Forbidden (%s): %s", *args, status_code=403)
    assert found["message"] == "Forbidden: Referer checking failed"


def test_unknown_host_is_not_quoted():
    found = line("django.security.DisallowedHost", "Invalid HTTP_HOST header: 'jo.example'.", status_code=400)
    assert found["message"] == "Bad Request"


def test_failed_task_is_told_without_the_text_of_its_error():
    context = {"name": "people.tasks.deliver", "id": "1", "description": "raised unexpected", "exc": "Jo", "args": "Jo"}
    found = line("celery.app.trace", "Task %(name)s[%(id)s] %(description)s: %(exc)s", context)
    assert found["message"] == "Task people.tasks.deliver raised unexpected"


def test_exception_is_written_as_type_and_place():
    try:
        raise ValueError("Jo Castellan")
    except ValueError:
        found = line("people", "went wrong", exc_info=sys.exc_info())
    assert found["exception"] == "ValueError"
    assert str(found["where"]).startswith("test_logs.py:")
    assert "Castellan" not in json.dumps(found)


def test_nothing_of_django_writes_lines_of_its_own():
    # Django's own handler, which development has besides, would write paths; our settings take it away.
    assert logging.getLogger("django").handlers == []
