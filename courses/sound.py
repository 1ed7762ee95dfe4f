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
_SILENCE: Final = 0.01
_VALUES: Final = (*range(32768), *range(-32768, 0))


def levelled(samples: "array[int]") -> "array[int]":
    """Return 16-bit ``samples`` as loud as ``TARGET_RMS`` where they are not silent, none of them beyond ``PEAK``.

    One factor for all of it, so that nothing pumps; silence stays silence.
    """
    floor = int(_SILENCE * FULL_SCALE)
    # By value: a recording has millions of samples and at most 65,536 values of them.
    spoken = {value: count for value, count in Counter(samples).items() if abs(value) > floor}
    if not spoken:
        return samples
    rms = math.sqrt(sum(value * value * count for value, count in spoken.items()) / sum(spoken.values())) / FULL_SCALE
    peak = max(abs(value) for value in spoken) / FULL_SCALE
    factor = min(TARGET_RMS / rms, PEAK / peak)
    # What is below zero is counted from the end of the list.
    table = [round(value * factor) if abs(value * factor) <= FULL_SCALE else 0 for value in _VALUES]
    return array("h", map(table.__getitem__, samples))
