"""Every page type in a real browser: accessibility, no third party, small, leaving quickly, without JavaScript."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from compliance import demo
from tests.browser.conftest import DESK, PHONE, Served, shoot
from tests.browser.keyboard import lost_by_keyboard
from tests.browser.test_main_way import sign_in_as_staff

# How a page looks, and who can use it, is no matter of the database; the ways through the site run on both.
pytestmark = pytest.mark.one_profile

PUBLIC = {
    "home": "/",
    "sector": "/hotels-and-restaurants/",
    "help": "/help/",
    "exit": "/exit/",
    "privacy": "/privacy/",
    "visible": "/what-your-workplace-can-see/",
    "sign-in": "/sign-in/",
    "set-pin": "/sign-in/code/",
    "recovery": "/sign-in/recovery/",
    "staff-sign-in": "/accounts/login/",
    "verify": "/verify/",
    "verify-unknown": "/verify/7K3M-0000-0000-0000-0000/",
    "open-course": "/learn/talking-and-listening-at-home/",
    "open-quiz": "/learn/talking-and-listening-at-home/quiz/",
    "closed-course": "/learn/hotel-and-restaurant-work/",
}
LEARNER = {
    "my-training": "/training/",
    "course": "/learn/hotel-and-restaurant-work/",
    "lesson": "/learn/hotel-and-restaurant-work/core-facts/",
    "quiz": "/learn/hotel-and-restaurant-work/quiz/",
    "account": "/account/",
    "name": "/account/name/",
}
WORKPLACE = {
    "workplace": "/workplace/larch/",
    "people": "/workplace/larch/people/",
    "workplace-filtered": "/workplace/larch/?status=due",
    "assign-to-many": "/workplace/larch/people/assign/?all=1",
    "people-as-of": "/workplace/larch/people/as-of/?on=2026-01-15",
    "person-new": "/workplace/larch/people/new/",
    "upload": "/workplace/larch/people/upload/",
    "assignments": "/workplace/larch/assignments/",
    "assignment-new": "/workplace/larch/assignments/new/",
    "letters": "/workplace/larch/letters/",
    "sent": "/workplace/larch/messages/sent/",
    "planned": "/workplace/larch/messages/planned/",
    "planned-wrong": "/workplace/larch/messages/planned/?first=2026-03-09&last=2026-03-02",
    "evidence": "/workplace/larch/evidence/",
    "rules": "/workplace/larch/rules/",
    "workbooks": "/workplace/larch/workbooks/",
    "rule-pack": "/workplace/larch/rules/us-lodging/",
    "rule-pack-adopt": "/workplace/larch/rules/ca-bc/adopt/",
    "rule-approval": "/workplace/larch/rules/us-lodging/us-tx-lodging/approval/",
    "rule-site": "/workplace/larch/sites/prince-george/rules/",
    "site-new": "/workplace/larch/sites/new/",
    "site-change": "/workplace/larch/sites/prince-george/change/",
    "roles": "/workplace/larch/roles/",
    "role": "/workplace/larch/roles/housekeeping/",
}


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page: Page, served: Served, number: str = "0044") -> None:
    page.goto(f"{served.origin}/sign-in/")
    page.get_by_label("Organisation").fill("larch")
    page.get_by_label("Employee number").fill(number)
    page.get_by_label("PIN").fill(demo.PIN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My training")).to_be_visible()


def look(page: Page, served: Served, name: str, path: str) -> None:
    """Open one page and hold it to what holds everywhere."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    answer = page.goto(served.origin + path)
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    foreign = [url for url in asked if not url.startswith(served.origin) and not url.startswith("data:")]
    assert foreign == [], "a request to a third party"
    assert not re.search(r"traffick|exploit|slave", page.title() + page.url, re.IGNORECASE)
    # A page that is not there, and a form that was filled in wrongly, are errors to the console and meant.
    assert [it for it in errors if "404" not in it and "422" not in it] == []
    judge(page, name)


def judge(page: Page, name: str) -> None:
    """Hold a page that is open to what holds at both widths, and keep its picture."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"scrolls sideways at {size['width']} px"
        found = Axe().run(page, options={"runOnly": RULES})
        assert [(it["id"], [node["html"] for node in it["nodes"]][:3]) for it in found.response["violations"]] == []
        if size is PHONE:
            # Where least is in sight and what stands still hides most.
            assert lost_by_keyboard(page) == []
    shoot(page, f"page-{name}")


@pytest.mark.parametrize(("name", "path"), PUBLIC.items(), ids=PUBLIC.keys())
def test_public_page(served: Served, phone: Page, name: str, path: str) -> None:
    look(phone, served, name, path)


def test_learner_pages(served: Served, phone: Page) -> None:
    sign_in(phone, served)
    for name, path in LEARNER.items():
        look(phone, served, name, path)


def test_workplace_pages(served: Served, desk: Page) -> None:
    sign_in_as_staff(desk, served, demo.HR)
    for name, path in WORKPLACE.items():
        look(desk, served, name, path)


def send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form").last.locator("button").first.click()


def test_forms_with_errors(served: Served, phone: Page, desk: Page) -> None:
    for name, path in (("sign-in", "/sign-in/"), ("set-pin", "/sign-in/code/"), ("staff-sign-in", "/accounts/login/")):
        phone.goto(served.origin + path)
        phone.locator("form[novalidate]").get_by_role("button").first.click()
        expect(phone.locator("[data-error-summary]")).to_be_focused()
        judge(phone, f"errors-{name}")
    sign_in_as_staff(desk, served, demo.HR)
    for name, path in (("person", "people/new/"), ("assignment", "assignments/new/")):
        desk.goto(f"{served.origin}/workplace/larch/{path}")
        send(desk)
        expect(desk.locator("[data-error-summary]")).to_be_focused()
        judge(desk, f"errors-{name}")


def test_workbooks_that_cannot_be_taken(served: Served, desk: Page) -> None:
    sign_in_as_staff(desk, served, demo.HR)
    rows = "Employee number,Name,Site,First day\n0070,Ana Vireo,fort-st-john,2026-01-05\n0071,Ula Reed,nowhere,2026-01-05\n"
    for name, content in (("nonsense.xlsx", b"nonsense"), ("rows.csv", rows.encode())):
        desk.goto(f"{served.origin}/workplace/larch/people/upload/")
        desk.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        send(desk)
        # The page loads itself again until the file is judged.
        expect(desk.locator("#problems-title")).to_be_visible(timeout=60_000)
        judge(desk, f"upload-{name.split('.')[0]}")
    expect(desk.get_by_role("row").filter(has_text="not one of the values")).to_contain_text("fort-st-john")


def test_a_place_chosen_without_an_account_is_taken_along(served: Served, phone: Page) -> None:
    phone.goto(f"{served.origin}/learn/talking-and-listening-at-home/")
    expect(phone.get_by_role("heading", name="Somebody to talk to in British Columbia")).to_be_visible()
    phone.get_by_text("I am in another place").click()
    phone.get_by_label("Where are you?").select_option("Alberta")
    phone.get_by_role("button", name="Show the lines there").click()
    alberta = phone.get_by_role("heading", name="Somebody to talk to in Alberta")
    expect(alberta).to_be_visible()
    phone.get_by_role("link", name="Start lesson 1").click()
    expect(alberta).to_be_visible()
    phone.goto(f"{served.origin}/learn/talking-and-listening-at-home/quiz/?place=ca-ab")
    phone.locator("main form button").last.click()
    phone.wait_for_load_state()
    expect(alberta).to_be_visible()
    assert phone.context.cookies() == []
    left: list[str] = []
    phone.route("https://**", lambda route: (left.append(route.request.url), route.fulfill(body="weather"))[0])
    phone.get_by_role("link", name="Leave this page").click()
    phone.wait_for_url("https://**")
    assert "place" not in left[0]


def test_dark_mode_has_enough_contrast(served: Served, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme="dark")
    page = context.new_page()
    sign_in(page, served)
    for name, path in (("course", LEARNER["course"]), ("lesson", LEARNER["lesson"])):
        look(page, served, f"dark-{name}", path)
    context.close()


def test_the_first_view_of_a_lesson_is_small(served: Served, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    sign_in(page, served)
    page.context.clear_cookies(name="nothing")
    fresh = browser.new_context(viewport=PHONE, storage_state=context.storage_state())
    page = fresh.new_page()
    session = fresh.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(served.origin + LEARNER["lesson"], wait_until="networkidle")
    assert len(received) <= 6
    assert sum(received) <= 60_000
    fresh.close()
    context.close()


def leaving(press: Callable[[Page], None]) -> Callable[[Page, str], None]:
    def act(page: Page, path: str) -> None:
        left: list[str] = []
        page.route(
            "https://**", lambda route: (left.append(route.request.url), route.fulfill(status=200, body="weather"))[0]
        )
        page.goto(path)
        page.evaluate("sessionStorage.setItem('fieldfare.test', '1')")
        press(page)
        page.wait_for_url("https://**")
        assert len(left) == 1

    return act


@pytest.mark.parametrize(
    "press",
    [
        lambda page: page.get_by_role("link", name="Leave this page").click(),
        lambda page: [page.keyboard.press("Shift") for _ in range(3)],
    ],
    ids=["by the link", "by pressing Shift three times"],
)
def test_leaving_quickly(served: Served, phone: Page, press: Callable[[Page], None]) -> None:
    path = served.origin + "/learn/talking-and-listening-at-home/"
    leaving(press)(phone, path)
    phone.go_back()
    assert "/learn/" not in phone.url


def test_leaving_without_javascript_is_a_plain_link(served: Served, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(served.origin + "/learn/talking-and-listening-at-home/")
    link = page.get_by_role("link", name="Leave this page")
    assert link.get_attribute("href").startswith("https://")
    assert "noreferrer" in link.get_attribute("rel")
    context.close()


def test_a_course_can_be_taken_without_javascript(served: Served, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served, "0043")
    page.goto(served.origin + "/learn/hotel-and-restaurant-work/")
    # What is sent arrives before the next page is asked for.
    with page.expect_navigation():
        page.locator("main form button").first.click()
    page.goto(served.origin + LEARNER["lesson"])
    with page.expect_navigation():
        page.locator("#lesson-done button").click()
    assert "/learn/hotel-and-restaurant-work/" in page.url
    expect(page.get_by_text("Lesson 2 of 6")).to_be_visible()
    context.close()


def test_the_open_course_leaves_nothing_on_the_server_and_forgets_with_the_tab(
    served: Served, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(served.origin + "/learn/talking-and-listening-at-home/")
    with page.expect_navigation():
        page.get_by_role("link", name="Start lesson 1").click()
    # Loaded whole: before its script runs, the button keeps nothing.
    page.locator("[data-lesson-done]").first.click()
    assert [cookie["name"] for cookie in context.cookies()] == []
    page.goto(served.origin + "/learn/talking-and-listening-at-home/")
    expect(page.locator("[data-lesson-done-mark]").first).to_be_visible()
    other = context.new_page()
    other.goto(served.origin + "/learn/talking-and-listening-at-home/")
    expect(other.locator("[data-lesson-done-mark]").first).to_be_hidden()
    context.close()


def test_the_way_through_a_page_by_keyboard_begins_with_skip_and_leave(served: Served, desk: Page) -> None:
    desk.goto(served.origin + "/help/")
    seen = []
    for _ in range(14):
        desk.keyboard.press("Tab")
        seen.append(desk.evaluate("document.activeElement.textContent.trim().slice(0, 40)"))
    assert seen[0].startswith("Skip to the main text")
    assert any("Leave this page" in text for text in seen)
