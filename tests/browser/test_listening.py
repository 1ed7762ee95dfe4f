"""Listening in one language, reading in another, and finishing: one progress, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from compliance import demo
from courses.renditions.speech import can_speak
from tests.browser.conftest import Served, shoot
from tests.browser.taking import answer_all, learnt_earlier

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
kinds.speak = lambda text, **about: speak(text[:400], **about)
let_read_drafts(organisation=Organisation.objects.get(code="north-road"), allowed=True, by=None, at=clock.now())
edition = newest_edition(Course.objects.get(code="core"))
for language in ("pa", "en"):
    voice = voice_for(language)
    accept_voice(language=language, voice=voice.identity, listener="Ama Birch, who grew up in Patiala", by=None, at=clock.now())
for language in ("pa", "en"):
    make_renditions(edition=edition, language=language, at=clock.now())
"""

HEARD = """
from courses.models import LearningEvent
for event in LearningEvent.objects.filter(rendition="listen", origin="browser").order_by("-pk")[:2]:
    print(event.lesson_code)
"""

# Where it begins to play, however long the machine takes until somebody looks.
PLAYING_FROM = """() => new Promise((done) => {
    const player = document.querySelector("audio");
    player.addEventListener("playing", () => done(player.currentTime), {once: true});
    setTimeout(() => done(-1), 60_000);
    player.play();
})"""
NOTE_WHERE_IT_BEGINS = """() => {
    const player = document.querySelector("audio");
    player.addEventListener("playing", () => { player.dataset.beganAt = player.currentTime; }, {once: true});
}"""


def test_from_listening_in_punjabi_to_reading_in_english(served: Served, phone: Page) -> None:
    served.manage("shell", "-c", RECORD)
    phone.goto(f"{served.origin}/sign-in/?o=north-road&n=D-02")
    phone.get_by_label("PIN").fill(demo.PIN)
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", name="My training")).to_be_visible()
    course = f"{served.origin}/learn/the-core-for-every-workplace"
    phone.goto(f"{course}/")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Start the course").click()
    switch(phone, "ਪੰਜਾਬੀ")

    # In Punjabi she listens, by the keyboard alone.
    phone.goto(f"{course}/what-it-is/listen/")
    expect(phone.locator("html")).to_have_attribute("lang", "pa")
    player = phone.locator("audio")
    expect(player).to_have_attribute("preload", "none")
    assert phone.evaluate("document.querySelector('audio').readyState") == 0
    phone.locator("[data-player-speed]").focus()
    phone.keyboard.press("ArrowDown")
    expect(phone.locator("[data-player-speed]")).to_have_value("1.25")
    player.focus()
    phone.keyboard.press("Space")
    until(phone, 1.5)
    phone.keyboard.press("Space")
    assert phone.evaluate("document.querySelector('audio').paused")
    shoot(phone, "listen")
    place = phone.evaluate("document.querySelector('audio').currentTime")
    phone.reload()
    expect(phone.locator("[data-player-speed]")).to_have_value("1.25")
    assert phone.evaluate(PLAYING_FROM) >= place - 0.5
    assert phone.evaluate("document.querySelector('audio').playbackRate") == 1.25
    assert phone.evaluate("document.querySelector('audio').seekable.length") == 1

    # The whole course as one recording: a press on a chapter plays it, and says which one plays.
    phone.goto(f"{course}/other-ways/listen/")
    chapters = phone.locator("[data-listen-at]")
    starts_at = float(chapters.nth(2).get_attribute("data-listen-at") or "0")
    # A slow line: the first note is on its way until the recording has stopped. The second goes after it.
    on_their_way: list[Route] = []
    phone.route("**/learn/events/", lambda route: route.continue_() if on_their_way else on_their_way.append(route))
    phone.evaluate(NOTE_WHERE_IT_BEGINS)
    chapters.nth(2).focus()
    phone.keyboard.press("Enter")
    until(phone, starts_at + 0.5)
    expect(chapters.nth(2)).to_have_attribute("aria-current", "true")
    assert starts_at <= float(player.get_attribute("data-began-at") or "0") < starts_at + 1
    assert phone.evaluate("document.querySelector('audio').duration") > starts_at + 30
    phone.evaluate("document.querySelector('audio').pause()")
    expect(chapters.nth(2)).to_have_attribute("aria-current", "true")
    for _ in range(300):
        if on_their_way:
            break
        phone.wait_for_timeout(200)
    on_their_way[0].continue_()
    # Where it began, and where it stopped: in the lesson of the chapter.
    for _ in range(50):
        heard = served.manage("shell", "-v0", "-c", HEARD)
        if heard.count("looking-twice") == 2:
            break
        phone.wait_for_timeout(200)
    assert heard.split() == ["looking-twice"] * 2
    shoot(phone, "listen-whole")
    with phone.expect_download() as download:
        phone.locator("a[download]").click()
    assert download.value.suggested_filename == "course.opus"

    # She finishes the lesson where she heard it.
    phone.goto(f"{course}/what-it-is/listen/")
    for box in phone.locator("#lesson-done input[type=checkbox]").all():
        box.check()
    with phone.expect_navigation():
        phone.locator("#lesson-done button").click()
    expect(phone).to_have_url(re.compile(r"/listen/$"))

    # In English she reads the others, and finishes: what she heard counts.
    switch(phone, "English")
    phone.get_by_role("link", name="Read this lesson instead").click()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    read = 0
    while phone.locator("#lesson-done").count():
        read += 1
        assert read < 10
        for box in phone.locator("#lesson-done input[type=checkbox]").all():
            box.check()
        with phone.expect_navigation():
            phone.locator("#lesson-done button").click()
    assert read == 4
    learnt_earlier(served, number="D-02")
    phone.goto(f"{course}/quiz/")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Start the questions").click()
    answer_all(phone, served, number="D-02")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Hand in").click()
    expect(phone.get_by_role("heading", name="You passed")).to_be_visible()

    # Leaving forgets where she was.
    kept = "Object.keys(sessionStorage).filter(key => key.includes('listen')).length"
    assert phone.evaluate(kept) > 0


def until(page: Page, seconds: float) -> None:
    """Wait until the recording is beyond ``seconds``."""
    for _ in range(300):
        if page.evaluate("document.querySelector('audio').currentTime") >= seconds:
            return
        page.wait_for_timeout(200)
    raise AssertionError("the recording did not come so far")


def switch(page: Page, language: str) -> None:
    """Choose a language in the header."""
    page.locator("summary", has_text=re.compile("ਪੰਜਾਬੀ|English")).first.click()
    with page.expect_navigation():
        page.locator(f"button[name=language]:has-text('{language}')").click()
