"""The pages of a learner, the quiz, the certificate and its verification."""

import gzip
import time
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # after setup
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from assessments.models import Attempt  # noqa: E402
from assessments.services import save_answer  # noqa: E402
from certificates.documents import render_pdf  # noqa: E402
from certificates.models import Certificate  # noqa: E402
from cms import clock  # noqa: E402
from courses import selectors, services  # noqa: E402
from courses.models import Course, Enrolment  # noqa: E402
from people import services as people_services  # noqa: E402
from people.models import Membership, Organisation, Site  # noqa: E402
from tests.bench.figures import started_with  # noqa: E402
from tests.learning import right_response  # noqa: E402

PIN = "482915"


def learner(organisation: Organisation, site: Site, number: str) -> tuple[Membership, Client]:
    """Return somebody who is signed in."""
    at = clock.now()
    member = people_services.create_membership(
        organisation=organisation, employee_number=number, name=f"Person {number}", by=None, at=at
    )
    people_services.start_employment(
        membership=member, site=site, role=None, starts_on=at.date() - timedelta(days=30), by=None, at=at
    )
    code = people_services.issue_code(membership=member, by=None, at=at)
    people_services.set_pin(
        organisation_code=organisation.code, employee_number=number, code=code, pin=PIN, at=at, origin="bench"
    )
    client = Client(HTTP_HOST="127.0.0.1")
    answer = client.post("/sign-in/", {"organisation": organisation.code, "number": number, "pin": PIN})
    assert answer.status_code == 302, answer.status_code
    return member, client


def statements(queries: CaptureQueriesContext) -> int:
    """Count the queries, transaction statements apart."""
    apart = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    return sum(not it["sql"].lstrip().upper().startswith(apart) for it in queries.captured_queries)


def ready_for_quiz(member: Membership, course: Course) -> Enrolment:
    """Enrol an hour ago and do all lessons since."""
    began = clock.now() - timedelta(hours=1)
    enrolment = services.enrol(learner=member.user, membership=member, course=course, at=began, language="en")
    text = selectors.text_for(enrolment, "en")
    assert text is not None
    for number, lesson in enumerate(text.snapshot["lessons"], start=1):
        services.complete_lesson(
            enrolment=enrolment,
            edition_text=text,
            lesson_code=lesson["code"],
            language="en",
            at=began + timedelta(minutes=8 * number),
        )
    return enrolment


def main() -> None:
    """Walk the way and measure each step."""
    target, figures = started_with()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    call_command("load_curriculum", verbosity=0)
    figures.add("load the curriculum", time.perf_counter() - began, "s", 60)
    began = time.perf_counter()
    call_command("load_curriculum", verbosity=0)
    figures.add("load the curriculum again", time.perf_counter() - began, "s")
    # Learning an hour ago needs an edition that is older.
    from courses.models import Edition, EditionText

    past = clock.now() - timedelta(days=1)
    Edition.objects.update(released_at=past)
    EditionText.objects.update(frozen_at=past)

    organisation = Organisation.objects.create(code="bench", name="Bench", time_zone="America/Vancouver")
    site = Site.objects.create(
        organisation=organisation, code="main", name="Main", time_zone="America/Vancouver", languages=["en"]
    )
    course = Course.objects.get(code="hospitality")
    address = f"/learn/{course.slug}/"
    _, client = learner(organisation, site, "1")
    client.post(f"{address}start/")
    text = selectors.current_text(course, "en")
    assert text is not None
    lesson = text.snapshot["lessons"][0]["code"]

    def get(path: str, by: Client = client) -> bytes:
        answer = by.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content

    for name, path in (("course page", address), ("lesson page", f"{address}{lesson}/")):
        get(path)
        with CaptureQueriesContext(connection) as queries:
            content = get(path)
        figures.add(f"queries of the {name}", statements(queries), "", 12)
        figures.add(f"{name}, compressed", len(gzip.compress(content)) / 1000, "KB")
        figures.time(name, lambda path=path: get(path))
    confirmed = sum(block["type"] == "attestation" for block in text.snapshot["lessons"][0]["body"])
    form = {"finish-event": "b0a2f3de-8a56-4b55-9a0f-5a1d52b0b7aa"}
    form |= {f"finish-confirm_{number}": "on" for number in range(1, confirmed + 1)}
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(f"{address}{lesson}/done/", form)
    assert answer.status_code == 302, "the lesson was not finished"
    figures.add("queries to save progress", statements(queries), "", 20)

    taken: list[float] = []
    counted: list[int] = []
    for number in range(2, 12):
        member, by = learner(organisation, site, str(number))
        enrolment = ready_for_quiz(member, course)
        by.post(f"{address}quiz/")
        attempt = Attempt.objects.get(learner=member.user, submitted_at=None)
        right = number > 3
        for question in attempt.paper["questions"]:
            if right:
                save_answer(
                    attempt=attempt, question_key=question["key"], response=right_response(question), at=clock.now()
                )
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            answer = by.post(f"{address}quiz/hand-in/", {"anyway": "1"})
        attempt.refresh_from_db()
        assert attempt.passed is right, answer.status_code
        if right:
            taken.append((time.perf_counter() - started) * 1000)
            counted.append(statements(queries))
            assert Certificate.objects.filter(membership=member).count() == 1, enrolment
        else:
            figures.add("queries to hand in a quiz that is not passed", statements(queries), "", 12)
    taken.sort()
    figures.add("queries to hand in, with a certificate issued", max(counted), "", 25)
    figures.add("hand in, with a certificate issued, median", taken[len(taken) // 2], "ms")

    certificate = Certificate.objects.latest("pk")
    figures.time("PDF of a certificate", lambda: render_pdf(certificate), runs=30, bar_ms=50)
    from django.core.cache import cache

    def verify() -> None:
        cache.clear()
        get(f"/verify/{certificate.number}/", Client(HTTP_HOST="127.0.0.1"))

    figures.time("verification page", verify)
    with CaptureQueriesContext(connection) as queries:
        verify()
    figures.add("queries of the verification page", statements(queries), "", 6)
    figures.write(target)


if __name__ == "__main__":
    main()
