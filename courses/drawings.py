"""Whether a drawing (SVG) holds nothing but a drawing: a browser runs what it finds in one."""

from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_REFUSED: Final = frozenset({"script", "foreignobject", "iframe", "object", "embed", "set", "animate", "handler", "a"})


def drawing_problem(content: bytes) -> str:
    """Return what keeps ``content`` from being a harmless drawing, "" where nothing does."""
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return "this is not a drawing (SVG), or it names other files"
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2].lower()
        if name in _REFUSED:
            return f"a drawing must not hold <{name}>"
        for attribute, value in element.attrib.items():
            key = attribute.rpartition("}")[2].lower()
            if key.startswith("on"):
                return f"a drawing must not act ({key})"
            if key in ("href", "src") and not value.startswith("#"):
                return "a drawing must not name other files"
            if "url(" in value and "url(#" not in value:
                return "a drawing must not name other files"
        if name == "style" and element.text and ("@import" in element.text or "url(" in element.text):
            return "a drawing must not name other files"
    return "" if str(root.tag).rpartition("}")[2] == "svg" else "this is not a drawing (SVG)"
