"""One command, one process: the whole platform for a demonstration, a small organisation, or development."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from io import StringIO
from typing import Any, Final

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from cms.query_log import log_no_queries

HIGHEST_PORT: Final = 65_535


class Command(BaseCommand):
    help = "Prepare the database, load the curriculum and the demo organisation, and serve on 127.0.0.1:$PORT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-prepare", action="store_true", help="serve what is there")
        parser.add_argument("--no-background", action="store_true", help="leave worker and beat to other processes")

    def handle(self, *args: Any, **options: Any) -> None:
        log_no_queries()
        host, port = options["host"], options["port"]
        if not os.access(settings.VAR_DIR, os.W_OK):
            message = f"{settings.VAR_DIR} cannot be written to. Choose another: FIELDFARE_VAR_DIR=… make run"
            raise CommandError(message)
        server = self._bind(host, port)
        if not options["no_prepare"]:
            self._prepare()
        from cms.celery import app
        from cms.embedded import Background

        background = Background(app)
        if not options["no_background"]:
            background.start()
        self._say_where(host, port)

        stopping = threading.Event()

        def stop(signum: int, frame: object) -> None:
            if stopping.is_set():
                return
            stopping.set()
            # waitress leaves its loop on this exception only
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        try:
            server.run()
        except SystemExit:
            pass
        finally:
            stopping.set()
            self.stdout.write("Stopping …")
            server.close()
            background.stop()
            connections.close_all()
            self.stdout.write("Stopped.")
            self.stdout.flush()
            sys.stdout.flush()
            # Threads of the worker may still wait for a message; everything that matters is committed.
            os._exit(0)

    def _bind(self, host: str, port: int) -> Any:
        """Take the port first, so that a taken one is said before any work."""
        from waitress.server import create_server

        try:
            return create_server(
                _application(), host=host, port=port, threads=8, ident=None, clear_untrusted_proxy_headers=True
            )
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be had ({error.strerror})"
            other = port + 1 if 1024 <= port < HIGHEST_PORT else 8000
            message = f"Port {port} on {host} {why}. Choose another: PORT={other} make run"
            raise CommandError(message) from error

    def _prepare(self) -> None:
        """Prepare in a child process: what migrating and loading need of memory goes away with it."""
        started = time.monotonic()
        if call_command("prepare", "--needed", stdout=StringIO()) == "yes":
            command = [sys.executable, sys.argv[0], "prepare"]
            try:
                prepared = subprocess.run(command, check=False).returncode == 0
            except KeyboardInterrupt:
                raise CommandError(
                    "Stopped before it was ready. The next start goes on where this one ended."
                ) from None
            if not prepared:
                raise CommandError("The database could not be prepared; see above.")
        self.stdout.write(f"Ready in {time.monotonic() - started:.0f} s.")

    def _say_where(self, host: str, port: int) -> None:
        origin = f"http://{host}:{port}"
        lines = [
            "",
            f"  Site            {origin}/",
            f"  Learners        {origin}/sign-in/",
            f"  HR portal       {origin}/workplace/",
            f"  Editors' CMS    {origin}/cms/",
        ]
        if settings.DEMO:
            from django.utils.module_loading import import_string

            lines += [f"  Mails           {origin}/dev/mail/", "", *import_string("compliance.demo.sign_ins")()]
        lines += ["", "  Ctrl-C ends it.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= HIGHEST_PORT:
        raise ArgumentTypeError(f"{text} is no port; ports are numbers from 1 to {HIGHEST_PORT}")
    return int(text)


def _application() -> Any:
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()
