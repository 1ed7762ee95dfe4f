from collections.abc import Iterator

import polib
import pytest
from django.conf import settings
from django.utils.translation import to_locale

from translations.recognition import Recognised, is_in_script, looks_like, recognise

TARGETS = [code for code, _ in settings.KNOWN_LANGUAGES if code != "en"]
SPANISH = "Las personas que trabajan con usted pueden pedir ayuda por su cuenta."
FRENCH = "Les personnes qui travaillent avec vous peuvent demander de l’aide dans ce lieu."


def shipped(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield every piece of every shipped file of a language: its name, source and translation."""
    folder = to_locale(language)
    paths = sorted((settings.BASE_DIR / "curriculum").glob(f"**/locale/{language}.po"))
    paths += sorted((settings.BASE_DIR / "locale" / folder / "LC_MESSAGES").glob("*.po"))
    for path in paths:
        for at, entry in enumerate(polib.pofile(str(path))):
            for target in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
                if target:
                    yield f"{path}/{at}", entry.msgid, target


@pytest.mark.parametrize("language", TARGETS)
def test_no_shipped_piece_looks_like_another_language(language: str) -> None:
    found = recognise(shipped(language), language)
    assert found.others == {}
    assert found.own > 1500


def test_no_piece_of_the_source_looks_like_another_language() -> None:
    assert recognise(((name, "", source) for name, source, _ in shipped("fr")), "en").others == {}


@pytest.mark.parametrize("language", TARGETS)
def test_a_whole_file_of_another_language_is_known(language: str) -> None:
    pieces = list(shipped(language))[::20]
    for said in settings.KNOWN_LANGUAGES:
        if said[0] != language:
            assert recognise(pieces, said[0]).mostly == language, said
    copied = [(name, source, source) for name, source, _ in pieces]
    assert recognise(copied, language).mostly == "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SPANISH, "es"),
        (FRENCH, "fr"),
        ("Ask the person at the desk what you can do for them.", "en"),
        ("Hindi mo kailangang sabihin kung ano ang nangyari sa iyo.", "tl"),
        ("ਤੁਸੀਂ ਇਸ ਥਾਂ ਉੱਤੇ ਮਦਦ ਮੰਗ ਸਕਦੇ ਹੋ", "pa"),
        ("يمكنك أن تطلب المساعدة هنا", "ar"),
        ("營地裡的生活與工作", "zh-hant"),
        ("营地里的生活、时间与工作", "zh-hans"),
        ("Le lieu, le danger, la police et l’infirmier", ""),
        ("BC Employment Standards Branch", ""),
        ("Anna, 250-555-0100", ""),
        ("%(the)s %(and)s %(you)s", ""),
        ("<the and=you with=that> Ottawa", ""),
        ("ਪੰਜਾਬੀ", ""),
        ("中文", ""),
        ("", ""),
    ],
)
def test_words_and_script_tell_a_language(text: str, expected: str) -> None:
    assert looks_like(text) == expected


@pytest.mark.parametrize(
    ("source", "target", "language", "expected"),
    [
        ("Ask for help there", SPANISH, "fr", "es"),
        ("Ask for help there", f"{FRENCH} « {SPANISH} »", "fr", ""),
        ("Say “ayuda”", "Dites « Las personas que trabajan »", "fr", ""),
        ("Write it down, call police now", "Write it down, call police now", "fr", "en"),
        ("Prince Edward Island", "Prince Edward Island", "fr", ""),
        (SPANISH, SPANISH, "fr", ""),
        ("Ask", "يمكنك أن تطلب المساعدة هنا", "pa", "ar"),
        ("Ask", "یہاں مدد مانگ سکتے ہیں", "ur", ""),
        ("Ask", "ਮਦਦ: Ask the person what you can do", "pa", "en"),
    ],
)
def test_a_piece_is_doubted_only_where_it_can_be_told(source: str, target: str, language: str, expected: str) -> None:
    assert recognise([("a", source, target)], language).others == ({"a": expected} if expected else {})


def test_most_is_more_than_the_rest_and_a_few_are_not_most() -> None:
    spanish = {f"{at}": "es" for at in range(5)}
    assert Recognised(4, spanish).mostly == "es"
    assert Recognised(5, spanish).mostly == ""
    assert Recognised(0, {"1": "es"}).mostly == ""


def test_where_nothing_tells_a_language_what_looks_like_none_counts_as_it() -> None:
    portuguese = [(f"{at}", "Rooms", "Os quartos ficam ali") for at in range(6)]
    quoted = [(f"q{at}", "Rooms", SPANISH) for at in range(5)]
    assert recognise(portuguese + quoted, "pt").mostly == ""


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("مرحبا", "ar", True),
        ("Bonjour", "ar", False),
        ("911", "ar", None),
        ("Bonjour", "fr", True),
        ("ਕਮਰਾ", "fr", False),
        ("部屋と鍵", "ja", True),
        ("Bonjour", "cr", None),
        ("ਸਤ", "pa", True),
        ("你好 %(name)s", "zh-hans", True),
        ("營地裡的生活與工作", "zh-hans", False),
        ("營地裡的生活與工作", "zh-hant", True),
        ("营地里的生活与工作", "zh-hant", False),
        ("Bonjour", "zh-hant", False),
    ],
)
def test_the_script_tells_a_file_of_another_language(text, language, expected):
    assert is_in_script(text, language) is expected
