"""XLIFF 2.0: a unit for each segment, named by ``name``; state ``initial`` needs work, ``final`` is signed for."""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from people.workbooks.cells import clean
from translations.exceptions import ExchangeFault, ExchangeProblem, ExchangeRefused
from translations.exchange.units import ExchangeFile, Unit, base_of
from translations.segments import SOURCE_LANGUAGE

NAMESPACE: Final = "urn:oasis:names:tc:xliff:document:2.0"
_NEWER: Final = "{urn:oasis:names:tc:xliff:document:2.2}"
_Q: Final = f"{{{NAMESPACE}}}"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_BASE, _NOTE, _REVIEWER = "base", "note", "reviewed-by"
_MOST_DIGITS: Final = 9


def write(file: ExchangeFile) -> bytes:
    """Return the file as XLIFF 2.0."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{_Q}xliff", {"version": "2.0", "srcLang": SOURCE_LANGUAGE, "trgLang": file.language})
    inside = ElementTree.SubElement(root, f"{_Q}file", {"id": "f1"})
    for number, each in enumerate(file.units, start=1):
        _add(inside, number, each)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(inside: ElementTree.Element, number: int, each: Unit) -> None:
    unit = ElementTree.SubElement(inside, f"{_Q}unit", {"id": f"u{number}", "name": each.segment})
    said = [(_BASE, each.base), (_NOTE, each.note), (_REVIEWER, each.reviewer)]
    if any(text for _, text in said):
        notes = ElementTree.SubElement(unit, f"{_Q}notes")
        for category, text in said:
            if text:
                ElementTree.SubElement(notes, f"{_Q}note", {"category": category}).text = text
    state = "initial" if each.needs_work or not each.target else "final" if each.reviewer else "translated"
    segment = ElementTree.SubElement(unit, f"{_Q}segment", {"id": "s1", "state": state})
    ElementTree.SubElement(segment, f"{_Q}source", {_SPACE: "preserve"}).text = each.source
    if each.target:
        ElementTree.SubElement(segment, f"{_Q}target", {_SPACE: "preserve"}).text = each.target


def read(content: bytes) -> ExchangeFile:
    """Return what an XLIFF 2.0 (2.1, 2.2) file holds. Segments that a tool has split are put together again.

    Raises:
        ExchangeRefused: it is no such file, or has marks within its text that this does not know.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ExchangeRefused([ExchangeProblem(ExchangeFault.UNREADABLE)]) from error
    for each in root.iter():
        if str(each.tag).startswith(_NEWER):
            each.tag = f"{_Q}{each.tag.removeprefix(_NEWER)}"
    if root.tag != f"{_Q}xliff":
        raise ExchangeRefused([ExchangeProblem(ExchangeFault.UNREADABLE, detail="XLIFF 2.0")])
    problems: list[ExchangeProblem] = []
    units = tuple(_unit(unit, problems) for unit in root.iter(f"{_Q}unit"))
    if problems:
        raise ExchangeRefused(problems)
    return ExchangeFile(root.get("trgLang", ""), units)


def _unit(unit: Any, problems: list[ExchangeProblem]) -> Unit:
    name = unit.get("name") or ""
    notes = {note.get("category"): (note.text or "").strip() for note in unit.iter(f"{_Q}note")}
    segments = [part for part in unit if part.tag in (f"{_Q}segment", f"{_Q}ignorable")]
    source = "".join(_text(part.find(f"{_Q}source"), name, problems) for part in segments)
    targets = [part.find(f"{_Q}target") for part in segments]
    problems += [
        ExchangeProblem(ExchangeFault.TWICE, name, kind)
        for kind in ("source", "target")
        if any(len(part.findall(f"{_Q}{kind}")) > 1 for part in segments)
    ]
    has_words = [found is not None for found, part in zip(targets, segments, strict=True) if _has_source(part)]
    # A pause between two sentences is often left out of the translation; it stands as in the source.
    told = [
        (
            _order(found, at),
            _text(found if found is not None or _is_segment(part) else part.find(f"{_Q}source"), name, problems),
        )
        for at, (part, found) in enumerate(zip(segments, targets, strict=True), start=1)
    ]
    target = "".join(text for _, text in sorted(told)) if any(has_words) else ""
    states = {part.get("state", "initial") for part in segments if _is_segment(part)}
    base = notes.get(_BASE, "")
    # Many tools leave the state as it is: what was changed is meant, unless a piece of it has no words yet.
    needs_work = bool(target) and (("initial" in states and base in ("", base_of(target))) or not all(has_words))
    return Unit(
        name,
        source,
        target,
        base,
        needs_work=needs_work,
        reviewer=clean(notes.get(_REVIEWER, "")),
        note=notes.get(_NOTE, ""),
    )


def _is_segment(part: Any) -> bool:
    return bool(part.tag == f"{_Q}segment")


def _has_source(part: Any) -> bool:
    source = part.find(f"{_Q}source")
    return _is_segment(part) and source is not None and bool("".join(source.itertext()).strip())


def _order(target: Any, at: int) -> int:
    """Return where a piece of the translation stands, counted from 1: word order differs between languages."""
    said = target.get("order", "") if target is not None else ""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _MOST_DIGITS else at


def _text(element: Any, name: str, problems: list[ExchangeProblem]) -> str:
    if element is None:
        return ""
    problems += [
        ExchangeProblem(ExchangeFault.INLINE, name, str(inner.tag).rpartition("}")[2]) for inner in _unknown(element)
    ]
    return "".join(element.itertext())


def _unknown(element: Any) -> Iterator[Any]:
    """Yield marks within a text; those for comments and terms (``mrk``) hold nothing of the text itself."""
    known = {f"{_Q}{name}" for name in ("mrk", "sm", "em")}
    return (inner for inner in element.iter() if inner is not element and inner.tag not in known)
