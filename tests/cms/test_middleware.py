"""The language of a page is in its address; everything else speaks the reader's."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from cms.middleware import LanguageMiddleware

pytestmark = pytest.mark.django_db


def answer(address: str, *, cookie: str = "", accept: str = "", method: str = "get") -> tuple[int, str, str]:
    """Return status, language and target of a request that passes the middleware."""
    request = getattr(RequestFactory(), method)(address, headers={"accept-language": accept} if accept else None)
    if cookie:
        request.COOKIES["language"] = cookie
    response = LanguageMiddleware(lambda _request: HttpResponse(translation.get_language()))(request)
    return response.status_code, response.content.decode(), response.headers.get("Location", "")


@pytest.mark.parametrize(
    ("address", "choice", "language"),
    [
        ("/help/", {}, "en"),
        ("/help/", {"cookie": "ar"}, "ar"),
        ("/help/", {"accept": "pa,en;q=0.5"}, "pa"),
        ("/help/", {"cookie": "fr", "accept": "pa"}, "fr"),
        ("/help/", {"cookie": "xx"}, "en"),
        ("/privacy/", {"cookie": "zh-hant"}, "zh-hant"),
        ("/hotels-and-restaurants/", {"cookie": "ar"}, "en"),
        ("/ar/hotels/", {}, "ar"),
        ("/ar/hotels/", {"cookie": "fr"}, "ar"),
        ("/es/", {"cookie": "en"}, "es"),
    ],
)
def test_language_of_an_address(address, choice, language):
    assert answer(address, **choice) == (200, language, "")


def test_first_page_leads_on_to_the_readers_language():
    assert answer("/", cookie="pa") == (302, "", "/pa/")


def test_first_page_stays_for_readers_of_the_default_language():
    assert answer("/", cookie="en") == (200, "en", "")
    assert answer("/") == (200, "en", "")


def test_only_reading_is_led_on():
    assert answer("/", cookie="pa", method="post")[0] == 200


def test_chosen_language_lasts_on_pages_without_a_language_in_their_address(client):
    client.cookies["language"] = "fr"
    assert b'<html lang="fr" dir="ltr">' in client.get("/help/").content
    client.cookies["language"] = "ar"
    assert b'<html lang="ar" dir="rtl">' in client.get("/help/").content
