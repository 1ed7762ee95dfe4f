"""A program of its own: it limits what it may use, and becomes the command that follows.

Files that people bring are decoded by C code; what is made to break it ends this process, and no other.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Final

_MOST_CPU_SECONDS: Final = 240
"""An hour of film takes a quarter of it on a machine of today."""
_MOST_MEMORY_BYTES: Final = 768 * 1024 * 1024
"""Of addresses: the libraries of ffmpeg take a third, most of which is never in memory."""


def confined(command: Sequence[str], *, most_written_bytes: int = 0) -> Sequence[str]:
    """Return ``command`` with limits of processor time, of memory and of what it may write into any one file.

    Pipes are no files: whatever the limit, it can say what it has to say.
    """
    return (sys.executable, "-I", __file__, str(most_written_bytes), *command)


def main(most_written_bytes: int, command: Sequence[str]) -> None:
    """Become ``command``."""
    # Where a system has no such limits, whoever began this waits no longer than it wants to.
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_SECONDS, _MOST_CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_written_bytes, most_written_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # It need not know the site's keys, which stand in the environment.
    os.execve(command[0], list(command), {})


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
