"""The glossary as a workbook: out and in without a change, wrong rows by name, and an undo."""

from io import BytesIO
from typing import Any

import pytest

from people import services
from people.models import WorkbookImport
from tests.corpus.workbooks import INJECTIONS, xlsx
from tests.factories.people import AT
from tests.people.workbooks.conftest import counted, looked_at, said
from translations.models import GlossaryTerm

pytestmark = pytest.mark.django_db
HEADS = ["concept", "language", "audience", "preferred", "avoided", "note"]


def look(file: BytesIO, **options: Any) -> WorkbookImport:
    return looked_at(file, "glossary", **options)


def bring(file: BytesIO) -> WorkbookImport:
    kept = look(file)
    services.confirm_import(workbook_import=kept, by=None, at=AT, later=False)
    return services.write_import(import_id=kept.pk, at=AT, turn_seconds=None)


def terms() -> list[tuple[str, str, str, str, list[str]]]:
    found = GlossaryTerm.objects.filter(concept__startswith="test-").order_by("concept", "language", "audience")
    return list(found.values_list("concept", "language", "audience", "preferred", "avoided"))


@pytest.fixture(autouse=True)
def _empty() -> None:
    GlossaryTerm.objects.all().delete()


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_entries_come_in_go_out_and_come_back_unchanged(file_format: str) -> None:
    kept = bring(
        xlsx(
            HEADS,
            ["test-line", "en", None, "help line", "hotline\nhot line", None],
            ["test-line", "fr", "title", "ligne d’aide", None, "Court."],
        )
    )
    assert (said(kept), counted(kept)) == ([], (2, 0, 0, 0, 0))
    assert terms() == [
        ("test-line", "en", "", "help line", ["hotline", "hot line"]),
        ("test-line", "fr", "title", "ligne d’aide", []),
    ]
    for at, sign in enumerate(INJECTIONS):
        GlossaryTerm.objects.create(concept=f"test-{at}", language="en", preferred=sign, avoided=[sign])
    target = BytesIO()
    services.write_export(organisation=None, kind="glossary", target=target, at=AT, file_format=file_format)
    target.seek(0)
    target.name = f"glossary.{file_format}"
    again = look(target)
    assert {it[2] for it in said(again)} <= {"like_a_formula"}
    assert counted(again) == (0, 0, 2 + len(INJECTIONS), 0, 0)


def test_wrong_rows_are_named() -> None:
    kept = look(
        xlsx(
            HEADS,
            ["Not a code", "en", None, "x", None, None],
            ["test-a", "en", None, None, "*", None],
            ["test-b", "en", None, None, None, "n"],
            ["test-c", "xx", None, "x", None, None],
            ["test-d", "en", "everybody", "x", None, None],
            ["test-d", "en", None, "y", None, None],
        )
    )
    assert [it[:2] for it in said(kept)] == [
        (2, "concept"),
        (3, "avoided"),
        (4, "preferred"),
        (5, "language"),
        (6, "concept"),
        (7, "concept"),
    ]
    assert all(it["problem"] and it["mend"] for it in services.report_of(kept)["problems"])


def test_undo_gives_words_back_and_keeps_later_ones() -> None:
    for concept in ("test-a", "test-b", "test-c"):
        avoided = ["bad"] if concept == "test-c" else []
        preferred = "" if concept == "test-c" else "old"
        GlossaryTerm.objects.create(concept=concept, language="en", preferred=preferred, avoided=avoided)
    rows = [[f"test-{it}", "en", None, "new", None, "new"] for it in "abcd"]
    kept = bring(xlsx(HEADS, *rows))
    assert counted(kept) == (1, 3, 0, 0, 0)
    GlossaryTerm.objects.filter(concept="test-b").update(preferred="later")
    # What it preferred before is nothing, and nothing is left to avoid.
    GlossaryTerm.objects.filter(concept="test-c").update(avoided=[])
    services.undo_import(workbook_import=kept, by=None, at=AT, later=False)
    undone = services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)
    assert [
        (it.preferred, it.note) for it in GlossaryTerm.objects.filter(concept__startswith="test-").order_by("concept")
    ] == [
        ("old", ""),
        ("later", ""),
        ("new", "new"),
    ]
    assert sorted((it["key"][:6], it["column"]) for it in undone.outcome["left"]) == [
        ("test-b", "preferred"),
        ("test-c", "note"),
        ("test-c", "preferred"),
    ]
