"""A reviewer on a phone reads, comments and says no; the editor mends; the reviewer says yes; the course is released."""

import re

from playwright.sync_api import Page, expect

from compliance import demo
from tests.browser.conftest import Served, shoot
from tests.browser.test_every_page import judge
from tests.browser.test_main_way import sign_in_as_staff

COURSE = "camp"
WORDS = "three blue boats"
FIND = f"""
from courses.models import Course, LessonPage
course = Course.objects.get(code="{COURSE}")
page = LessonPage.objects.filter(lesson__course=course, locale__language_code="en").order_by("path").first()
print("FOUND", course.pk, page.pk, page.title, sep="|")
"""
PAY = """
from datetime import timedelta
from decimal import Decimal
from cms import clock
from courses import services
from courses.models import ReviewRequest
now = clock.now()
about = {"request": ReviewRequest.objects.get(), "by": None, "on": now.date(), "at": now}
services.agree_fee(**about, hours=Decimal(2), rate_cents=6000, due_on=now.date() + timedelta(30))
services.record_payment(**about, amount_cents=12000, paid_on=now.date())
"""


def test_a_no_on_a_phone_a_mended_text_a_yes_and_a_release(served: Served, desk: Page, phone: Page) -> None:
    found = next(line for line in served.manage("shell", "-c", FIND).splitlines() if line.startswith("FOUND"))
    _, course, page, title = found.split("|")
    reviews, release = (f"{served.origin}/cms/courses/{course}/{name}/" for name in ("reviews", "release"))

    sign_in_as_staff(desk, served, demo.PUBLISHER)
    desk.goto(reviews)
    desk.get_by_label("Name or pseudonym of somebody new").fill("Wren")
    desk.get_by_label("As whom").select_option(label="Survivor")
    desk.get_by_label("In which language").select_option(label="English")
    desk.get_by_role("button", name="Ask", exact=True).click()
    desk.get_by_role("button", name=re.compile("New link")).click()
    link = desk.get_by_label("Link", exact=True).input_value()
    expect(desk.get_by_text("It is shown only now.", exact=False)).to_be_visible()
    shoot(desk, "review-cms-link")

    phone.goto(link)
    phone.get_by_label("Your name or pseudonym").fill("Wren")
    phone.get_by_label("Choose a few words that only you know").fill(WORDS)
    judge(phone, "review-door")
    phone.get_by_role("button", name="Go in").click()
    expect(phone.get_by_role("heading", name="Texts for you to read")).to_be_visible()
    assert "/in/" not in phone.url
    judge(phone, "reviews")
    with phone.expect_navigation():
        phone.get_by_role("link", name=re.compile("Text 1")).click()
    judge(phone, "review")
    text = phone.url
    phone.get_by_role("link", name=title).click()
    passage = phone.get_by_role("region", name="Passage 1", exact=True)
    passage.get_by_text("Comment on this").click()
    passage.get_by_label("Your comment").fill("The first title frightens. Please say it more plainly.")
    passage.get_by_role("button", name="Send the comment").click()
    expect(phone.get_by_text("The editors have not settled this yet")).to_be_visible()
    judge(phone, "review-lesson")
    phone.get_by_role("link", name="To your answer").click()
    phone.get_by_label("No, it must not be released like this").check()
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_text("You said: No")).to_be_visible()

    desk.goto(release)
    expect(
        desk.get_by_text(re.compile("A reviewer said no, and nobody else can say yes for them")).first
    ).to_be_visible()
    desk.goto(f"{served.origin}/cms/pages/{page}/edit/")
    desk.locator("#id_title").fill("A plain beginning")
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.get_by_text(re.compile("has been published|published\\."))).to_be_visible()
    desk.goto(reviews)
    desk.get_by_label("What you did about it").fill("It has a plainer title now.")
    desk.get_by_role("button", name=re.compile("Settled")).click()
    desk.get_by_role("button", name=re.compile("Ask again")).click()
    expect(desk.get_by_text("Asked. Give them their link")).to_be_visible()
    shoot(desk, "review-cms")

    phone.goto(text)
    expect(phone.get_by_text("Your no still holds until you say yes.")).to_be_visible()
    phone.get_by_text("Your 1 comment").click()
    expect(phone.get_by_text("It has a plainer title now.")).to_be_visible()
    phone.get_by_label("Yes, it may be released as it is").check()
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_text("You said: Yes")).to_be_visible()
    judge(phone, "review-yes")

    desk.goto(release)
    expect(desk.get_by_text(re.compile("a review that is not paid: Wren")).first).to_be_visible()
    served.manage("shell", "-c", PAY)
    phone.reload()
    phone.get_by_role("button", name="The money came").click()
    expect(phone.get_by_text("You said that it came.")).to_be_visible()
    judge(phone, "review-paid")

    desk.goto(release)
    desk.get_by_label("No effect on anybody").check()
    for box in desk.get_by_role("checkbox").all():
        box.check()
    desk.get_by_role("button", name="Release", exact=False).last.click()
    expect(desk.get_by_text("Edition 2 is released.")).to_be_visible()
