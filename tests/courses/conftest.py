"""What the tests of courses share: a released course, and a way to load a small curriculum with something changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from courses.curriculum import read_curriculum
from courses.curriculum.loader import LoadReport, load
from courses.models import Course
from tests.courses import curricula
from tests.factories.courses import released_course

LOADED_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

Loader = Callable[..., LoadReport]


@pytest.fixture
def load_it(db: None, tmp_path: Path, settings: Any) -> Loader:
    """Return a function that loads the small curriculum with texts replaced: (file, old, new)."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def load_changed(
        *changes: tuple[str, str, str], without: str = "", claims: str | None = None, **options: Any
    ) -> LoadReport:
        files: dict[str, str | None] = {"hospitality/media/door.svg": curricula.PICTURE, "claims.yaml": claims}
        for name, old, new in changes:
            text = files.get(name) or curricula.FILES[name]
            assert text.count(old) == 1, (name, old)
            files[name] = text.replace(old, new)
        root = curricula.write(tmp_path / f"curriculum-{len(list(tmp_path.iterdir()))}", **files)
        if without:
            (root / without).unlink()
        return load(read_curriculum(root), at=options.pop("at", LOADED_AT), **options)

    return load_changed


@pytest.fixture(scope="module")
def released(module_rows) -> Course:
    """Return a released course, made once; a module that wants another one says so by a fixture of this name."""
    with module_rows.unblock():
        return released_course()


@pytest.fixture
def course(released: Course) -> Course:
    """Return the course of the module as it is stored: what a test changes of it, no other sees."""
    return Course.objects.get(pk=released.pk)
