"""Structured logs that carry no personal data."""

import json
import logging
from datetime import UTC, datetime
from http.client import responses

ALLOWED_KEYS = frozenset({"event", "count", "kind", "task", "seconds", "outcome", "attempt", "reference", "app"})


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the allowed keys of ``extra``; never arguments of requests.

    An exception is written as type and place, not as its text: texts of errors quote values that people typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return ``record`` as a JSON line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        line |= {key: value for key, value in record.__dict__.items() if key in ALLOWED_KEYS}
        if record.exc_info and record.exc_info[0] is not None:
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            line["exception"] = record.exc_info[0].__name__
            if trace is not None:
                line["where"] = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    """Return what happened, without the paths, addresses and texts of errors that others put into their lines."""
    if record.name.startswith(("django.request", "django.security")):
        said = responses.get(getattr(record, "status_code", 0), record.name.rsplit(".", 1)[-1])
        # Why a form was refused is a sentence of Django's; what follows the dash quotes the browser.
        quoted = record.args if isinstance(record.args, tuple) and record.name.endswith(".csrf") else ()
        reason = str(quoted[0]).split(" - ")[0] if quoted else ""
        return f"{said}: {reason}" if reason else said
    if isinstance(record.args, dict) and "exc" in record.args:
        # Celery: a task that failed, with the text of its error and where it happened.
        return f"Task {record.args.get('name')} {record.args.get('description')}"
    return record.getMessage()
