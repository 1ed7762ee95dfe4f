"""The main way, in a real browser, on a platform started as a newcomer starts it.

A hotel housekeeper in Fort St. John without e-mail: HR adds her, prints her slip and assigns the training; she takes it on
her phone, passes, and anybody can check her certificate.
"""

import io
import re
from datetime import timedelta

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cms import clock
from compliance import demo
from tests.browser.conftest import Served, shoot
from tests.browser.taking import answer_all, learnt_earlier

NUMBER = "0099"
NAME = "Mira Dunlin"
PIN = "739518"


def sign_in_as_staff(page: Page, served: Served, email: str) -> None:
    page.goto(f"{served.origin}/accounts/login/")
    page.get_by_label("Email").or_(page.get_by_label("E-mail")).first.fill(email)
    page.get_by_label("Password", exact=True).first.fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(workplace|cms|training)/"))


def test_from_an_assignment_to_a_certificate_that_anybody_can_check(served: Served, desk: Page, phone: Page) -> None:
    # HR adds her, prints her slip and assigns the training.
    sign_in_as_staff(desk, served, demo.HR)
    desk.goto(f"{served.origin}/workplace/")
    expect(desk.get_by_role("heading", name="Larch Hotels")).to_be_visible()
    shoot(desk, "workplace")
    desk.goto(f"{served.origin}/workplace/larch/people/new/")
    desk.get_by_label("Employee number").fill(NUMBER)
    desk.get_by_label("Name", exact=True).fill(NAME)
    desk.get_by_label("Site").select_option(label="Larch Hotel Fort St. John")
    desk.get_by_label("Role").select_option(label="Housekeeping")
    shoot(desk, "workplace-person-new")
    desk.get_by_role("button", name="Add this person").click()
    expect(desk.get_by_role("heading", name=NAME)).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Print a slip").click()
    assert download.value.suggested_filename == "slip.pdf"
    slip = PdfReader(download.value.path()).pages[0].extract_text()
    assert not re.search("traffick|exploit", slip, re.IGNORECASE)
    code = re.search(r"\b([0-9A-Z]{5}-[0-9A-Z]{5})\b", slip).group(1)
    desk.get_by_role("link", name="Assign a training").click()
    desk.get_by_label("Training").select_option(label="Safe and fair work in hotels and restaurants")
    desk.get_by_label("Last good day").fill((clock.today("UTC") + timedelta(days=28)).isoformat())
    shoot(desk, "workplace-assignment-new")
    desk.get_by_role("button", name="See what it does").click()
    expect(desk.get_by_text("The last good day of 1 person moves.")).to_be_visible()
    shoot(desk, "workplace-assignment-preview")
    desk.get_by_role("button", name="Assign to 1 person").click()
    expect(desk.get_by_text("They will be told")).to_be_visible()
    shoot(desk, "workplace-assignments")

    # She chooses a PIN with the code of her slip, on her phone.
    phone.goto(f"{served.origin}/sign-in/code/?o=larch&n={NUMBER}")
    shoot(phone, "set-pin")
    phone.get_by_label("Code").fill(code.lower())
    phone.get_by_label("New PIN", exact=True).fill(PIN)
    phone.get_by_label("New PIN, once more").fill(PIN)
    phone.get_by_role("button", name="Save the PIN and sign in").click()
    expect(phone.get_by_role("heading", name="My training")).to_be_visible()
    expect(phone.get_by_text("Because Larch Hotels has asked you to do this")).to_be_visible()
    shoot(phone, "my-training")

    # She takes the course, lesson by lesson.
    with phone.expect_navigation():
        phone.get_by_role("link", name=re.compile("Start")).first.click()
    assert "traffick" not in phone.title().lower()
    shoot(phone, "course")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Start the course").click()
    lessons = 0
    while phone.locator("#lesson-done").count():
        lessons += 1
        assert lessons < 10
        shoot(phone, f"lesson-{lessons}")
        assert "traffick" not in phone.url
        for box in phone.locator("#lesson-done input[type=checkbox]").all():
            box.check()
        # The next lesson is another page: counting before it is there would end the loop too soon.
        with phone.expect_navigation():
            phone.locator("#lesson-done button").click()
    assert lessons == 6
    learnt_earlier(served, number=NUMBER)
    course = phone.url.split("/learn/")[1].split("/")[0]
    phone.goto(f"{served.origin}/learn/{course}/quiz/")
    shoot(phone, "quiz-before")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Start the questions").click()

    # She answers; the answers never reached the browser before.
    answer_all(phone, served, number=NUMBER, pictures="quiz-question")
    expect(phone.get_by_role("heading", name="Before you hand in")).to_be_visible()
    shoot(phone, "quiz-overview")
    phone.get_by_role("button", name="Hand in").click()
    expect(phone.get_by_role("heading", name="You passed")).to_be_visible()
    shoot(phone, "result")

    # Her certificate, as a page and as a PDF.
    with phone.expect_navigation():
        phone.get_by_role("link", name="See the certificate").click()
    shoot(phone, "certificate")
    number = phone.locator("dd.number bdi").first.inner_text()
    address = phone.get_by_role("link", name=re.compile("Download certificate.*A4")).get_attribute("href")
    pdf = phone.request.get(f"{served.origin}{address}")
    assert pdf.headers["content-type"] == "application/pdf"
    text = PdfReader(io.BytesIO(pdf.body())).pages[0].extract_text()
    assert NAME in text
    assert number.replace("-", "") in text.replace("-", "").replace(" ", "")

    # Anybody checks it.
    stranger = phone.context.browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    stranger.goto(f"{served.origin}/verify/")
    shoot(stranger, "verify")
    stranger.get_by_label(re.compile("number", re.IGNORECASE)).first.fill(number.lower().replace("-", " "))
    stranger.get_by_role("button", name="Check", exact=True).click()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Valid")
    expect(stranger.get_by_text(NAME)).to_be_visible()
    shoot(stranger, "verified")
    stranger.context.close()

    # HR sees that it is done, and no more.
    desk.goto(f"{served.origin}/workplace/larch/?q={NUMBER}")
    expect(desk.get_by_role("row").filter(has_text=NAME)).to_contain_text("Done")
    served.manage("rebuild_obligations", "--check")
    served.manage("rebuild_folds", "--check")
