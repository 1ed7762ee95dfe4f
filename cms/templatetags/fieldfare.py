"""Tags and filters that all templates have."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import template
from django.template import Context
from django.template.loader import select_template
from django.utils.formats import date_format, get_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cms.help_words import said
from cms.languages import direction, in_source, lang_of, lang_of_source
from cms.lists import listed
from cms.media import MediaFile, media_file
from cms.places import place_name, province_of, with_regions
from cms.rich_text import safe_html
from cms.selectors import PLACE_PARAMETER, HelpLine, help_directory_of, place_of
from cms.states import look_of

register = template.Library()
register.filter("listed", listed)
register.filter("said", said)
register.filter("place_name", place_name)

FOOTER_LINES: Final = 4
_BLOCK_TYPE: Final = re.compile(r"[a-z][a-z_]*")
_NOT_TEXT: Final = frozenset(
    {
        "type",
        "id",
        "code",
        "key",
        "next",
        "start",
        "sha256",
        "url",
        "content_type",
        "services",
        "question",
        "tone",
        "verdict",
    }
)
# Django's format for English, and for languages that it has no formats of.
_AMERICAN: Final = "N j, Y"
# Dates in figures, numbers of certificates, what a program fills in, and endings of file names.
_CODES: Final = re.compile(
    r"(\b\d{4}-\d{2}-\d{2}\b|\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b|%\([^)]*\)s|(?<!\S)\.[a-z]{2,4}\b)"
)
_DRAWING: Final = re.compile(r"[a-z][a-z-]*")


@register.filter
def block_html(value: object) -> SafeString:
    """Return rich text, live or frozen, as HTML that is safe to print."""
    return safe_html(value)


@register.filter
def media(value: object) -> MediaFile | None:
    """Return an image or a file, live or frozen, as one thing with ``url`` and ``size_bytes``; None if there is none."""
    return media_file(value)


@register.filter
def direction_of(language: str) -> str:
    """Return ``rtl`` or ``ltr`` for a language code: for a text that is not in the page's language."""
    return direction(language)


register.simple_tag(lang_of)
register.simple_tag(lang_of_source)
register.filter("in_source", in_source)


@register.filter
def codes_whole(text: str) -> str:
    """Return a sentence in which each date in figures and each piece of code stays on one line and in its order."""
    before, *rest = _CODES.split(str(text))
    if not rest:
        return text
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return format_html("{}{}", before, format_html_join("", '<bdi dir="ltr" class="whole">{}</bdi>{}', pairs))


@register.filter
def day(value: date | str | None) -> str:
    """Return a date in full, "30 June 2026" in English; nothing for no date. A frozen one is a text in ISO form."""
    if not value:
        return ""
    value = date.fromisoformat(value) if isinstance(value, str) else value
    own = get_format("DATE_FORMAT")
    return date_format(value, "j F Y" if own == _AMERICAN else own)


@register.filter
def at(mapping: Mapping[str, Any] | None, key: object) -> Any:
    """Return ``mapping[key]``; None where there is no such key or no mapping."""
    return mapping.get(str(key)) if mapping else None


@register.simple_tag(takes_context=True)
def block_template(context: Context, block: Any) -> SafeString:
    """Show a block: a frozen one (``type``, ``id``, ``value``) or a live child of a stream.

    Its template is found by its type. A type that has none any more shows its texts by the generic one.
    """
    frozen = isinstance(block, Mapping)
    kind = block["type"] if frozen else block.block_type
    value = block.get("value") if frozen else block.value
    names = [f"{folder}/blocks/{kind}.html" for folder in ("cms", "courses")] if _BLOCK_TYPE.fullmatch(kind) else []
    chosen = select_template([*names, "cms/blocks/unknown.html"])
    with context.push({"value": value, "self": value, "block": block, "block_id": block["id"] if frozen else block.id}):
        # The inner template: the outer one would run every context processor again for each block.
        return chosen.template.render(context)  # type: ignore[attr-defined]


@register.simple_tag(takes_context=True)
def lang_of_page(context: Context) -> SafeString:
    """Return the attributes of the interface's own words that stand within a text in another language; else none.

    The page says as ``content_language`` in which language the text around is.
    """
    page = str(context.get("language") or "")
    return (
        SafeString()
        if context.get("content_language", page) == page
        else format_html(' lang="{}" dir="{}"', page, direction(page))
    )


@register.filter
def shuffled(parts: Sequence[Any] | None, name: str) -> list[Any]:
    """Return ``parts`` in an order that ``name`` decides: always the same, in every language, and not the author's.

    Authors tend to write the best choice in the same place.
    """
    numbered = list(enumerate(parts or ()))
    numbered.sort(key=lambda pair: hashlib.sha256(f"{name}/{pair[0]}".encode()).digest())
    return [part for _, part in numbered]


@register.filter
def place_among(name: str, parts: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the place, from 1, of the part whose id is ``name``; None where there is none."""
    return next((place for place, part in enumerate(parts, start=1) if part["id"] == name), None)


@register.filter
def texts(value: object) -> list[str]:
    """Return all texts inside a frozen value of an unknown shape, in their order, without keys and addresses."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, Mapping):
        parts: Iterable[object] = [part for name, part in value.items() if name not in _NOT_TEXT]
    elif isinstance(value, list | tuple):
        parts = value
    else:
        return []
    return [text for part in parts for text in texts(part)]


@register.inclusion_tag("cms/components/help_lines.html", takes_context=True)
def help_lines(context: Context, codes: Iterable[Any], compact: bool = False) -> dict[str, Any]:
    """List the services named by ``codes`` (or services themselves) as the directory has them today.

    What is withdrawn is left out; where nothing is left, the fallback stands in its place.
    """
    directory = help_directory_of(context.get("request"))
    lines = directory.with_codes(getattr(code, "code", code) for code in codes or ())
    return _lines_context(lines or directory.fallback(), directory.fallback(), compact=compact)


@register.inclusion_tag("cms/components/help_lines.html", takes_context=True)
def place_lines(context: Context, place: str = "", limit: int | None = None) -> dict[str, Any]:
    """List the services for a place, the reader's by default."""
    request = context.get("request")
    directory = help_directory_of(request)
    lines = directory.in_place(place or place_of(request), limit=limit)
    return _lines_context(lines or directory.fallback(), directory.fallback(), compact=False)


@register.simple_tag(takes_context=True)
def reader_place(context: Context) -> str:
    """Return the name of the place whose help lines the page shows."""
    return place_name(place_of(context.get("request")))


@register.inclusion_tag("cms/components/place_chooser.html", takes_context=True)
def place_chooser(context: Context) -> dict[str, Any]:
    """Let the reader see the lines of another place, on this page and those they go to from it.

    A page that answers what was sent cannot be asked for again without sending it again: there is no choice on it.
    """
    request = context.get("request")
    if request is None or request.method != "GET":
        return {"places": []}
    # A page that says other things in a region than in its province offers it.
    places, place = with_regions(context.get("regions") or {}), place_of(request)
    return {
        "places": places,
        "place": place if place in dict(places) else province_of(place),
        "parameter": PLACE_PARAMETER,
        "path": request.path,
        "kept": [(name, value) for name, values in request.GET.lists() for value in values if name != PLACE_PARAMETER],
    }


def _lines_context(lines: list[HelpLine], fallback: list[HelpLine], *, compact: bool) -> dict[str, Any]:
    stale = any(line.stale for line in lines)
    return {"lines": lines, "fallback": fallback if stale else [], "any_stale": stale, "compact": compact}


@register.inclusion_tag("cms/components/state_badge.html")
def state_badge(state: object, word: str = "") -> dict[str, Any]:
    """Show a state by word, shape and colour; ``word`` replaces the usual one, e.g. with a date."""
    look = look_of(state)
    return {"word": word or look.word, "tone": look.tone, "shape": f"cms/components/shapes/{look.shape}.svg"}


@register.simple_tag
def drawing(code: str) -> SafeString:
    """Return the line drawing of a sector, a clipboard where it has none."""
    names = [f"cms/components/drawings/{code}.svg"] if _DRAWING.fullmatch(code or "") else []
    return select_template([*names, "cms/components/drawings/any-workplace.svg"]).render()
