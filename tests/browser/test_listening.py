"""Listening in one language, reading in another, and finishing: one progress, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from compliance import demo
from courses.renditions.speech import can_speak
from tests.browser.conftest import Served, shoot

pytestmark = pytest.mark.skipif(not can_speak(), reason="espeak-ng and opus-tools are not installed")

# A few sentences of each lesson are enough to be played; all of it would be spoken for minutes.
RECORD = """
from cms import clock
from courses.models import Course
from courses.renditions import kinds
from courses.renditions.speech import speak, voice_for
from courses.selectors import newest_edition
from courses.services import accept_voice, make_renditions
from people.models import Organisation
from people.services import let_read_drafts
kinds.speak = lambda text, **about: speak(text[:300], **about)
let_read_drafts(organisation=Organisation.objects.get(code="north-road"), allowed=True, by=None, at=clock.now())
edition = newest_edition(Course.objects.get(code="hospitality"))
for language in ("fr", "en"):
    voice = voice_for(language)
    accept_voice(language=language, voice=voice.identity, listener="Ama Birch", by=None, at=clock.now())
for language in ("fr", "en"):
    make_renditions(edition=edition, language=language, at=clock.now())
"""


def test_from_listening_in_french_to_reading_in_english(served: Served, phone: Page) -> None:
    served.manage("shell", "-c", RECORD)
    phone.goto(f"{served.origin}/sign-in/?o=north-road&n=D-02")
    phone.get_by_label("PIN").fill(demo.PIN)
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", name="My training")).to_be_visible()
    phone.goto(f"{served.origin}/learn/hotel-and-restaurant-work/")
    start = phone.get_by_role("button", name="Start the course")
    if start.count():
        start.click()
    switch(phone, "Français")

    # In French she listens.
    phone.goto(f"{served.origin}/learn/hotel-and-restaurant-work/core-facts/listen/")
    player = phone.locator("audio")
    expect(player).to_have_attribute("preload", "none")
    assert phone.evaluate("document.querySelector('audio').readyState") == 0
    phone.locator("#speed").select_option("1.25")
    phone.evaluate("document.querySelector('audio').play()")
    until(phone, 1.5)
    phone.evaluate("document.querySelector('audio').pause()")
    shoot(phone, "listen")
    place = phone.evaluate("document.querySelector('audio').currentTime")
    phone.reload()
    expect(phone.locator("#speed")).to_have_value("1.25")
    phone.evaluate("document.querySelector('audio').play()")
    until(phone, place - 0.5, soon=True)
    assert phone.evaluate("document.querySelector('audio').playbackRate") == 1.25
    assert phone.evaluate("document.querySelector('audio').seekable.length") == 1

    # In English she reads on, from where she was, and finishes the lesson.
    switch(phone, "English")
    expect(phone).to_have_url(re.compile(r"/core-facts/listen/$"))
    phone.get_by_role("link", name="Read this lesson instead").click()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    for box in phone.locator("#lesson-done input[type=checkbox]").all():
        box.check()
    with phone.expect_navigation():
        phone.locator("#lesson-done button, #lesson-done a.button").first.click()
    phone.goto(f"{served.origin}/learn/hotel-and-restaurant-work/core-facts/")
    expect(phone.locator(".page-head")).to_contain_text("Done")

    # Leaving forgets where she was.
    kept = "Object.keys(sessionStorage).filter(key => key.includes('listen')).length"
    assert phone.evaluate(kept) > 0


def until(page: Page, seconds: float, *, soon: bool = False) -> None:
    """Wait until the recording is beyond ``seconds``; ``soon``: at once, since it goes on where it was."""
    for _ in range(4 if soon else 100):
        if page.evaluate("document.querySelector('audio').currentTime") >= seconds:
            return
        page.wait_for_timeout(200)
    raise AssertionError("the recording did not come so far")


def switch(page: Page, language: str) -> None:
    """Choose a language in the header."""
    page.locator("summary", has_text=re.compile("Français|English")).first.click()
    with page.expect_navigation():
        page.locator(f"button[name=language]:has-text('{language}')").click()
