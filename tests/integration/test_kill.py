"""Processes end at the worst moments: nothing is lost, nothing is doubled.

Only a mail may come twice, when its sender dies between the server's acceptance and the commit; it then has the same
Message-ID.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from aiosmtpd.controller import Controller

from assessments.models import Attempt
from assessments.services import save_answer, start_attempt
from certificates import services as certificate_services
from certificates.models import Certificate, Certification, UnissuedCompletion
from certificates.receivers import CORRECT_NAMES
from certificates.validity import local_date
from compliance import services
from compliance.models import Message, Obligation
from compliance.services.messages import message_id_of
from compliance.services.sending import LEASE
from courses import selectors as course_selectors
from courses import services as course_services
from courses.models import Completion, LearningEvent
from people import faults, outbox
from people import services as people_services
from people.faults import FaultInjected
from people.models import Membership, OutboxEntry
from tests.assessments.frozen_samples import question, quiz
from tests.factories import compliance as factories
from tests.factories.compliance import AT
from tests.integration import worker
from tests.learning import right_response

ROOT = Path(__file__).resolve().parents[2]
DIGESTS = ("digests.before_claim", "digests.after_claim", "digests.after_send")
PAST_THE_LEASE = LEASE + timedelta(minutes=1)
TODAY = AT.date()

REMINDERS = ("reminders.before_claim", "reminders.after_claim", "reminders.after_send")
LEARNING = (
    "attempt-graded",
    "courses.before_completion",
    "certificates.before_issue",
    "certificates.after_issue",
    "courses.after_completion",
)
OUTBOX = ("outbox.claimed", "outbox.handled")
IMPORTS = (
    "imports.staged",
    "imports.chunk_written",
    "imports.chunk_committed",
    "imports.chunk_taken_back",
)
"""Met in ``test_kill_imports``."""


def test_these_are_all_the_places_where_a_process_may_be_ended():
    apps = ("cms", "people", "translations", "assessments", "courses", "certificates", "compliance", "interop")
    written = "".join(path.read_text() for app in apps for path in (ROOT / app).rglob("*.py"))
    assert set(re.findall(r'fault_point\("([^"]+)"\)', written)) == {
        *REMINDERS,
        *LEARNING,
        *IMPORTS,
        *OUTBOX,
        "evidence.written",
        *DIGESTS,
        # tests/compliance/test_rebuilding.py
        "rebuilding.part_done",
        # tests/compliance/test_previews.py
        "preview.part_done",
        # tests/certificates/test_rebasing.py
        "rebasing.one_done",
    }


class Faults:
    """Ends acts at named places; ``met`` counts how often it did."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.met: Counter[str] = Counter()
        self._set = monkeypatch.setenv
        self._unset = monkeypatch.delenv

    def end(self, act: Callable[[], object], name: str, after: int = 0) -> bool:
        """Run ``act`` with a fault at ``name`` after so many unharmed passes; return whether it was met."""
        faults.forget_passes()
        self._set("FIELDFARE_FAULT", name)
        self._set("FIELDFARE_FAULT_AFTER", str(after))
        self._set("FIELDFARE_FAULT_MODE", "raise")
        try:
            act()
        except FaultInjected:
            self.met[name] += 1
            return True
        finally:
            self._unset("FIELDFARE_FAULT")
        return False


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def asked(people: int) -> tuple[list[Membership], Certification]:
    """Return people with addresses, and the training with a quiz that all are asked to do."""
    larch = factories.workplace()
    paper = quiz([question(f"q{number}") for number in range(4)], [{"objective": "note", "n": 2}])
    certification = factories.training(quiz=paper)
    members = [larch.employ(f"Person {number}", email=f"p{number}@larch.example") for number in range(people)]
    larch.ask(certification, site=larch.region)
    return members, certification


def fill_in_paper(member: Membership, certification: Certification, *, at: datetime) -> Attempt:
    """Let a person do the lesson and fill in the paper; return what is to be handed in."""
    enrolment = factories.begin(member, certification, at=at)
    text = course_selectors.text_for(enrolment, "en")
    course_services.complete_lesson(enrolment=enrolment, edition_text=text, lesson_code="one", language="en", at=at)
    attempt = start_attempt(
        learner=member.user,
        quiz=text.snapshot["quiz"],
        context=course_selectors.attempt_context(enrolment),
        language="en",
        at=at,
    )
    for each in attempt.paper["questions"]:
        save_answer(attempt=attempt, question_key=each["key"], response=right_response(each), at=at)
    return attempt


def break_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no certificate today")

    monkeypatch.setattr(certificate_services.issuing, "_text_fields", broken)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_faults_lose_and_double_nothing(killer, monkeypatch, mailoutbox):
    chance = Random(20261122)
    # The hint that follows a commit is lost each time: the sweep alone must find the work.
    monkeypatch.setattr(outbox, "_hint", lambda key: None)
    members, certification = asked(20)
    now = AT

    # Reminders: twenty faults at each place, some after others were sent.
    for name in REMINDERS:
        while killer.met[name] < 20:
            after = chance.choice([0, 0, 0, 1]) if Message.objects.exclude(state="sent").count() > 12 else 0
            killer.end(partial(services.sweep, at=now), name, after)
            now += PAST_THE_LEASE
    services.sweep(at=now)
    now += PAST_THE_LEASE
    services.sweep(at=now)

    # Learning: each of twenty people is cut off at each place, and comes back.
    for number, member in enumerate(members):
        attempt = fill_in_paper(member, certification, at=now)
        hand_in = partial(worker.hand_in, attempt_id=attempt.pk, at=now)
        if number < 10:
            for name in LEARNING:
                assert killer.end(hand_in, name)
                assert not Completion.objects.filter(membership=member).exists()
            hand_in()
        else:
            for name in ("attempt-graded", "courses.before_completion", "courses.after_completion"):
                assert killer.end(hand_in, name)
            with monkeypatch.context() as patch:
                break_certificates(patch)
                hand_in()
            # The completion stands without its certificate, and the sweep that makes it good is cut off too.
            assert Completion.objects.filter(membership=member).exists()
            assert not Certificate.objects.filter(membership=member).exists()
            for name in ("certificates.before_issue", "certificates.after_issue"):
                assert killer.end(partial(certificate_services.issue_unissued, at=now), name)
            certificate_services.issue_unissued(at=now)
        hand_in()

    # Effects of a change of name.
    for member in members:
        people_services.rename_member(membership=member, name=f"{member.name} Renamed", by=None, at=now)
    for name in OUTBOX:
        # What an ended worker holds is left alone until its lease is over, so that each time another entry is met.
        while killer.met[name] < 20:
            assert killer.end(partial(outbox.deliver_due, at=now, limit=100), name)
        now += PAST_THE_LEASE
    outbox.deliver_due(at=now, limit=100)

    assert killer.met == dict.fromkeys((*REMINDERS, *LEARNING, *OUTBOX), 20)
    assert killer.met.total() == 200
    assert local_date(now, "America/Dawson_Creek") == TODAY

    # Everything once.
    assert Counter(Completion.objects.values_list("membership", flat=True)) == {member.pk: 1 for member in members}
    completed = LearningEvent.objects.filter(verb="course_completed").values_list("learner", flat=True)
    assert Counter(completed) == {member.user_id: 1 for member in members}
    assert Attempt.objects.filter(passed=True).count() == Attempt.objects.count() == 20
    assert not UnissuedCompletion.objects.exists()
    standing = Certificate.objects.unrevoked()
    assert Counter(standing.values_list("membership", "holder_name")) == {
        (member.pk, member.name): 1 for member in members
    }
    assert Certificate.objects.count() == 40
    assert OutboxEntry.objects.filter(kind=CORRECT_NAMES, done_at__isnull=False).count() == 20
    assert not OutboxEntry.objects.filter(done_at=None).exists()
    assert list(Message.objects.values_list("state", flat=True)) == ["sent"] * 20
    assert set(Message.objects.values_list("membership", flat=True)) == {member.pk for member in members}
    arrived = Counter(mail.message()["Message-ID"] for mail in mailoutbox)
    assert set(arrived) == {message_id_of(member, TODAY) for member in members}
    # A mail came again only where its sender was ended after the server had taken it.
    assert arrived.total() == 20 + killer.met["reminders.after_send"]
    assert Obligation.objects.count() == 20
    assert services.check_obligations(memberships=[member.pk for member in members], at=now) == []


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Sink:
    """A mail server that keeps what it took. The name of its method is aiosmtpd's."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.port = free_port()

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self.taken.append(envelope.content)
        return "250 taken"

    def message_ids(self) -> Counter[str]:
        return Counter(re.search(rb"^Message-ID: (\S+)", it, re.MULTILINE)[1].decode() for it in self.taken)


@pytest.fixture
def sink():
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


class Worker:
    """A process with the platform loaded, which forks a child for each act; the child may be killed."""

    def __init__(self, url: str, port: int) -> None:
        env = {key: value for key, value in os.environ.items() if not key.startswith(("FIELDFARE_FAULT", "PYTEST"))}
        env |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "cms.settings.test",
            "SMTP_PORT": str(port),
            "PYTHONPATH": str(ROOT),
        }
        self.killed: Counter[str] = Counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", worker.__name__],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, **order: object) -> dict[str, object]:
        self._process.stdin.write(json.dumps(order, default=str) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def do(self, act: str, *, at: datetime, **needs: object) -> None:
        """Act in a child that lives."""
        assert self.ask(act=act, at=at.isoformat(), fault="", after=0, **needs) == {"exit": 0}

    def kill(self, act: str, fault: str, *, at: datetime, after: int = 0, **needs: object) -> None:
        """Act in a child that is killed at ``fault``, after so many unharmed passes."""
        answer = self.ask(act=act, at=at.isoformat(), fault=fault, after=after, **needs)
        assert answer == {"exit": -signal.SIGKILL}, (act, fault)
        self.killed[fault] += 1

    def close(self) -> None:
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_kills_of_a_process_lose_and_double_nothing(sink, database_url):
    chance = Random(20261122)
    members, certification = asked(30)
    expected = {message_id_of(member, TODAY) for member in members}
    # What two people do: one while certificates are issued, one on a day when none is.
    lucky, unlucky = members[:2]
    papers = {member: fill_in_paper(member, certification, at=AT).pk for member in (lucky, unlucky)}
    child = Worker(database_url(), sink.port)
    now = AT
    try:
        # First while people are claimed, then while they are sent to, so that there are people left to the last.
        for name in (*["reminders.before_claim"] * 2, *["reminders.after_claim"] * 2, *["reminders.after_send"] * 2):
            # They are claimed for all at once, and sent to one by one.
            after = 0 if name == "reminders.before_claim" else chance.choice([0, 0, 1, 2])
            child.kill("sweep", name, at=now, after=after)
            now += PAST_THE_LEASE
        child.do("sweep", at=now)
        now += PAST_THE_LEASE
        child.do("sweep", at=now)

        for name in LEARNING:
            child.kill("hand in", name, at=now, attempt=papers[lucky])
        child.do("hand in", at=now, attempt=papers[lucky])
        for name in ("attempt-graded", "courses.before_completion", "courses.after_completion"):
            child.kill("hand in", name, at=now, attempt=papers[unlucky])
        child.do("hand in", at=now, attempt=papers[unlucky], broken=True)
        for name in ("certificates.before_issue", "certificates.after_issue"):
            child.kill("issue", name, at=now)
        child.do("issue", at=now)

        for member in (lucky, unlucky):
            child.do("rename", at=now, membership=member.pk)
        for name in (*OUTBOX, *OUTBOX):
            child.kill("deliver", name, at=now)
            now += PAST_THE_LEASE
        child.do("deliver", at=now)
        found = child.ask(act="report")
    finally:
        child.close()

    assert child.killed == dict.fromkeys((*REMINDERS, *LEARNING, *OUTBOX), 2)
    assert child.killed.total() == 20
    assert found == {
        "states": dict.fromkeys(expected, "sent"),
        "completions": [lucky.pk, unlucky.pk],
        "unissued": 0,
        "certificates": [[member.pk, f"{member.name} Renamed"] for member in (lucky, unlucky)],
        # The certificates with the former names, each replaced once.
        "replaced": 2,
        "undelivered": 0,
    }
    arrived = sink.message_ids()
    assert set(arrived) == expected
    # A mail came again only where its sender was killed after the server had taken it.
    assert arrived.total() == len(expected) + child.killed["reminders.after_send"]
