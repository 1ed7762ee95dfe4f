"""A process apart that works on order, each time in a child of its own, so that the child may be killed.

Run as a module by the kill test. One JSON object a line: ``{"act": name, "at": instant, "fault": name, "after": number}``
and what the act needs does it and answers ``{"exit": code}``; ``{"act": "report"}`` answers with what the database holds.
"""

import json
import os
import sys
from datetime import datetime
from typing import Any


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
        answer = report() if order["act"] == "report" else {"exit": in_child(order)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def in_child(order: dict[str, Any]) -> int:
    """Act in a forked child; return its exit code. This process never opens the database before a fork."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        os.environ["FIELDFARE_FAULT"] = order.pop("fault")
        os.environ["FIELDFARE_FAULT_AFTER"] = str(order.pop("after"))
        act(at=datetime.fromisoformat(order.pop("at")), name=order.pop("act"), **order)
        code = 0
    finally:
        os._exit(code)


def act(*, name: str, at: datetime, attempt: int = 0, membership: int = 0, broken: bool = False) -> None:
    """Do one act by its name; ``broken`` lets no certificate be issued meanwhile."""
    from certificates import services as certificate_services
    from compliance import services
    from people import outbox
    from people import services as people_services
    from people.models import Membership

    # The hint that follows a commit is lost each time: the sweep alone must find the work.
    outbox._hint = lambda key: None
    if broken:
        certificate_services.issuing._text_fields = None
    if name == "sweep":
        services.sweep(at=at)
    elif name == "hand in":
        hand_in(attempt_id=attempt, at=at)
    elif name == "issue":
        certificate_services.issue_unissued(at=at)
    elif name == "rename":
        member = Membership.objects.get(pk=membership)
        people_services.rename_member(membership=member, name=f"{member.name} Renamed", by=None, at=at)
    elif name == "deliver":
        outbox.deliver_due(at=at, limit=100)
    else:
        raise ValueError(name)


def hand_in(*, attempt_id: int, at: datetime) -> None:
    """Hand a paper in and record the result in one transaction, as the learner's page does."""
    from django.db import transaction

    from assessments.models import Attempt
    from assessments.services import submit_attempt
    from courses import selectors, services
    from courses.models import Enrolment

    attempt = Attempt.objects.get(pk=attempt_id)
    enrolment = Enrolment.objects.get(learner=attempt.learner)
    with transaction.atomic():
        graded = submit_attempt(attempt=attempt, at=at)
        services.record_quiz(
            enrolment=enrolment, attempt=graded, edition_text=selectors.text_for(enrolment, "en"), at=at
        )


def report() -> dict[str, object]:
    from certificates.models import Certificate, UnissuedCompletion
    from compliance.models import Message
    from courses.models import Completion
    from people.models import OutboxEntry

    return {
        "states": dict(Message.objects.values_list("message_id", "state")),
        "completions": list(Completion.objects.order_by("pk").values_list("membership", flat=True)),
        "unissued": UnissuedCompletion.objects.count(),
        "certificates": list(
            Certificate.objects.unrevoked().order_by("membership").values_list("membership", "holder_name")
        ),
        "replaced": Certificate.objects.exclude(replaced_by=None).count(),
        "undelivered": OutboxEntry.objects.filter(done_at=None).count(),
    }


if __name__ == "__main__":
    main()
