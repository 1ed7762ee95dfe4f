"""A served Fieldfare, as a newcomer starts it, and a real browser."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    # One server and one browser for all of them: they run in one worker.
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass
class Served:
    """A running platform: ``origin``, the environment that management commands need, and its processes."""

    origin: str
    env: dict[str, str]
    var: Path
    processes: list[subprocess.Popen] = field(default_factory=list)
    hand: subprocess.Popen | None = field(default=None, init=False)

    def start(self, **more: str) -> None:
        env = {**self.env, **more}
        port = str(urlsplit(self.origin).port)
        production = bool(env.get("REDIS_URL"))
        serve = [sys.executable, "manage.py", "serve", "--port", port, *(["--no-background"] if production else [])]
        self.processes = [self._run(serve, env)]
        self.wait()
        if production:
            # A real worker in a process of its own, on the real queue.
            worker = [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "cms",
                "worker",
                "-B",
                "--concurrency=1",
                "--loglevel=ERROR",
            ]
            self.processes.append(self._run([*worker, "--schedule", str(self.var / "beat")], env))

    def _run(self, command: list[str], env: dict[str, str]) -> subprocess.Popen:
        with (self.var / "server.log").open("ab") as log:
            # A group of its own: a worker forks its schedule, which would outlive it.
            return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)

    def wait(self, seconds: float = 300) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if self.processes[0].poll() is not None:
                raise AssertionError((self.var / "server.log").read_text()[-3000:])
            try:
                with urlopen(f"{self.origin}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.3)
        raise AssertionError("the server did not start: " + (self.var / "server.log").read_text()[-3000:])

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        self.processes = []

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it prints."""
        if self.hand is None:
            self.hand = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.hand"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        said = {name: self.var / f"managed.{name}" for name in ("stdout", "stderr")}
        assert self.hand.stdin is not None
        assert self.hand.stdout is not None
        print(json.dumps({"arguments": arguments, **said}, default=str), file=self.hand.stdin, flush=True)
        code = self.hand.stdout.readline().strip()
        assert code == "0", said["stdout"].read_text() + said["stderr"].read_text()
        return said["stdout"].read_text()

    def manage_from_nothing(self, *arguments: str, **more: str) -> None:
        """Run a management command as from a shell, with ``more`` in its environment."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env={**self.env, **more}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def close(self) -> None:
        """End everything at once: no worker needs to finish its file for a platform that is thrown away."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        if self.hand is not None:
            self.hand.communicate(timeout=60)


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _environment(var: Path, port: int, database: str) -> dict[str, str]:
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST")},
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "FIELDFARE_VAR_DIR": str(var),
        "FIELDFARE_ORIGIN": f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }
    if database:
        env["DATABASE_URL"] = _with_database(os.environ["DATABASE_URL"], database)
        env["REDIS_URL"] = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path="/2"))
    return env


def _on_server(*statements: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


# What follows ends with these tests: a browser that runs keeps Django from asking a database in the same process.
@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A platform as the first start from nothing leaves it: its folder, and its database where there is a server.

    The first worker that asks makes it, and all copy it: a start from nothing takes most of a minute.
    """
    shared = tmp_path_factory.getbasetemp().parent
    # One run with several workers has a name; within a test even "random" ones are the same in every run.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", _of_this_moment())
    # FIELDFARE_SERVED_VAR: a folder to keep it in while writing these tests, on SQLite.
    folder = Path(os.environ.get("FIELDFARE_SERVED_VAR") or shared / f"prepared-{run}")
    database = f"fieldfare_prepared_{run}" if os.environ.get("DATABASE_URL") else ""
    done = folder / "done"
    with _one_at_a_time(shared):
        ours = not done.exists()
        if ours:
            folder.mkdir(parents=True, exist_ok=True)
            if database:
                _on_server(f'CREATE DATABASE "{database}"')
            Served("", _environment(folder, 0, database), folder).manage_from_nothing("prepare")
            done.touch()
    yield folder, database
    if ours and database:
        with _one_at_a_time(shared):
            # A worker that has not asked yet makes it anew.
            done.unlink()
            _on_server(f'DROP DATABASE "{database}" WITH (FORCE)')


def _of_this_moment() -> str:
    """Return a name that no other process, and no other run, has."""
    return f"{time.time_ns():x}{os.getpid():x}"


@contextlib.contextmanager
def _one_at_a_time(shared: Path) -> Iterator[None]:
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, prepared: tuple[Path, str]) -> Iterator[Served]:
    """A platform with the shipped curriculum and the demo organisations, on the profile that the suite runs on."""
    folder, template = prepared
    var = tmp_path_factory.mktemp("served")
    port = free_port()
    database = f"fieldfare_served_{_of_this_moment()}" if template else ""
    shutil.copytree(folder, var, dirs_exist_ok=True)
    if database:
        _on_server(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
    platform = Served(f"http://127.0.0.1:{port}", _environment(var, port, database), var)
    platform.start()
    yield platform
    platform.close()
    if database:
        _on_server(f'DROP DATABASE "{database}" WITH (FORCE)')
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(viewport=PHONE, device_scale_factor=1, has_touch=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(viewport=DESK, device_scale_factor=1)
    yield context.new_page()
    context.close()


def shoot(page: Page, name: str) -> None:
    """Write the page as a picture at both widths, for people to look at, where they asked: it proves nothing."""
    if not os.environ.get("FIELDFARE_TEST_PICTURES"):
        return
    SCREENSHOTS.mkdir(exist_ok=True)
    before = page.viewport_size
    for label, size in (("360", PHONE), ("1280", DESK)):
        page.set_viewport_size(size)
        _picture(page, SCREENSHOTS / f"{name}-{label}.png")
    if before:
        page.set_viewport_size(before)


def _picture(page: Page, path: Path) -> None:
    # On a busy machine a frame may get lost, for which a browser waits for ever; the next one asks for another.
    for _ in range(2):
        with contextlib.suppress(TimeoutError):
            page.screenshot(path=path, full_page=True)
            return
    page.screenshot(path=path, full_page=True, timeout=90_000)
