from datetime import UTC, date, datetime

import pytest

from people import codes


def test_drawn_code_has_only_characters_that_cannot_be_confused() -> None:
    drawn = codes.draw(2000)
    assert len(drawn) == 2000
    assert set(drawn) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@pytest.mark.parametrize("typed", ["7KM01-QR1VX", "7km01qr1vx", " 7KMO1 – QRlVX ", "7kmoi-qrIux", "7-K-M-0-1 QR1VX"])
def test_case_spacing_and_look_alikes_do_not_matter(typed: str) -> None:
    assert codes.normalise(typed) == "7KM01QR1VX"


def test_slip_code_is_printed_in_two_groups() -> None:
    assert codes.show_slip_code("7KM01QR1VX") == "7KM01-QR1VX"


def test_recovery_code_is_shown_with_its_prefix_in_four_groups() -> None:
    assert codes.show_recovery_code("0123456789ABCDEF") == "FF-0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "typed", ["FF-0123-4567-89AB-CDEF", "ff 0123 4567 89ab cdef", "0123456789ABCDEF", "FFO1234567B9ABCDEF"]
)
def test_recovery_code_is_read_with_or_without_prefix(typed: str) -> None:
    expected = "01234567B9ABCDEF" if "B9AB" in typed else "0123456789ABCDEF"
    assert codes.normalise_recovery(typed) == expected


def test_recovery_code_that_begins_with_ff_keeps_it() -> None:
    assert codes.normalise_recovery("FF23456789ABCDEF") == "FF23456789ABCDEF"


def test_slip_is_good_through_the_21st_day_where_the_workplace_is() -> None:
    # 1 March in Vancouver, already 2 March in UTC; daylight saving begins on 8 March.
    expires_at = codes.slip_expires_at(datetime(2026, 3, 2, 3, 0, tzinfo=UTC), "America/Vancouver")
    assert expires_at == datetime(2026, 3, 23, 7, 0, tzinfo=UTC)
    assert codes.last_good_day(expires_at, "America/Vancouver") == date(2026, 3, 22)
