"""Evening out how loud a recording is. Plain Python over samples."""

import math
from array import array
from collections import Counter
from typing import Final

FULL_SCALE: Final = 32767
TARGET_RMS: Final = 0.14
"""About −17 dBFS while somebody speaks: as loud as radio, so that nobody has to turn a phone up in a bunkhouse."""
PEAK: Final = 0.84
"""−1.5 dBFS: room for what coding adds."""
_NOISE: Final = 0.001
"""Of full scale: what stays below all along is silence."""
_PAUSE: Final = 0.01
"""Of the loudest moment, so that a quiet recording has the pauses of a loud one."""
_VALUES: Final = (*range(32768), *range(-32768, 0))


def levelled(samples: "array[int]") -> "array[int]":
    """Return 16-bit ``samples`` as loud as ``TARGET_RMS`` where they are not silent, none of them beyond ``PEAK``.

    One factor for all of it, so that nothing pumps; silence stays silence.
    """
    factor = level_factor(samples)
    if factor == 1:
        return samples
    # What is below zero is counted from the end of the list.
    table = [round(value * factor) if abs(value * factor) <= FULL_SCALE else 0 for value in _VALUES]
    return array("h", map(table.__getitem__, samples))


def level_factor(samples: "array[int]") -> float:
    """Return by how much 16-bit ``samples`` are to be multiplied, for what ``levelled`` promises; 1 where they are silent."""
    # By value: a recording has millions of samples and at most 65,536 values of them.
    counts = Counter(samples)
    loudest = max(map(abs, counts), default=0)
    if loudest <= _NOISE * FULL_SCALE:
        return 1
    spoken = {value: count for value, count in counts.items() if abs(value) > loudest * _PAUSE}
    rms = math.sqrt(sum(value * value * count for value, count in spoken.items()) / sum(spoken.values())) / FULL_SCALE
    return min(TARGET_RMS / rms, PEAK * FULL_SCALE / loudest)
