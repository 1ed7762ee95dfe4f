"""The portal of an employer of a thousand people, by keyboard alone: every step reached by Tab, seen, and free of axe's complaints."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from compliance import demo
from tests.browser.conftest import DESK, Served
from tests.browser.test_every_page import RULES

HR = "hr@thousand.example"
MOST_TABS = 90
"""More than these before a link is reached would be no way to work."""

POPULATE = f"""
from datetime import timedelta
from django.db import transaction
from certificates.models import Certification
from cms import clock
from compliance import services
from compliance.models import Obligation
from people import services as people_services
from people.models import Credential, Employment, Membership, Organisation, Role, Site, StaffRole, User
if not Organisation.objects.filter(code="thousand").exists():
    at, today = clock.now(), clock.today("America/Vancouver")
    with transaction.atomic():
        one = Organisation.objects.create(code="thousand", name="Thousand Inns", time_zone="America/Vancouver")
        sites = Site.objects.bulk_create([
            Site(organisation=one, code=f"inn-{{n:02}}", name=f"Inn {{n:02}}", time_zone=one.time_zone, languages=["en"])
            for n in range(20)
        ])
        role = Role.objects.create(organisation=one, code="housekeeping", name="Housekeeping")
        hr = people_services.create_staff(email="{HR}", name="Mo Rowan", password="{demo.PASSWORD}")
        people_services.grant_staff_role(user=hr, organisation=one, kind=StaffRole.Kind.HR, by=None, at=at)
        members = Membership.objects.bulk_create([
            Membership(organisation=one, user=user, employee_number=f"T{{n:04}}", name=f"Person {{n:04}}",
                       email=f"p{{n}}@thousand.example" if n % 3 else "")
            for n, user in enumerate(User.objects.bulk_create([User() for _ in range(1000)]))
        ])
        Credential.objects.bulk_create([Credential(membership=it) for it in members])
        Employment.objects.bulk_create([
            Employment(membership=it, site=sites[n % 20], role=role, starts_on=today - timedelta(days=400),
                       recorded_at=at, recorded_by=hr)
            for n, it in enumerate(members)
        ])
        certification = Certification.objects.get(code="hospitality")
        for sites_of, due in ((sites[:4], -3), (sites[4:], 20)):
            for site in sites_of:
                services.require(organisation=one, certification=certification, site=site, by=hr, at=at,
                                 starts_on=today - timedelta(days=30), due_on=today + timedelta(days=due))
        # Nobody is written to while the test looks on.
        Obligation.objects.filter(organisation=one).update(next_message_at=at + timedelta(hours=6))
"""


@pytest.fixture
def keyboard(served: Served, browser: Browser) -> Iterator[Page]:
    """A page on which nothing is ever clicked."""
    served.manage("shell", "-c", POPULATE)
    context = browser.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


def reach(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` names has the focus, and see that it shows it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """selector => {
                const here = document.activeElement;
                if (!here.matches(selector)) return "";
                return getComputedStyle(here).outlineStyle === "none" ? "unseen" : "seen";
            }""",
            selector,
        )
        if found:
            assert found == "seen", f"{selector} does not show that it has the focus"
            return
    raise AssertionError(f"{selector} is not reached within {MOST_TABS} tabs of {page.url}")


def follow(page: Page, selector: str) -> None:
    """Go by keyboard to a link or a button, press it, and hold the page that it leads to to axe's rules."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    clean(page)


def clean(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": RULES})
    assert [(it["id"], [node["html"] for node in it["nodes"]][:3]) for it in found.response["violations"]] == []


def test_hr_works_through_a_thousand_people_by_keyboard(served: Served, keyboard: Page) -> None:
    page = keyboard
    page.goto(f"{served.origin}/accounts/login/")
    reach(page, "input[name=login]")
    page.keyboard.type(HR)
    reach(page, "input[name=password]")
    page.keyboard.type(demo.PASSWORD)
    with page.expect_navigation(url="**/workplace/**"):
        page.keyboard.press("Enter")

    # From today's exceptions to their people, page by page.
    expect(page.get_by_role("heading", level=1)).to_have_text("Thousand Inns")
    clean(page)
    follow(page, ".tile[href*=overdue]")
    expect(page.get_by_text("200 lines: Past due")).to_be_visible()
    reach(page, "#q")
    page.keyboard.type("T01")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("20 lines: Past due")).to_be_visible()
    follow(page, "tbody th[data-field=name] a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Person 01")

    # What happened to one of them, and why.
    follow(page, "a[href$='/history/']")
    expect(page.get_by_text("On record")).to_be_visible()

    # Everybody, the second page.
    follow(page, ".tabs a[href$='/people/']")
    expect(page.get_by_text("1000 people")).to_be_visible()
    follow(page, "nav.pages a")
    expect(page.get_by_text("Page 2 of 20")).to_be_visible()

    # Who will be told what, down to the people.
    follow(page, ".tabs a[href$='/letters/']")
    follow(page, "a[href$='/messages/planned/']")
    follow(page, "td.number a")
    expect(page.locator("tbody tr")).to_have_count(50)
    follow(page, "a[href$='/messages/sent/']")
