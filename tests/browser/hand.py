"""A process with the platform loaded, which runs each management command in a child of its own.

Loading takes two seconds, which every command would take anew. One JSON object a line: ``{"arguments": [...], "stdout": path,
"stderr": path}`` is answered by the exit code, once what the command printed stands in the files.
"""

import json
import os
import sys
from typing import NoReturn


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        order = json.loads(line)
        # This process never opens the database, so that no two children share a connection.
        child = os.fork() or _act(**order)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def _act(arguments: list[str], stdout: str, stderr: str) -> NoReturn:
    """Run one command as ``manage.py`` does, and end this process."""
    from django.core.management import execute_from_command_line

    code: object = 1
    try:
        for stream, path in ((sys.stdout, stdout), (sys.stderr, stderr)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
        execute_from_command_line(["manage.py", *arguments])
        code = 0
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    main()
