"""Numbers: how they are written, and how they are read whatever somebody typed."""

import pytest

from certificates.numbers import ALPHABET, NUMBER_BITS, last_group, normalise, number_from

NUMBER = "7K3M-01AB-CDEF-GHJK-MNPQ"


def test_alphabet_is_crockfords_and_has_no_letters_that_are_misread():
    assert ALPHABET == "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.mark.parametrize(
    ("bits", "number"),
    [
        (0, "0000-0000-0000-0000-0000"),
        (1, "0000-0000-0000-0000-0001"),
        (31, "0000-0000-0000-0000-000Z"),
        (32, "0000-0000-0000-0000-0010"),
        ((1 << NUMBER_BITS) - 1, "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
    ],
)
def test_number_holds_every_bit(bits, number):
    assert number_from(bits) == number


@pytest.mark.parametrize("bits", [-1, 1 << NUMBER_BITS])
def test_number_refuses_more_or_less_than_its_bits(bits):
    with pytest.raises(ValueError, match="100 bits"):
        number_from(bits)


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        "7k3m-01ab-cdef-ghjk-mnpq",
        "7K3M01ABCDEFGHJKMNPQ",
        "  7K3M 01AB CDEF GHJK MNPQ\n",
        "7K3M–01AB—CDEF‑GHJK-MNPQ",
        "7K3M-OIAB-CDEF-GHJK-MNPQ",
        "7k3m-olab-cdef-ghjk-mnpq",
        "\u20667K3M-01AB-CDEF-GHJK-MNPQ\u2069",
        "7K3M\u00a001AB\u202fCDEF\u2003GHJK MNPQ",
        "７Ｋ３Ｍ-01AB-CDEF-GHJK-MNPQ",
    ],
)
def test_normalise_takes_what_people_type(typed):
    assert normalise(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "7K3M",
        NUMBER + "0",
        NUMBER[:-1],
        "7K3M-01AB-CDEF-GHJK-MNPU",  # Crockford has no U
        "7K3M/01AB/CDEF/GHJK/MNPQ",
        "7K3M-01AB-CDEF-GHJK-MNP\u0664",
        "7K3M-01AB-CDEF-GHJK-MNPß",
        "'; DROP TABLE",
        "0" * 201,
        "\x00" * 20,
    ],
)
def test_normalise_refuses_what_cannot_be_a_number(typed):
    assert normalise(typed) is None


def test_every_number_is_read_back_as_it_is_printed():
    for bits in (0, 1, 2**50 + 12345, (1 << NUMBER_BITS) - 1):
        assert normalise(number_from(bits)) == number_from(bits)


def test_last_group_is_four_characters():
    assert last_group(NUMBER) == "MNPQ"
