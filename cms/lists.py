"""Parts of a sentence in a row, set apart as the language of the page does it."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(parts: Iterable[object]) -> str:
    """Return the parts as "one, two, three" in the current language: "一、二、三" in Chinese; "" for none."""
    return pgettext("between the parts of a list", ", ").join(str(part) for part in parts)


def listed_with(parts: Iterable[object], word: str) -> str:
    """Return the parts with ``word`` before the last of them: "one, two or three"; a single one alone, "" for none."""
    *others, last = [str(part) for part in parts] or [""]
    return f"{listed(others)} {word} {last}" if others else last
