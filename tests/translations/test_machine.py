"""Machine translation: no provider by default, drafts alone, never over anybody's words, never in some languages."""

from collections.abc import Sequence
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.translations.samples import AT, recorded, text, translate
from translations.exceptions import MachineRefused, NoTranslator
from translations.freshness import Provenance
from translations.machine import is_refused, translator
from translations.models import Translation
from translations.selectors import file_for, local_words
from translations.services import draft_by_machine

SOURCES = {"a": "Rooms", "b": "Call %(name)s at 250", "c": "Doors"}


class Machine:
    """Says everything in capitals, and loses a placeholder on the way."""

    def translate(self, *, texts: Sequence[str], language: str) -> list[str]:
        return [each.upper() for each in texts]


@pytest.fixture
def machine(settings: object) -> None:
    settings.MACHINE_TRANSLATOR = f"{__name__}.Machine"  # type: ignore[attr-defined]


def test_there_is_no_provider_by_default() -> None:
    assert (settings.MACHINE_TRANSLATOR, translator()) == ("", None)
    assert getattr(settings, "WAGTAILLOCALIZE_MACHINE_TRANSLATOR", None) is None


@pytest.mark.parametrize(
    ("language", "refused"),
    [("cr", True), ("crk", True), ("crk-CA", True), ("IU", True), ("str", True), ("fr", False), ("tl", False)],
)
def test_languages_of_indigenous_peoples_are_refused(language: str, refused: bool) -> None:
    assert is_refused(language) is refused


def test_no_known_language_is_refused_by_mistake() -> None:
    assert [code for code, _ in settings.KNOWN_LANGUAGES if is_refused(code)] == []


@pytest.mark.django_db
def test_a_draft_stands_only_where_nothing_was_and_is_nobodys_word(machine: None) -> None:
    recorded(text(sources=SOURCES))
    translate("c", "Portes", provenance=Provenance.PERSON)
    assert draft_by_machine(language="fr", at=AT) == (1, 1)
    assert draft_by_machine(language="fr", at=AT) == (0, 1)
    rows = Translation.objects.order_by("segment__key").values_list("segment__key", "text", "provenance", "is_local")
    assert list(rows) == [("a", "ROOMS", "machine", False), ("c", "Portes", "person", False)]
    # Pages are made of people's words; a translator finds the draft as needing work.
    assert local_words() == {}
    first = file_for(language="fr").units[0]
    assert (first.target, first.needs_work) == ("ROOMS", True)


@pytest.mark.django_db
def test_refusals_are_named(machine: None, settings: object) -> None:
    with pytest.raises(MachineRefused):
        draft_by_machine(language="crk", at=AT)
    with pytest.raises(CommandError, match="Indigenous"):
        call_command("draft_translations", language="iu")
    settings.MACHINE_TRANSLATOR = ""  # type: ignore[attr-defined]
    with pytest.raises(NoTranslator):
        draft_by_machine(language="fr", at=AT)
    with pytest.raises(CommandError, match="names no provider"):
        call_command("draft_translations", language="fr")


@pytest.mark.django_db
def test_command_drafts_one_course(machine: None) -> None:
    recorded(text(sources={"a": "Rooms"}), text("course:camp", sources={"x": "Camp"}, group="course:camp"))
    out = StringIO()
    call_command("draft_translations", language="fr", course="camp", stdout=out)
    assert out.getvalue().startswith("1 drafted, 0 not kept")
    assert Translation.objects.get().segment.key == "x"
    with pytest.raises(CommandError, match="no course"):
        call_command("draft_translations", language="fr", course="none")
