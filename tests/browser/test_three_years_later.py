"""Three years on, in a real browser: who has no e-mail waits on the letter list, a colleague's mail says what to renew."""

import re
import time

from playwright.sync_api import Page, expect

from compliance import demo
from tests.browser.conftest import Served, shoot
from tests.browser.test_every_page import judge
from tests.browser.test_main_way import sign_in_as_staff

HOUSEKEEPER = ("0042", "Jo Castellan")
COLLEAGUE = ("0048", "Bo Tamarind", "bo.t@larch.example")

# Both complete the course today; their certificates are good for 36 months.
COMPLETE = """
from cms import clock
from compliance.demo import _completed
from courses.models import Course
from people.models import Membership
course = Course.objects.get(code="hospitality")
for number in ("0042", "0048"):
    member = Membership.objects.get(organisation__code="larch", employee_number=number)
    _completed(member, course, clock.today("America/Vancouver"))
"""
LATER_DAYS = "1050"  # 46 days before the last good day: the rungs at 60 days have passed, those at 30 have not


def test_the_housekeeper_is_reminded_in_time_and_so_is_her_colleague(served: Served, desk: Page) -> None:
    served.manage("shell", "-c", COMPLETE)
    served.stop()
    served.start(FIELDFARE_CLOCK_SHIFT_DAYS=LATER_DAYS)
    try:
        served.manage_from_nothing("sweep_reminders", FIELDFARE_CLOCK_SHIFT_DAYS=LATER_DAYS)
        sign_in_as_staff(desk, served, demo.HR)
        desk.goto(f"{served.origin}/workplace/larch/letters/")
        row = desk.get_by_role("row").filter(has_text=HOUSEKEEPER[0])
        expect(row).to_contain_text(HOUSEKEEPER[1])
        expect(desk.get_by_role("row").filter(has_text=COLLEAGUE[0])).to_have_count(0)
        shoot(desk, "three-years-letters")
        desk.goto(f"{served.origin}/workplace/larch/?q={HOUSEKEEPER[0]}")
        expect(desk.get_by_role("row").filter(has_text=HOUSEKEEPER[1])).to_contain_text("Expiring soon")

        mail = _mail_to(desk, served, COLLEAGUE[2])
        expect(mail).to_contain_text("Your certificate is good through")
        expect(mail).to_contain_text("Please renew it by then.")
        assert not re.search(r"traffick|exploit", mail.inner_text(), re.IGNORECASE)
        judge(desk, "three-years-mail")
    finally:
        served.stop()
        served.start()


def _mail_to(page: Page, served: Served, address: str):
    """Open the newest mail to somebody in the list of development; a worker may still be sending it."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        page.goto(f"{served.origin}/dev/mail/")
        found = page.get_by_role("row").or_(page.get_by_role("listitem")).filter(has_text=address)
        if found.count():
            found.first.get_by_role("link").first.click()
            return page.get_by_role("main")
        time.sleep(2)
    raise AssertionError(f"no mail to {address}")
