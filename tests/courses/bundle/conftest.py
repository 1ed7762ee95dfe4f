"""A curriculum in two languages, as files."""

from pathlib import Path

import pytest

from tests.courses import curricula
from tests.courses.curricula import PICTURE
from tests.courses.test_translated_curriculum import ship


@pytest.fixture(scope="session")
def shipped_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where it lies; who changes it changes a copy."""
    root = curricula.write(tmp_path_factory.mktemp("shipped"), **{"hospitality/media/door.svg": PICTURE})
    ship(root)
    return root
