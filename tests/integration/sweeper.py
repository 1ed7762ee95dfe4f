"""A process apart that sweeps on order, each time in a child of its own, so that the child may be killed.

Run as a module by the kill test. One JSON object a line: ``{"at": instant, "fault": name, "after": number}`` sweeps
and answers ``{"exit": code}``; ``{"report": true}`` answers ``{"states": {Message-ID: state}}``.
"""

import json
import os
import sys
from datetime import datetime


def main() -> None:
    import django

    django.setup()

    from django.conf import settings
    from django.core.mail.utils import DNS_NAME
    from django.template.loader import get_template
    from django.urls import reverse

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["SMTP_PORT"])
    # What takes long the first time is done before the children are born.
    str(DNS_NAME)
    reverse("courses:my_training")
    get_template("compliance/mails/reminder.txt")
    for line in sys.stdin:
        order = json.loads(line)
        answer = report() if order.get("report") else {"exit": in_child(order)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def in_child(order: dict[str, str]) -> int:
    """Sweep in a forked child; return its exit code. This process never opens the database before a fork."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        os.environ["FIELDFARE_FAULT"] = order["fault"]
        os.environ["FIELDFARE_FAULT_AFTER"] = str(order["after"])
        from compliance import services

        services.sweep(at=datetime.fromisoformat(order["at"]))
        code = 0
    finally:
        os._exit(code)


def report() -> dict[str, object]:
    from compliance.models import Message

    return {"states": dict(Message.objects.values_list("message_id", "state"))}


if __name__ == "__main__":
    main()
