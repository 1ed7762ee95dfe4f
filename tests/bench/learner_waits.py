"""How long a learner's request waits while a workbook is brought in, where one may write at a time."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # after setup
from django.test import Client  # noqa: E402

from cms import clock  # noqa: E402
from courses import services  # noqa: E402
from courses.models import EditionText, Enrolment, LearningEvent  # noqa: E402
from people.models import Organisation, Role, Site  # noqa: E402
from tests.bench import workbooks  # noqa: E402
from tests.bench.figures import started_with  # noqa: E402
from tests.bench.pages import learner  # noqa: E402
from tests.factories.courses import home_page, released_course  # noqa: E402

MOST_SECONDS = 1


def send(client: Client, enrolment: Enrolment, digest: str) -> None:
    """Tell that a lesson is still being read, as the page of a lesson does each minute."""
    event = {
        "uuid": str(uuid.uuid4()),
        "verb": "viewed",
        "enrolment": str(enrolment.public_id),
        "text": digest,
        "lesson": "facts",
        "rendition": "read",
        "at": clock.now().isoformat(),
    }
    answer = client.post("/learn/events/", json.dumps({"events": [event]}), content_type="application/json")
    assert answer.json()["events"][0]["outcome"] == "accepted", answer.content


def main() -> None:
    """Bring people in by the command, and send what a learner's page sends all the while."""
    target, figures = started_with()
    call_command("migrate", verbosity=0)
    home_page()
    course = released_course()
    organisation = Organisation.objects.create(code="many", name="Many", time_zone="UTC")
    sites = [Site(organisation=organisation, code=f"s{n}", name=f"Site {n}", time_zone="UTC") for n in range(40)]
    Site.objects.bulk_create(sites)
    Role.objects.create(organisation=organisation, code="all", name="All")
    member, client = learner(organisation, Site.objects.get(code="s0"), "learner")
    enrolment = services.enrol(learner=member.user, membership=member, course=course, at=clock.now(), language="en")
    digest = EditionText.objects.get(edition=enrolment.edition).digest
    send(client, enrolment, digest)
    waits = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        workbooks.write_file(path, clock.now().date())
        command = ["manage.py", "import_workbook", "people", str(path), "--organisation", "many", "--apply"]
        began = time.perf_counter()
        with subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL) as bringing:
            while bringing.poll() is None:
                started = time.perf_counter()
                send(client, enrolment, digest)
                waits.append(time.perf_counter() - started)
                time.sleep(0.05)
        assert bringing.returncode == 0, bringing.returncode
    assert LearningEvent.objects.filter(verb="viewed").count() == len(waits) + 1
    name = f"a learner's request while {workbooks.ROWS:,} people come in"
    figures.add(f"{name}, median", statistics.median(waits), "s")
    figures.add(f"{name}, longest", max(waits), "s", MOST_SECONDS)
    figures.add(f"{name}: the import", time.perf_counter() - began, "s")
    figures.write(target)


if __name__ == "__main__":
    main()
