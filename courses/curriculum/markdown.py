"""The small Markdown of the curriculum: paragraphs, strong, emphasis, lists, headings.

No HTML, links, images, code, quotations or rules. What is rendered passes a cleaner that lets through
only the tags below, without attributes, whatever the parser made of a text.
"""

import re
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

ALLOWED_TAGS: Final = frozenset({"p", "strong", "em", "ul", "ol", "li", "h3", "h4", "br"})

_NOT_USED: Final = (
    "autolink",
    "backticks",
    "blockquote",
    "code",
    "fence",
    "hr",
    "html_block",
    "html_inline",
    "image",
    "link",
    "lheading",
    "reference",
)

_FAULTS: Final = {
    "html_block": "HTML is not used here",
    "html_inline": "HTML is not used here",
    "link_open": "links are not used here",
    "image": "images are not used here; use an image block",
    "code_inline": "code is not used here",
    "code_block": "a line that is indented by four spaces becomes code",
    "fence": "code is not used here",
    "blockquote_open": "quotations are not used here",
    "hr": "rules are not used here",
}

_RENDERER = MarkdownIt("commonmark").disable(list(_NOT_USED))
_JUDGE = MarkdownIt("commonmark")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)", re.IGNORECASE)


def render_markdown(text: str) -> str:
    """Return ``text`` as HTML in ``ALLOWED_TAGS``; headings of all levels become h3 and h4.

    Markup that is not part of the small Markdown comes out as the characters that were typed.
    """
    tokens = _RENDERER.parse(text)
    for token in tokens:
        if token.tag in ("h1", "h2"):
            token.tag = "h3"
        elif token.tag in ("h5", "h6"):
            token.tag = "h4"
    return _clean(_RENDERER.renderer.render(tokens, _RENDERER.options, {}))


def render_inline(text: str) -> str:
    """Return a short text (an option, a sign) as HTML without paragraphs: strong and emphasis only."""
    return _clean(_RENDERER.renderInline(text))


def _clean(html: str) -> str:
    return nh3.clean(html, tags=set(ALLOWED_TAGS), attributes={}, link_rel=None).strip()


def markdown_faults(text: str) -> list[str]:
    """Return what in ``text`` is outside the small Markdown, each kind of fault once."""
    faults: dict[str, None] = {}
    waiting: list[Token] = _JUDGE.parse(text)
    while waiting:
        token = waiting.pop(0)
        waiting.extend(token.children or [])
        if token.type in _FAULTS:
            faults[_FAULTS[token.type]] = None
        elif token.type == "heading_open" and token.markup != "###":
            faults["only headings with ### are used here"] = None
        elif token.type == "ordered_list_open" and token.attrs.get("start", 1) != 1:
            faults["a line that begins with a number and a full stop becomes a list; a list begins with 1."] = None
    if _ADDRESS.search(text):
        faults["links are not used here"] = None
    return list(faults)
