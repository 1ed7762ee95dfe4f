"""The words of libraries that our catalogues translate where those have no such language."""

from pathlib import Path

import allauth
import django
import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext

from people import library_words

IN_ANY_LIBRARY = {
    entry.msgid_plural or entry.msgid
    for root, places in (
        (Path(allauth.__file__).parent, ["locale/fr"]),
        (Path(django.__file__).parent, ["conf/locale/en", "contrib/auth/locale/en"]),
    )
    for place in places
    for entry in polib.pofile(str(root / place / "LC_MESSAGES/django.po"))
    if not entry.obsolete
}
WORDS = [*library_words.ACCOUNT_WORDS, *library_words.FORM_WORDS]
COUNTED = [str(each) for each in library_words.COUNTED_WORDS]


def test_the_libraries_still_say_so():
    assert {*WORDS, *COUNTED} - IN_ANY_LIBRARY == set()


@pytest.mark.parametrize("language", ["pa", "tl"])
def test_they_are_said_in_languages_that_libraries_do_not_speak(language):
    with translation.override(language):
        assert [each for each in WORDS if gettext(each) == each] == []
        assert [each for each in library_words.COUNTED_WORDS if str(each) in COUNTED] == []
