"""Taking a course in a browser: time that passes, and a paper that is answered."""

import json

from playwright.sync_api import Page

from tests.browser.conftest import Served, shoot

# Twenty minutes of learning are required; the test moves what was learnt into the past instead of waiting.
_LEARNT_EARLIER = """
from datetime import timedelta
from courses.models import Edition, EditionText, Enrolment, LearningEvent
from courses import services
long_ago = timedelta(days=1)
enrolment = Enrolment.objects.get(membership__employee_number="%(number)s", completed_at=None)
Edition.objects.filter(pk=enrolment.edition_id).update(released_at=enrolment.opened_at - long_ago)
EditionText.objects.filter(edition=enrolment.edition_id).update(frozen_at=enrolment.opened_at - long_ago)
events = list(LearningEvent.objects.filter(enrolment=enrolment).order_by("received_at", "pk"))
Enrolment.objects.filter(pk=enrolment.pk).update(opened_at=enrolment.opened_at - timedelta(hours=3))
for place, event in enumerate(events):
    earlier = timedelta(minutes=6 * (len(events) - place))
    LearningEvent.objects.filter(pk=event.pk).update(claimed_at=event.claimed_at - earlier, received_at=event.received_at - earlier)
services.refold(enrolment=Enrolment.objects.get(pk=enrolment.pk))
"""
# The test's own key to the paper; nothing of it ever reaches the browser.
_RIGHT_ANSWERS = """
import json
from assessments.models import Attempt
from tests.learning import right_response
attempt = Attempt.objects.filter(learner__memberships__employee_number="%(number)s", submitted_at=None).get()
print("ANSWERS" + json.dumps([[q["type"], right_response(q)] for q in attempt.paper["questions"]]))
"""


def learnt_earlier(served: Served, *, number: str) -> None:
    """Let the one course that the person with this number takes have been learnt over some hours."""
    served.manage("shell", "-c", _LEARNT_EARLIER % {"number": number})


def answer_all(page: Page, served: Served, *, number: str, pictures: str = "") -> None:
    """Answer every question of the open paper rightly, one after the other, up to the page before handing in."""
    printed = served.manage("shell", "-c", _RIGHT_ANSWERS % {"number": number})
    for place, (kind, answer) in enumerate(json.loads(printed.split("ANSWERS")[1]), start=1):
        assert '"correct"' not in page.content()
        if pictures and place in (1, 2):
            shoot(page, f"{pictures}-{place}")
        if kind == "scenario":
            for step in answer:
                page.locator(f'input[type=radio][value="{step}"]').check()
                with page.expect_navigation():
                    page.get_by_role("button", name="Do this").click()
            continue
        for choice in answer if isinstance(answer, list) else [answer]:
            value = str(choice).lower() if isinstance(choice, bool) else choice
            page.locator(f'main input[value="{value}"]').check()
        with page.expect_navigation():
            page.locator("form.asking__form .actions button").click()
