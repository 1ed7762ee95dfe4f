"""Evening out recordings."""

import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from courses.sound import FULL_SCALE, PEAK, TARGET_RMS, levelled


def tone(height: int, samples: int = 2000) -> "array[int]":
    return array("h", (round(height * math.sin(each / 9)) for each in range(samples)))


def test_what_is_low_is_raised_and_what_is_high_is_lowered():
    for height in (900, 9000, 32000):
        made = levelled(tone(height))
        loud = [each for each in made if abs(each) > 300]
        rms = math.sqrt(sum(each * each for each in loud) / len(loud)) / FULL_SCALE
        assert abs(rms - TARGET_RMS) < 0.02


def test_silence_stays_silence():
    assert levelled(array("h", [0, 3, -3] * 50)) == array("h", [0, 3, -3] * 50)


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=50))
def test_nothing_goes_beyond_the_peak_and_signs_stay(samples):
    made = levelled(array("h", samples))
    if any(abs(each) > 327 for each in samples):
        assert max(abs(each) for each in made) <= math.ceil(PEAK * FULL_SCALE)
    assert all(one * other >= 0 for one, other in zip(samples, made, strict=True))
