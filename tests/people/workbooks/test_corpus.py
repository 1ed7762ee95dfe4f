"""Every strange file gets its verdict, in words; a look writes nothing, and what is sound is written once."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from people import services
from people.models import Membership, WorkbookImport
from tests.corpus.workbooks.strange import CASES
from tests.people.workbooks.conftest import Hand, counted, said

pytestmark = pytest.mark.django_db


def verdict(kept: WorkbookImport) -> str:
    """Return how many rows are new, and which rules are broken where, as the corpus writes it."""
    broken = [" ".join(str(it) for it in (row, column, rule) if it) for row, column, rule in said(kept)]
    refused = kept.state == WorkbookImport.State.REFUSED
    return "; ".join([*([] if refused else [f"{kept.counts['new']} new"]), *broken])


@pytest.mark.parametrize("name", CASES)
def test_strange_file_gets_its_verdict_and_what_is_sound_is_written_once(larch: Hand, name: str) -> None:
    make, expected = CASES[name]
    kept = larch.look(make())
    assert verdict(kept) == expected
    assert not Membership.objects.exists()
    report = services.report_of(kept, language="en")
    assert all(each["problem"] and each["mend"] for each in (*report["problems"], *report["warnings"]))
    if kept.state == WorkbookImport.State.READY:
        marked = BytesIO()
        services.write_marked_up(workbook_import=kept, target=marked)
        assert "To correct" in load_workbook(marked).sheetnames
        assert larch.write(kept).outcome["new"] == Membership.objects.count() == kept.counts["new"]
        assert counted(larch.look(make()))[:2] == (0, 0)
