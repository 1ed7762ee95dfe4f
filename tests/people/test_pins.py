import pytest

from people.pins import PinProblem, judge_pin, normalise_pin


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("246813", None),
        ("918273645546", None),
        ("24681", PinProblem.TOO_SHORT),
        ("2468135792468", PinProblem.TOO_LONG),
        ("24681a", PinProblem.NOT_DIGITS),
        ("", PinProblem.NOT_DIGITS),
        ("000000", PinProblem.TOO_SIMPLE),
        ("11111111", PinProblem.TOO_SIMPLE),
        ("123456", PinProblem.TOO_SIMPLE),
        ("654321", PinProblem.TOO_SIMPLE),
        ("012345", PinProblem.TOO_SIMPLE),
        ("789012", PinProblem.TOO_SIMPLE),
        ("098765", PinProblem.TOO_SIMPLE),
        ("121212", PinProblem.TOO_SIMPLE),
        ("1231231", PinProblem.TOO_SIMPLE),
        ("112233", PinProblem.TOO_SIMPLE),
        ("004271", PinProblem.IS_EMPLOYEE_NUMBER),
        ("0004271", PinProblem.IS_EMPLOYEE_NUMBER),
    ],
)
def test_pin_is_judged(pin: str, problem: PinProblem | None) -> None:
    assert judge_pin(pin, employee_number="E-04271") is problem


def test_zeros_are_too_simple_even_where_the_number_is_zero() -> None:
    assert judge_pin("000000", employee_number="0") is PinProblem.TOO_SIMPLE


def test_number_without_digits_forbids_no_pin() -> None:
    assert judge_pin("246813", employee_number="ABC") is None


@pytest.mark.parametrize("typed", ["246 813", " 246813 ", "٢٤٦٨١٣", "੨੪੬੮੧੩"])
def test_digits_of_any_script_and_spacing_are_the_same_pin(typed: str) -> None:
    assert normalise_pin(typed) == "246813"
