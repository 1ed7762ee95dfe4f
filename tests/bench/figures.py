"""How a figure is taken and kept."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path


class Figures:
    """The figures of one part."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._kept: list[dict[str, object]] = []

    def add(self, name: str, value: float, unit: str, bar: float | None = None) -> None:
        """Keep one figure; ``bar`` is the most that it may be, None for no bar."""
        self._kept.append(
            {"name": name, "value": round(value, 2), "unit": unit, "bar": bar, "database": self._database}
        )

    def time(
        self, name: str, act: Callable[[], object], *, runs: int = 50, warm: int = 5, bar_ms: float | None = None
    ) -> None:
        """Time ``act`` warm, by one client; keep median and 95th percentile in milliseconds; the bar is the latter's."""
        for _ in range(warm):
            act()
        taken = []
        for _ in range(runs):
            started = time.perf_counter()
            act()
            taken.append((time.perf_counter() - started) * 1000)
        taken.sort()
        self.add(f"{name}, median", statistics.median(taken), "ms")
        self.add(f"{name}, p95", taken[max(0, round(len(taken) * 0.95) - 1)], "ms", bar_ms)

    def write(self, target: str) -> None:
        """Write them for the runner."""
        Path(target).write_text(json.dumps(self._kept))


def started_with() -> tuple[str, Figures]:
    """Return the file to write to and empty figures, from the command line."""
    return sys.argv[1], Figures(sys.argv[2])
