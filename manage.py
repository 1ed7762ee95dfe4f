#!/usr/bin/env python
"""Run a management command of Fieldfare."""

import os
import sys


def main() -> None:
    """Hand the command line to Django; settings are the development ones unless the environment says otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        # Whoever pressed Ctrl-C needs no trace of where it was; each step is whole or not there.
        sys.exit(130)
