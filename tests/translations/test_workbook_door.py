"""Files for translators through the commands of workbooks."""

from dataclasses import replace
from pathlib import Path

import pytest

from people.workbooks.doors import Brought
from tests.translations.samples import recorded, text
from translations.exchange import FORMATS
from translations.models import Translation
from translations.selectors import file_for
from translations.workbook_door import bring

SPANISH = "Las personas que están aquí con usted"


@pytest.mark.django_db
def test_a_doubt_is_named_and_takes_nothing_in(tmp_path: Path) -> None:
    recorded(text(sources={"course/title": "Rooms", "lessons/b/title": "Stay"}))
    path = tmp_path / "all.po"

    def brought(*words: str, apply: bool) -> Brought:
        file = file_for(language="fr")
        units = [replace(unit, target=said) for unit, said in zip(file.units, words, strict=True)]
        path.write_bytes(FORMATS["po"].write(replace(file, units=tuple(replace(it, needs_work=False) for it in units))))
        return bring(path, "fr", apply)

    said = "course:hotel/lessons/b/title: This looks like another language than the one chosen: Español"
    for apply in (False, True):
        assert brought("Chambres", SPANISH, apply=apply) == Brought((said,), True, 0)
        assert Translation.objects.count() == 0
    assert brought("Chambres", "Restez", apply=True).changes == 2
    # What stands here, whoever took it in, was looked at once.
    Translation.objects.filter(segment__key="lessons/b/title").update(text=SPANISH)
    assert brought("Pièces", SPANISH, apply=True) == Brought(("1 taken, 0 signed, 1 unchanged, 0 kept",), False, 1)
