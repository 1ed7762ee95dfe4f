"""Languages that Django does not know, and names of languages in themselves."""

import django.conf.locale
from django.utils.translation import get_language_info

_MISSING = {
    # Django ships no Tagalog catalogue; without an entry here its URLs and language names fail.
    "tl": {"bidi": False, "code": "tl", "name": "Tagalog", "name_local": "Tagalog"},
}
_LOCAL_NAMES = {"pa": "ਪੰਜਾਬੀ", "zh-hans": "简体中文", "zh-hant": "繁體中文"}

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "prs", "ps", "ckb", "he"})


def install_missing_languages() -> None:
    """Teach Django the languages it lacks and the local names it gets wrong. Safe to call twice."""
    django.conf.locale.LANG_INFO.update(_MISSING)
    for code, name in _LOCAL_NAMES.items():
        django.conf.locale.LANG_INFO[code]["name_local"] = name


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr`` for a language code."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def language_name(code: str, form: str) -> str:
    """Return ``name_local`` or ``name_translated`` of a language, its code where nobody knows its name."""
    try:
        return str(get_language_info(code)[form])
    except KeyError:
        return code
