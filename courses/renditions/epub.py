"""A course as an EPUB 3.3, written by hand: a zip of XHTML, a package file and a navigation document.

The well-known writer is under a licence that this project cannot take, and what a lesson needs is small. The same
data gives the same bytes.
"""

import zipfile
from collections.abc import Iterable
from datetime import UTC
from html import escape
from io import BytesIO
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from courses.renditions.markup import fit_for_xml
from courses.renditions.material import Material
from courses.snapshot import Json

_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_CONTAINER: Final = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_CSS: Final = """@charset "UTF-8";
body { line-height: 1.5; margin: 0 4%; }
:lang(ar), :lang(fa), :lang(ur) { line-height: 1.75; }
h1 { font-size: 1.6em; line-height: 1.25; margin: 1.5em 0 .6em; }
h2 { font-size: 1.2em; line-height: 1.3; margin: 1.6em 0 .5em; }
h3 { font-size: 1.05em; margin: 1.2em 0 .4em; }
.box { margin: 1.6em 0; padding: .2em 1em; border-inline-start: .25em solid #0b5c5c; background: rgba(11, 92, 92, .07); break-inside: avoid; }
.box--scenario, .box--answers, .box--sign, .box--do_never, .box--two_ways { background: none; border: 1px solid currentColor; border-radius: .3em; break-inside: auto; }
.label { font-size: .85em; font-weight: bold; margin: .9em 0 .2em; }
.number { font-weight: bold; }
.phone { font-size: 1.2em; font-weight: bold; margin: .1em 0; }
.more, .meta, .sources { font-size: .85em; }
.choices { list-style: none; padding-inline-start: 0; }
.draft { border: 2px solid currentColor; padding: .6em; font-weight: bold; }
"""


def epub(data: Json) -> bytes:
    """Return the book of ``data`` (see ``epub_data``)."""
    names = [f"lesson-{chapter['number']}.xhtml" for chapter in data["chapters"]]
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as book:
        _add(book, "mimetype", "application/epub+zip", compression=zipfile.ZIP_STORED)
        _add(book, "META-INF/container.xml", _CONTAINER)
        _add(book, "EPUB/package.opf", _package(data, names))
        _add(book, "EPUB/nav.xhtml", _navigation(data, names))
        _add(book, "EPUB/style.css", _CSS)
        _add(book, "EPUB/title.xhtml", _page(data, data["title"], _title_page(data)))
        for name, chapter in zip(names, data["chapters"], strict=True):
            _add(book, f"EPUB/{name}", _page(data, chapter["title"], _chapter(data, chapter)))
    return target.getvalue()


def epub_data(material: Material) -> Json:
    """Return everything that the book says, as plain JSON."""
    words = material.words
    return {
        "title": material.about["title"],
        "summary": material.about["summary"],
        "note": material.about["content_note"],
        "outcomes": material.about["outcomes"],
        "language": material.language,
        "dir": material.direction,
        "identifier": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{material.url}{material.edition}')}",
        "modified": material.released_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "edition": material.edition,
        "draft": material.draft,
        "confirmed": material.confirmed,
        "address": material.url,
        "words": {name: words[name] for name in ("contents", "sources", "outcomes")},
        "chapters": [
            {
                **{name: lesson[name] for name in ("number", "title", "body", "sources")},
                "label": f"{words['lesson'] % {'number': lesson['number']}} · {words['minutes'] % {'number': lesson['minutes']}}",
            }
            for lesson in material.lessons
        ],
    }


def _add(book: zipfile.ZipFile, name: str, text: str, *, compression: int = zipfile.ZIP_DEFLATED) -> None:
    info = zipfile.ZipInfo(name, _ZIP_DATE)
    info.external_attr = 0o644 << 16
    book.writestr(info, fit_for_xml(text).encode(), compress_type=compression)


def _page(data: Json, title: str, body: str, *, namespaces: str = "") -> str:
    language = escape(data["language"])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml"{namespaces} lang="{language}" xml:lang="{language}" dir="{data["dir"]}">\n'
        f'<head><meta charset="UTF-8"/><title>{escape(title)}</title><link rel="stylesheet" href="style.css"/></head>\n'
        f"<body>\n{body}</body>\n</html>\n"
    )


def _package(data: Json, names: list[str]) -> str:
    pages = ["title.xhtml", *names]
    items = "".join(
        f'<item id="page-{number}" href="{name}" media-type="application/xhtml+xml"/>\n'
        for number, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="page-{number}"/>\n' for number in range(len(pages)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" '
        f'xml:lang="{escape(data["language"])}" dir="{data["dir"]}">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="book">{escape(data["identifier"])}</dc:identifier>\n'
        f"<dc:title>{escape(data['title'])}</dc:title>\n"
        f"<dc:language>{escape(data['language'])}</dc:language>\n"
        f"<dc:description>{escape(data['summary'])}</dc:description>\n"
        f'<meta property="dcterms:modified">{data["modified"]}</meta>\n'
        '<meta property="schema:accessMode">textual</meta>\n'
        '<meta property="schema:accessModeSufficient">textual</meta>\n'
        '<meta property="schema:accessibilityFeature">structuralNavigation</meta>\n'
        '<meta property="schema:accessibilityFeature">tableOfContents</meta>\n'
        '<meta property="schema:accessibilityHazard">none</meta>\n'
        "</metadata>\n<manifest>\n"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>\n'
        '<item id="style" href="style.css" media-type="text/css"/>\n'
        f"{items}</manifest>\n"
        f'<spine page-progression-direction="{data["dir"]}">\n{spine}</spine>\n</package>\n'
    )


def _navigation(data: Json, names: list[str]) -> str:
    entries = "".join(
        f'<li><a href="{name}">{escape(chapter["title"])}</a></li>\n'
        for name, chapter in zip(names, data["chapters"], strict=True)
    )
    contents = escape(data["words"]["contents"])
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc"><h1>{contents}</h1>\n<ol>\n'
        f'<li><a href="title.xhtml">{escape(data["title"])}</a></li>\n{entries}</ol></nav>\n'
    )
    return _page(data, data["words"]["contents"], body, namespaces=' xmlns:epub="http://www.idpf.org/2007/ops"')


def _title_page(data: Json) -> str:
    parts = [f"<h1>{escape(data['title'])}</h1>\n", f"<p>{escape(data['summary'])}</p>\n"]
    if data["draft"]:
        parts.append(f'<p class="draft">{escape(data["draft"])}</p>\n')
    if data["note"]:
        parts.append(f'<div class="box"><p>{escape(data["note"])}</p></div>\n')
    if data["outcomes"]:
        lines = "".join(f"<li>{escape(line)}</li>" for line in data["outcomes"])
        parts.append(f"<h2>{escape(data['words']['outcomes'])}</h2>\n<ul>{lines}</ul>\n")
    address = escape(data["address"])
    parts.append(
        f'<p class="meta">{escape(data["edition"])}<br/>{escape(data["confirmed"])} <a href="{address}">{address}</a></p>\n'
    )
    return "".join(parts)


def _chapter(data: Json, chapter: Json) -> str:
    parts = [f'<p class="meta">{escape(chapter["label"])}</p>\n<h1>{escape(chapter["title"])}</h1>\n']
    parts += _nodes(chapter["body"])
    if chapter["sources"]:
        parts.append(f'<section class="sources"><h2>{escape(data["words"]["sources"])}</h2>\n')
        parts += [f"<p>{escape(source)}</p>\n" for source in chapter["sources"]]
        parts.append("</section>\n")
    return "".join(parts)


def _nodes(nodes: Iterable[Json], *, below_title: bool = False) -> list[str]:
    return [_node(node, below_title) for node in nodes]


def _node(node: Json, below_title: bool) -> str:
    match node["kind"]:
        case "heading":
            level = 3 if below_title else 2
            return f"<h{level}>{_line(node['runs'])}</h{level}>\n"
        case "paragraph":
            return f"<p>{_line(node['runs'])}</p>\n"
        case "list":
            tag = "ol" if node["ordered"] else "ul"
            return f"<{tag}>" + "".join(f"<li>{_line(item)}</li>" for item in node["items"]) + f"</{tag}>\n"
        case "section":
            title = f"<h2>{escape(node['title'])}</h2>\n" if node["title"] else ""
            return f"<section>{title}{''.join(_nodes(node['body'], below_title=bool(title)))}</section>\n"
        case "service":
            more = "".join(f'<p class="more">{escape(line)}</p>' for line in node["lines"])
            return f"<div><p><b>{escape(node['name'])}</b></p>{_phone(node['phone'])}{more}</div>\n"
        case "choices":
            return '<ul class="choices">' + "".join(map(_choice, node["items"])) + "</ul>\n"
        case _:
            return _box(node)


def _box(node: Json) -> str:
    parts = [f'<section class="box box--{node["look"]}">']
    if node["label"]:
        parts.append(f'<p class="label">{escape(node["label"])}</p>')
    if node["title"]:
        parts.append(f"<h2>{escape(node['title'])}</h2>")
    for part in node["parts"]:
        if part["label"]:
            parts.append(f'<p class="label">{escape(part["label"])}</p>')
        parts += _nodes(part["body"], below_title=bool(node["title"]))
    return "".join(parts) + "</section>\n"


def _choice(item: Json) -> str:
    to = f" <b>{item['arrow']} {escape(item['to'])}</b>" if item["to"] else ""
    return f"<li><b>{escape(item['mark'])}</b>&#160; {_line(item['runs'])}{to}</li>"


def _phone(phone: str) -> str:
    if not phone:
        return ""
    dial = "".join(character for character in phone if character.isdigit() or character == "+")
    return f'<p class="phone"><a href="tel:{dial}"><bdi dir="ltr">{escape(phone)}</bdi></a></p>'


def _line(runs: Iterable[Json]) -> str:
    parts = []
    for each in runs:
        text = escape(each["text"])
        if each["italic"]:
            text = f"<i>{text}</i>"
        if each["bold"]:
            text = f"<b>{text}</b>"
        parts.append(text)
    return "".join(parts)
