"""The harm check over each shipped course: the slowest counts."""

import time

from courses.harm import lint
from tests.bench.figures import started_with
from tests.curriculum.shipped_documents import documents

BAR_SECONDS = 2.0


def main() -> None:
    """Take the figure in seconds of processor time, the reading of files left out."""
    target, figures = started_with()
    slowest = 0.0
    for _, document in documents():
        started = time.process_time()
        lint(document)
        slowest = max(slowest, time.process_time() - started)
    figures.add("harm check of the slowest course", slowest, "s", BAR_SECONDS)
    figures.write(target)


if __name__ == "__main__":
    main()
