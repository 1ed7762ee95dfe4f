"""What a newcomer types wrongly is said in a sentence, before any work."""

import fcntl
import io
import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cms.management.commands.prepare import Command as Prepare
from cms.management.commands.serve import Command


def test_only_numbers_that_a_port_can_have_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("abc", "0", "-1", "65536", "80.5", "٣"):
        monkeypatch.setenv("PORT", wrong)
        with pytest.raises(CommandError, match=f"{wrong} is no port; ports are numbers from 1 to 65535"):
            Command().create_parser("manage.py", "serve").parse_args([])
    for port, read in (("", 8000), ("1", 1), ("65535", 65535)):
        monkeypatch.setenv("PORT", port)
        assert Command().create_parser("manage.py", "serve").parse_args([]).port == read


def test_a_taken_port_and_a_closed_folder_are_named_with_a_way_on(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("cms.management.commands.serve.log_no_queries", lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            CommandError, match=rf"Port {port} on 127\.0\.0\.1 is taken\. Choose another: PORT=\d+ make run"
        ):
            call_command("serve", port=port)
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)
    with pytest.raises(CommandError, match="cannot be written to"):
        call_command("serve")


def test_a_start_waits_for_another_that_prepares_the_same_folder(settings: object, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    said = io.StringIO()
    with (tmp_path / "prepare.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        # The other is done as soon as it has been waited for.
        said.flush = lambda: fcntl.flock(other, fcntl.LOCK_UN)  # type: ignore[method-assign]
        with Prepare(stdout=said)._alone():
            assert said.getvalue() == "Another start prepares the database; waiting for it.\n"
            with pytest.raises(BlockingIOError):
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
