"""Rich text of the curriculum and of the editor in one spelling, so that the two can be compared.

The editor writes ``<b>`` and ``<i>``, a key on each block and no line between blocks; Markdown gives ``<strong>``,
``<em>`` and a line after each.
"""

import re
from typing import Final

import nh3

from courses.curriculum.markdown import render_inline, render_markdown

_TAGS: Final = {"p", "b", "i", "ul", "ol", "li", "h2", "h3", "h4", "br", "a", "embed"}
_ATTRIBUTES: Final = {"a": {"href", "linktype", "id"}, "embed": {"embedtype", "id", "url", "alt", "format"}}
_SPELLING: Final = re.compile(r"<(/?)(strong|em)\b[^>]*>")
_BETWEEN: Final = re.compile(r"\s*(</?(?:p|ul|ol|li|h2|h3|h4)(?:\s[^>]*)?>)\s*")


def as_edited(html: str) -> str:
    """Return ``html`` as the editor would write it, without the keys of its blocks."""
    spelled = _SPELLING.sub(lambda tag: f"<{tag[1]}{'b' if tag[2] == 'strong' else 'i'}>", html)
    cleaned = nh3.clean(spelled, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)
    return _BETWEEN.sub(r"\1", cleaned).strip()


def rich(markdown: str) -> str:
    """Return Markdown as rich text."""
    return as_edited(render_markdown(markdown)) if markdown else ""


def rich_line(text: str) -> str:
    """Return a short text as rich text of one paragraph."""
    return as_edited(f"<p>{render_inline(text)}</p>") if text else ""
