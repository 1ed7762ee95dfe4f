"""Whether the shipped packs have to be loaded at a start."""

import pytest

from compliance import services
from compliance.rules.reader import SHIPPED, read_packs
from tests.factories.compliance import AT

pytestmark = [pytest.mark.django_db]


def test_packs_are_loaded_once_and_not_at_every_start():
    assert services.packs_differ()
    services.load_packs(book=read_packs(SHIPPED), at=AT)
    assert not services.packs_differ()


def test_what_cannot_be_read_is_told_by_loading_it(tmp_path):
    (tmp_path / "topics.yaml").write_text("nonsense: [")
    assert services.packs_differ(folder=tmp_path)
