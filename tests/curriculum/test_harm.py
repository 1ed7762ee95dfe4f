"""The harm check over the shipped text, in every language that it comes in: nothing is open."""

import pytest

from courses.harm import lint
from tests.curriculum.shipped import ROOT
from tests.curriculum.shipped_documents import documents


@pytest.mark.one_profile
def test_the_shipped_curriculum_has_no_finding_in_any_language() -> None:
    checked = [(code, document.language, lint(document)) for code, document in documents()]
    translated = {("core", file.stem) for file in (ROOT / "core" / "locale").glob("*.po")}
    assert {("core", "es"), ("core", "fr"), ("core", "tl")} <= translated
    assert {(code, language) for code, language, _ in checked} >= {("core", "en"), ("police", "en"), *translated}
    assert [(code, language, found) for code, language, found in checked if found] == []
