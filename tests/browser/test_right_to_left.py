"""Arabic on a phone: direction, room, arrows, the way out and numbers, on pages of learners, of the portal and the CMS."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from compliance import demo
from tests.browser.conftest import PHONE, Served, free_port, shoot

# How a page looks hangs on no database.
pytestmark = pytest.mark.one_profile

COURSE = "/learn/hotel-and-restaurant-work/"
PUBLIC = {
    "ar-home": "/ar/",
    "ar-help": "/help/",
    "ar-languages": "/language/others/",
    "ar-sign-in": "/sign-in/",
    "ar-course": COURSE,
    "ar-open-quiz": "/learn/talking-and-listening-at-home/quiz/",
    "ar-visible": "/what-your-workplace-can-see/",
    "ar-verify": "/verify/",
}
LEARNER = {"ar-training": "/training/", "ar-lesson": f"{COURSE}core-facts/", "ar-quiz": f"{COURSE}quiz/"}
STAFF = {
    "hr@larch.example": {
        "ar-workplace": "/workplace/larch/",
        "ar-people": "/workplace/larch/people/",
        "ar-upload": "/workplace/larch/people/upload/",
    },
    "publisher@fieldfare.example": {
        "ar-cms-languages": "/cms/languages/",
        "ar-cms-to-do": "/cms/languages/to-do/",
        "ar-cms-glossary": "/cms/languages/glossary/?language=fr",
        "ar-cms-files": "/cms/languages/files/",
        "ar-cms-answers": "/cms/answers-by-language/",
    },
}
WORDS = {"Leave this page": "مغادرة هذه الصفحة", "Sign in": "تسجيل الدخول"}


@pytest.fixture(scope="module")
def in_arabic(served: Served) -> Iterator[Served]:
    """The same platform once more, with Arabic offered."""
    if not (settings.BASE_DIR / "locale" / "ar" / "LC_MESSAGES" / "django.mo").exists():
        folder = Path(served.env["FIELDFARE_VAR_DIR"]) / "locale" / "ar" / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        catalogue = polib.POFile()
        catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "ar"}
        catalogue.extend(polib.POEntry(msgid=source, msgstr=target) for source, target in WORDS.items())
        catalogue.save_as_mofile(str(folder / "django.mo"))
    origin = f"http://127.0.0.1:{free_port()}"
    env = {**served.env, "DJANGO_SETTINGS_MODULE": "tests.browser.arabic_settings", "FIELDFARE_ORIGIN": origin}
    platform = replace(served, origin=origin, env=env, processes=[])
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture
def arabic(browser: Browser, in_arabic: Served) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=1, has_touch=True)
    context.add_cookies([{"name": "language", "value": "ar", "url": in_arabic.origin}])
    yield context.new_page()
    context.close()


def look(page: Page, served: Served, name: str, path: str) -> None:
    answer = page.goto(f"{served.origin}{path}")
    assert answer is not None
    assert answer.status == 200, path
    assert page.locator("html").get_attribute("dir") == "rtl", path
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], f"{path} is {width} px wide"
    shoot(page, name)


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return found


def test_public_pages_run_from_right_to_left(arabic: Page, in_arabic: Served) -> None:
    for name, path in PUBLIC.items():
        look(arabic, in_arabic, name, path)
        # The way out is within reach at the bottom, from edge to edge.
        leave = arabic.get_by_role("link", name=WORDS["Leave this page"]).bounding_box()
        assert leave is not None
        assert leave["y"] + leave["height"] <= PHONE["height"] + 1, path
    arabic.goto(f"{in_arabic.origin}/ar/")
    # The mark stands where reading begins.
    assert box(arabic, ".brand")["x"] > PHONE["width"] / 2
    menu = arabic.locator("details[data-menu]").first
    menu.locator("summary").click()
    opened = menu.locator(".menu__list").bounding_box()
    assert opened is not None
    assert (opened["x"] >= 0, opened["x"] + opened["width"] <= PHONE["width"]) == (True, True)


def test_text_in_another_script_keeps_its_own_direction(arabic: Page, in_arabic: Served) -> None:
    arabic.goto(f"{in_arabic.origin}/learn/talking-and-listening-at-home/quiz/")
    option = arabic.locator("label.option[lang='en']").first
    control, words = option.locator("input").bounding_box(), option.locator("span").first.bounding_box()
    assert control is not None
    assert words is not None
    assert (option.get_attribute("dir"), control["x"] < words["x"]) == ("ltr", True)
    # A number to call is read from left to right everywhere.
    numbers = arabic.locator("a[href^='tel:'] bdi")
    assert {each.get_attribute("dir") for each in numbers.all()} == {"ltr"}


def test_a_learner_on_the_way(arabic: Page, in_arabic: Served) -> None:
    arabic.goto(f"{in_arabic.origin}/sign-in/")
    for number, typed in enumerate(("larch", "0044", demo.PIN)):
        arabic.locator("main form input:not([type=hidden])").nth(number).fill(typed)
    arabic.get_by_role("button", name=WORDS["Sign in"], exact=True).click()
    expect(arabic).to_have_url(f"{in_arabic.origin}/training/")
    for name, path in LEARNER.items():
        look(arabic, in_arabic, name, path)
    arabic.goto(f"{in_arabic.origin}{COURSE}core-facts/")
    # "Back" points to where the reader came from: to the right.
    turned = arabic.locator(".back .shape").first.evaluate("element => getComputedStyle(element).transform")
    assert turned == "none"


@pytest.mark.parametrize("address", sorted(STAFF))
def test_staff_pages_fit_a_phone(arabic: Page, in_arabic: Served, address: str) -> None:
    arabic.goto(f"{in_arabic.origin}/accounts/login/")
    arabic.locator("input[name=login]").fill(address)
    arabic.locator("input[name=password]").fill(demo.PASSWORD)
    arabic.locator("main form button").first.click()
    expect(arabic).not_to_have_url(f"{in_arabic.origin}/accounts/login/")
    for name, path in STAFF[address].items():
        look(arabic, in_arabic, name, path)
