"""A command that finds nothing to do says so in a line: silence would look like a command that did not run."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.factories.people import OrganisationFactory

pytestmark = pytest.mark.django_db


def test_a_command_with_nothing_to_do_says_so(tmp_path: Path) -> None:
    OrganisationFactory(code="larch")
    days = ("--from", "2026-03-02", "--through", "2026-03-03")
    for command, said in (
        (("claims",), "There are no claims."),
        (("claims", "--due", "90"), "No claim is due."),
        (("item_statistics",), "No answers are counted."),
        (("item_statistics", "--differs"), "No question differs."),
        (("record_bounces", str(tmp_path)), f"Nothing waits in {tmp_path}."),
        (("watch_folder", str(tmp_path), "--organisation", "larch", "--once"), f"Nothing waits in {tmp_path}."),
        (("standing", "--organisation", "larch"), "Nothing is asked of anybody here."),
        (
            ("simulate_reminders", "--organisation", "larch", *days),
            "No message is due from 2026-03-02 through 2026-03-03.",
        ),
        (("rebuild_obligations",), "0 people, 0 obligations mended."),
        (("rebuild_obligations", "--check"), "0 people: nothing to mend."),
        (("rebuild_folds",), "0 folds, 0 rebuilt"),
        (("sweep_reminders",), "0 messages handled."),
    ):
        out = StringIO()
        call_command(*command, stdout=out)
        assert out.getvalue() == f"{said}\n", command
