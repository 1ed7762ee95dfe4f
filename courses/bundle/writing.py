"""Writing a course into a bundle."""

import json
from typing import IO, Any

from django.conf import settings
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms import signing
from cms.models import Source, SupportService
from cms.signed_archive import SignedArchive
from courses import selectors
from courses.bundle.owning import OWNERS_FILE, owners_form
from courses.bundle.parts import part_and_language, portable_parts
from courses.bundle.reading import (
    DOCUMENT,
    FORMAT,
    KIND,
    MEDIA_FOLDER,
    MEDIA_LIST,
    PICTURE,
    BundleRefused,
    content_name,
    file_of,
    foreign_links,
)
from courses.bundle.withdrawing import take_out_withdrawn
from courses.bundle.words import TEXTS_FILE, file_of_language, language_file, texts_file
from courses.curriculum.loader import form_lines
from courses.curriculum.parts.streams import chosen_in
from courses.curriculum.registry import Form
from courses.curriculum.wording import group_of
from courses.models import Claim, Course, CoursePage, LessonPage, OwnedPart, ReviewKind
from translations.selectors import carried, is_draft, texts_of


def write_bundle(stream: IO[bytes], *, course: Course) -> list[str]:
    """Write ``course`` into ``stream``, as its newest drafts have it, and return its languages, the source's first.

    In the place of a part that was withdrawn there is a marker, in every language.

    The same course gives the same bytes: files come in one order, and nothing in them tells when or where.

    Raises:
        BundleRefused: something in the course cannot go to another site; names it.
    """
    locales = CoursePage.objects.filter(course=course).values_list("locale__language_code", flat=True)
    others = sorted(set(locales) - {settings.LANGUAGE_CODE})
    parts = portable_parts(others)
    forms = {part.name: part.stored(list(part.of_course(course.code))) for part in parts}
    # Also of what is withdrawn, so that the other site learns of it.
    facts = {name for model, name in _chosen(forms) if model is Claim}
    facts |= set(Claim.objects.filter(uses__text__edition__course=course).values_list("code", flat=True))
    take_out_withdrawn(course, forms)
    owned = _owned(course, forms)
    _ask_for_their_yes(course, owned, forms)
    chosen = _chosen(forms)
    services = {name for model, name in chosen if model is SupportService}
    by_name = {part.name: part for part in parts}
    forms["service"] = by_name["service"].stored(services)
    forms["claim"] = by_name["claim"].stored({name for model, name in chosen if model is Claim})
    sources = {name for model, name in chosen if model is Source}
    sources |= {form["source"] for form in forms["claim"].values()}
    sources |= {form["source"] for form in forms["service"].values() if form["source"]}
    forms["source"] = by_name["source"].stored(sources)
    _refuse(forms)
    archive = SignedArchive(stream)
    for part in parts:
        for code, form in sorted(forms[part.name].items()):
            archive.add(file_of(part.name, code), ("\n".join(form_lines(form)) + "\n").encode())
    _add_media(archive, chosen)
    if owners := owners_form(course, owned, facts):
        archive.add(OWNERS_FILE, ("\n".join(form_lines(owners)) + "\n").encode())
    group = group_of(course.code)
    if texts := texts_of(group=group):
        archive.add(TEXTS_FILE, texts_file(texts))
        for each in others:
            archive.add(file_of_language(each), language_file(carried(group=group, language=each)))
    archive.close(
        {
            "kind": KIND,
            "format": FORMAT,
            "course": course.code,
            "languages": [settings.LANGUAGE_CODE, *others],
            "drafts": [each for each in others if is_draft(group=group, language=each)],
            **_licences(owned),
            "key_fingerprint": signing.fingerprint(),
        }
    )
    return [settings.LANGUAGE_CODE, *others]


def _owned(course: Course, forms: dict[str, dict[str, Form]]) -> list[OwnedPart]:
    """Return the parts in the bundle that belong to somebody."""
    asked = {code.partition("/")[2] for code in forms["question"]}
    owned = selectors.owned_parts(course)
    return [it for it in owned if it.kind != OwnedPart.Kind.QUESTION or it.target in asked]


def _ask_for_their_yes(course: Course, owned: list[OwnedPart], forms: dict[str, dict[str, Form]]) -> None:
    """Let the course ask for a Nation's yes wherever it goes: who owns what is recorded on each site anew."""
    form = forms["course"][course.code]
    if any(it.nation_id is not None for it in owned):
        form["reviews_required"] = sorted({*form.get("reviews_required", ()), ReviewKind.NATION.value})


def _licences(owned: list[OwnedPart]) -> dict[str, Any]:
    """Return whose the parts are that belong to somebody, and under which licence; nothing where none do."""
    listed = [{"kind": it.kind, "part": it.target, "owner": it.owner, "licence": it.licence} for it in owned]
    return {"licences": listed} if listed else {}


def _chosen(forms: dict[str, dict[str, Form]]) -> set[tuple[Any, str]]:
    """Return what the lessons name: help lines, sources, questions."""
    body = LessonPage._meta.get_field("body").stream_block
    found: set[tuple[Any, str]] = set()
    for part, by_code in forms.items():
        if part_and_language(part)[0] == "lesson-page":
            for form in by_code.values():
                found |= {(block.model_class, name) for block, name in chosen_in(body, form["body"])}
                found |= {(Source, code) for code in form["sources"]}
    return found


def _refuse(forms: dict[str, dict[str, Form]]) -> None:
    problems = [
        f"{file_of(part, code)}: {link}"
        for part, by_code in forms.items()
        for code, form in by_code.items()
        for link in foreign_links(form)
    ]
    if problems:
        raise BundleRefused(*problems)


def _add_media(archive: SignedArchive, chosen: set[tuple[Any, str]]) -> None:
    listed = []
    for model, name in sorted(chosen, key=lambda each: each[1]):
        if model not in (get_image_model(), get_document_model()):
            continue
        media = model._default_manager.filter(file_hash=name.partition(".")[0]).order_by("pk")[0]
        with media.file.open("rb") as opened:
            content = opened.read()
        if content_name(content, name) != name:
            raise BundleRefused(f"{media.title}: its file is not the one that was uploaded; upload it again")
        archive.add(f"{MEDIA_FOLDER}/{name}", content)
        kind = PICTURE if model is get_image_model() else DOCUMENT
        listed.append({"name": name, "kind": kind, "title": media.title})
    archive.add(MEDIA_LIST, (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode())
