"""The catalogues that are shipped: whole, sound, compiled, and marked as drafts until somebody signs."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client

from translations.catalogues import CatalogueFile, catalogue_files, compiled, is_draft, missing, problems

SHIPPED = catalogue_files(Path(settings.LOCALE_PATHS[0]))
each_language = pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.language)


def test_what_is_shipped_is_known_and_in_its_own_language() -> None:
    languages = [file.language for file in SHIPPED]
    assert {"es", "fr", "tl"} <= set(languages) <= dict(settings.KNOWN_LANGUAGES).keys()
    assert [file.read().metadata["Language"].replace("_", "-").lower() for file in SHIPPED] == languages


@each_language
def test_no_string_is_missing(file: CatalogueFile) -> None:
    assert missing(file.read()) == []


@each_language
def test_placeholders_markup_and_numbers_are_those_of_the_source(file: CatalogueFile) -> None:
    assert problems(file.read()) == []


@each_language
def test_every_plural_has_the_forms_that_the_header_promises(file: CatalogueFile) -> None:
    catalogue = file.read()
    [promised] = re.findall(r"nplurals=(\d)", catalogue.metadata["Plural-Forms"])
    forms = {tuple(sorted(entry.msgstr_plural)) for entry in catalogue if entry.msgid_plural and not entry.obsolete}
    assert forms == {tuple(range(int(promised)))}


@each_language
def test_compiled_catalogue_is_that_of_the_text(file: CatalogueFile) -> None:
    assert file.compiled.read_bytes() == compiled(file.read()), "run: make messages"


def test_the_site_says_of_each_draft_that_it_is_one() -> None:
    assert sorted(settings.DRAFT_LANGUAGES) == [file.language for file in SHIPPED if is_draft(file.read())]


NOTICE = "This translation is a draft:"


@pytest.mark.django_db
@each_language
def test_every_page_of_a_draft_says_so_in_both_languages(client: Client, file: CatalogueFile) -> None:
    catalogue = file.read()
    [notice] = [entry.msgstr for entry in catalogue if entry.msgid.startswith(NOTICE)]
    client.cookies["language"] = file.language
    page = client.get("/verify/").content.decode()
    assert (notice in page, NOTICE in page) == (is_draft(catalogue), is_draft(catalogue))


@pytest.mark.django_db
def test_english_is_no_draft(client: Client) -> None:
    client.cookies["language"] = "en"
    assert NOTICE not in client.get("/verify/").content.decode()


def test_what_is_missing_or_wrong_is_named() -> None:
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Yes", msgstr=""))
    catalogue.append(polib.POEntry(msgid="No", msgstr="Non", flags=["fuzzy"]))
    catalogue.append(polib.POEntry(msgid="By %(day)s", msgstr="Le %(jour)s"))
    assert missing(catalogue) == ["Yes", "No"]
    assert [(problem.key, problem.detail) for problem in problems(catalogue)] == [("By %(day)s", "-%(day)s +%(jour)s")]
