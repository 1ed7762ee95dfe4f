"""What goes out of every kind comes back without a change, in every language, and from LibreOffice, too."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from courses import services as course_services
from courses.models import Edition
from people import services
from people.models import Membership, Organisation, StaffRole, WorkbookImport
from people.services.exports import DELIMITERS
from people.workbooks.kinds import all_kinds, kind_of, shared_kinds
from tests.corpus.workbooks import INJECTIONS, texts
from tests.factories import compliance as factories
from tests.factories.assessments import TYPE_FACTORIES, BankFactory, TrueFalseQuestionFactory
from tests.factories.compliance import AT, TODAY
from tests.people.workbooks.conftest import Hand, counted, looked_at, said
from translations.models import GlossaryTerm

SOFFICE = os.environ.get("FIELDFARE_SOFFICE") or shutil.which("soffice")
KINDS: Final = [kind.code for kind in (*all_kinds(), *shared_kinds())]
LANGUAGES: Final = ("en", "fr", "pa", "zh-hans", "zh-hant", "tl", "es", "ar")
SIGNS: Final = [
    *INJECTIONS,
    "0042",
    "1e5",
    "2026-03-02",
    "TRUE",
    "(clear)x",
    "José “Zoë” 王小明 محمد \u200cਜੋ",
    "a  b",
    "« a »\u00a0: e\u0301",
    '"',
    "_x0041_",
]
"""Texts that programs like to take for something else."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def larch() -> Organisation:
    """Return an organisation that knows something of every kind, some of it hard to write down."""
    larch = factories.workplace()
    certification = factories.training()
    hand = Hand(larch.organisation)
    heads = ["employee_number", "name", "preferred_name", "email", "site", "role", "starts_on", "ends_on", "manager"]
    jo = ["0042", "Jo Castellan", "Jojo", "jo@larch.example", "fort-st-john", "housekeeping", "2026-03-02", None, None]
    ama = ["0043", "Ama Birch", None, None, "prince-george", None, "2025-01-05", "2026-09-30", "0042"]
    odd = [
        [f"1{at:03}", f"{sign} n", f"p {sign}", None, "fort-st-john", "kitchen", "2026-03-02", None, None]
        for at, sign in enumerate(SIGNS)
    ]
    hand.bring(texts(heads, jo, ama, *odd))
    hand.bring(texts(heads, [*jo[:4], "prince-george", None, "2026-05-01", None, None]))
    session = course_services.hold_session(
        organisation=larch.organisation,
        edition=Edition.objects.get(course=certification.courses.get()),
        language="en",
        starts_at=datetime(2026, 3, 2, 1, 0, tzinfo=UTC),
        minutes=45,
        time_zone="America/Vancouver",
        place="=Staff room",
        facilitator=larch.staff(StaffRole.Kind.FACILITATOR),
        at=AT,
    )
    there = list(Membership.objects.filter(employee_number__in=["0042", "0043"]))
    course_services.expect(session=session, memberships=there, by=None, at=AT)
    code = certification.code
    for kind, rows in {
        "assignments": (
            ["certification", "employee_number", "site", "role", "due_on"],
            [code, "0042", None, None, "2026-06-30"],
            [code, None, "prince-george", "kitchen", "2026-06-30"],
        ),
        "past_completions": (
            ["employee_number", "certification", "completed_on", "issuer", "title"],
            ["0042", code, "2025-03-02", "North Training", "+Safe at work"],
        ),
        "leave": (
            ["employee_number", "from_on", "last_on"],
            ["0042", "2026-03-02", "2026-05-31"],
            ["0043", "2026-04-01"],
        ),
        "waivers": (
            ["employee_number", "certification", "from_on", "last_on", "reason", "document", "document_number"],
            ["0043", code, "2026-03-02", "2026-12-31", "other_role", "decision", "D-17"],
        ),
    }.items():
        kept = hand.bring(texts(*rows), kind)
        assert kept.outcome["error"] == 0, (kind, said(kept))
    bank = BankFactory(code="hospitality")
    for factory in TYPE_FACTORIES.values():
        factory(bank=bank)
    GlossaryTerm.objects.all().delete()
    for at, sign in enumerate(SIGNS):
        TrueFalseQuestionFactory(bank=bank, stem=f"<p>{sign}</p>", feedback=f"<p>{sign}</p>")
        GlossaryTerm.objects.create(concept=f"test-{at}", language="fr", preferred=sign, avoided=[sign], note=sign)
    return larch.organisation


def out(organisation: Organisation, kind: str, *, template: bool = False, **options: object) -> BytesIO:
    """Return an export, or a template."""
    owner = None if kind_of(kind).is_shared else organisation
    target = BytesIO()
    if template:
        services.write_template(organisation=owner, kind=kind, target=target, at=AT, **options)  # type: ignore[arg-type]
    else:
        rows = services.write_export(organisation=owner, kind=kind, target=target, at=AT, **options)  # type: ignore[arg-type]
        assert rows > 0
    target.seek(0)
    target.name = f"{kind}.{options.get('file_format', 'xlsx')}"
    return target


def look(organisation: Organisation, kind: str, file: BytesIO, language: str) -> WorkbookImport:
    """Return what the preview says of a file."""
    return looked_at(file, kind, organisation=None if kind_of(kind).is_shared else organisation, language=language)


def assert_no_change(kept: WorkbookImport, where: object) -> None:
    """Fail where a row would do anything, or where anything is told but texts that begin like formulas."""
    assert {it[2] for it in said(kept)} <= {"like_a_formula", "format_lost"}, (where, said(kept)[:5])
    new, changed, unchanged, ended, wrong = counted(kept)
    assert (new, changed, ended, wrong, unchanged > 0) == (0, 0, 0, 0, True), (where, counted(kept), changes(kept))


def changes(kept: WorkbookImport) -> list[object]:
    """Return what would change."""
    return list(kept.rows.exclude(changes={}).values_list("number", "changes")[:5])


def test_every_kind_goes_out_and_in_without_a_change_in_every_language(larch: Organisation) -> None:
    for kind in KINDS:
        today = {"on": TODAY} if kind_of(kind).has_dates else {}
        for at, language in enumerate(LANGUAGES):
            as_csv = {"file_format": "csv", "delimiter": DELIMITERS[at % len(DELIMITERS)]}
            for options in ({}, as_csv, today)[: 2 if at else 3]:
                file = out(larch, kind, language=language, **options)
                assert_no_change(look(larch, kind, file, language), (kind, language, options))


@pytest.mark.slow
@pytest.mark.one_profile
@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice (soffice; FIELDFARE_SOFFICE names one)")
def test_libreoffice_saves_it_all_again_and_it_is_the_same(larch: Organisation, tmp_path: Path) -> None:
    # Every kind and every language meets each format, as export and as template; not every pair of them meets both.
    wanted = [
        (kind, language, template, ("xlsx", "ods")[(at + number // 2 if template else at + number) % 2])
        for at, kind in enumerate(KINDS)
        for number, language in enumerate(LANGUAGES)
        for template in ((False, True) if (at + number) % 2 else (False,))
    ]
    for kind, language, template, file_format in wanted:
        folder = tmp_path / f"to-{file_format}"
        folder.mkdir(exist_ok=True)
        content = out(larch, kind, template=template, language=language).getvalue()
        (folder / f"{kind}_{language}_{template}.xlsx").write_bytes(content)
    for file_format in ("xlsx", "ods"):
        save_again(tmp_path, file_format)
    for kind, language, template, file_format in wanted:
        again = tmp_path / file_format / f"{kind}_{language}_{template}.{file_format}"
        file = BytesIO(again.read_bytes())
        file.name = again.name
        kept = look(larch, kind, file, language)
        if template:
            assert (said(kept), counted(kept)) == ([], (0, 0, 0, 0, 0)), again.name
        else:
            assert_no_change(kept, again.name)


def save_again(folder: Path, file_format: str) -> None:
    """Let LibreOffice open what lies in a folder, work out all that there is to work out, and save it."""
    subprocess.run(
        [
            str(SOFFICE),
            "--headless",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to",
            file_format,
            "--outdir",
            str(folder / file_format),
            *map(str, sorted((folder / f"to-{file_format}").iterdir())),
        ],
        check=True,
        timeout=600,
        capture_output=True,
    )
