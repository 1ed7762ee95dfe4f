"""Settings that cannot be right are named at a start."""

import pytest

from cms.checks import default_place_is_known


@pytest.mark.parametrize(("place", "found"), [("ca-bc", []), ("ca-yt", []), ("BC", ["cms.E001"]), ("", ["cms.E001"])])
def test_the_place_of_the_site_is_a_known_one(settings, place, found):
    settings.DEFAULT_PLACE = place
    assert [it.id for it in default_place_is_known(None)] == found
