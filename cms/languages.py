"""Languages that Django does not know, names of languages in themselves, and texts in another one than the page's."""

import django.conf.locale
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

_MISSING = {
    # Django ships no Tagalog catalogue; without an entry here its URLs and language names fail.
    "tl": {"bidi": False, "code": "tl", "name": "Tagalog", "name_local": "Tagalog"},
}
_LOCAL_NAMES = {"pa": "ਪੰਜਾਬੀ", "zh-hans": "简体中文", "zh-hant": "繁體中文"}

_SMALL_NAMES = frozenset({"fr", "es"})

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "prs", "ps", "ckb", "he"})


def install_missing_languages() -> None:
    """Teach Django the languages it lacks and the local names it gets wrong. Safe to call twice."""
    django.conf.locale.LANG_INFO.update(_MISSING)
    for code, name in _LOCAL_NAMES.items():
        django.conf.locale.LANG_INFO[code]["name_local"] = name


def spoken(wanted: str) -> str:
    """Return the language to write to somebody in who wants ``wanted``: that, where the site has it, else the site's own."""
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr`` for a language code."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def lang_of(language: str) -> SafeString:
    """Return the attributes of an element whose text is in ``language``; none where that is empty or the page's."""
    if not language or language == get_language():
        return SafeString()
    return format_html(' lang="{}" dir="{}"', language, direction(language))


def lang_of_source() -> SafeString:
    """Return the attributes of an element whose text is there in the language of the source alone."""
    return lang_of(settings.LANGUAGE_CODE)


def in_source(text: str) -> str:
    """Return a text that is there in the language of the source alone, such as the title of a certification.

    On a page in another language it is HTML that says so and keeps its own direction; also within a sentence.
    """
    attributes = lang_of_source() if text else ""
    return format_html("<bdi{}>{}</bdi>", attributes, text) if attributes else text


def language_name(code: str, form: str) -> str:
    """Return ``name_local`` or ``name_translated`` of a language, its code where nobody knows its name."""
    try:
        name = str(get_language_info(code)[form])
    except KeyError:
        return code
    # Django writes them as in a list of its own; within a sentence these languages write them small.
    return name.lower() if form == "name_translated" and get_language() in _SMALL_NAMES else name
