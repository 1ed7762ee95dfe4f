"""What help lines say of themselves: in the reader's language, and never anything but what the record says now."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.utils import translation

from cms.help_words import ALWAYS, SHIPPED, Said, said
from tests.cms.test_selectors import shown
from tests.factories.cms import SupportServiceFactory

SPOKEN = [code for code, _ in settings.LANGUAGES if code != "en"]
RECORDS = yaml.safe_load((Path(settings.BASE_DIR) / "curriculum" / "services.yaml").read_text(encoding="utf-8"))[
    "services"
]


def test_all_that_shipped_lines_say_can_be_said() -> None:
    words = [(it[field] or "").strip() for it in RECORDS for field in ("hours", "languages", "text", "what_happens")]
    assert {ALWAYS[0] if it in ALWAYS else it for it in words if it} == set(SHIPPED)


@pytest.mark.parametrize("language", SPOKEN)
def test_they_are_said_in_every_language_with_their_numbers(language: str) -> None:
    with translation.override(language):
        for words in SHIPPED:
            there = said(words)
            assert there.language == language
            assert there.words != words
            for kept in ("911", "686868", "CONNECT", "cybertip.ca", "NeedHelpNow.ca"):
                assert (kept in words) == (kept in there.words)


def test_the_source_language_reads_them_as_they_stand() -> None:
    assert said(ALWAYS[1]) == Said("24 hours a day, every day of the year", "en")


def test_two_ways_to_say_day_and_night_are_one() -> None:
    with translation.override("fr"):
        assert said(ALWAYS[1]) == said(ALWAYS[0]) == Said("24 heures sur 24, tous les jours", "fr")


@pytest.mark.django_db
def test_corrected_words_are_seen_at_once_in_every_language() -> None:
    SupportServiceFactory(hours="24 hours a day, every day", what_happens="They call back within an hour.")
    with translation.override("ar"):
        page = shown("{% place_lines 'ca-bc' %}")
    assert '<p lang="en" dir="ltr">They call back within an hour.</p>' in page
    assert '<bdi lang="ar">على مدار 24 ساعة، كل يوم</bdi>' in page
