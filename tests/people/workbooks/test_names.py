"""What columns are called: no name means two columns of a kind, and none is what no file may bring."""

import pytest
from django.conf import settings
from django.utils import translation

from people.workbooks.cells import fold_heading, without_accents
from people.workbooks.headings import never_accepted
from people.workbooks.kinds import Kind, all_kinds, shared_kinds
from people.workbooks.names import accepted_names, other_names

KINDS = [*all_kinds(), *shared_kinds()]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_name_means_one_column(kind: Kind) -> None:
    accepted, guessed = accepted_names(kind), other_names(kind)
    ours = set()
    for column in kind.columns:
        for language, _ in settings.LANGUAGES:
            with translation.override(language):
                heading = fold_heading(str(column.label))
            assert accepted[heading] == guessed[without_accents(heading)] == column.key, (language, heading)
            ours |= {heading, without_accents(heading)}
    for column in kind.columns:
        for name in column.other_names:
            headings = {fold_heading(name), without_accents(fold_heading(name))}
            # What we call a column ourselves comes before what others may call another one.
            assert {guessed[it] for it in headings - ours} <= {column.key}, name
            assert not never_accepted(name), name


@pytest.mark.parametrize(
    ("heading", "folded"),
    [
        ("Employee #", "employee_no"),
        ("# ", "no"),
        ("Employee", "employee"),
        (" E‑mail : *", "e_mail"),
    ],
)
def test_headings_fold(heading: str, folded: str) -> None:
    assert fold_heading(heading) == folded
