"""Pictures load when they are asked for, where the reader or the browser wants to save data."""

import re

from django.template.loader import render_to_string
from django.test import RequestFactory

from cms.context_processors import site
from tests.cms.samples import PICTURE

VALUE = {"image": PICTURE, "alt": "A door", "caption": ""}


def picture(**context: object) -> str:
    return render_to_string("cms/blocks/image.html", {"value": VALUE, **context})


def test_a_picture_waits_in_a_template_which_loads_nothing() -> None:
    html = picture()
    outside = re.sub(r"<(template|noscript)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert "<img" not in outside
    assert html.count("<img") == 2  # in the template, and for browsers without script
    assert 'alt="A door"' in html


def test_a_browser_that_saves_data_is_given_a_link_with_the_size() -> None:
    html = picture(saves_data=True)
    assert "<img" not in html
    assert f'<a href="{PICTURE["url"]}">Show the picture' in html
    assert "A door" in html


def test_the_wish_is_read_from_what_the_browser_sends() -> None:
    for sent, saves in (({"Save-Data": "on"}, True), ({"Save-Data": "off"}, False), ({}, False)):
        assert site(RequestFactory().get("/", headers=sent))["saves_data"] is saves
