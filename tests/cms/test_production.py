"""The settings of production, in a process of their own: clean, and without anything of the demonstration."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """Return an environment as docs/how-to/deploy.md has it; debugging is asked for, and must not be had."""
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("FIELDFARE", "PYTEST", "DJANGO"))
    }
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "FIELDFARE_SECRET_KEY": "Zx9vQ2mLk7Rt4Wp8Yc1Nb6Hd3Fg5Js0Aq2Ew4Rt6Yu8Io0PlKj7Hg",
        "FIELDFARE_HOSTS": "training.example.org",
        "FIELDFARE_ORIGIN": "https://training.example.org",
        "FIELDFARE_VAR_DIR": str(tmp_path),
        "FIELDFARE_DEBUG": "1",
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_deployment_check_finds_nothing(production):
    done = run(production, "manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", ["FIELDFARE_SECRET_KEY", "FIELDFARE_HOSTS", "FIELDFARE_ORIGIN"])
def test_start_stops_where_something_that_matters_is_missing(production, name):
    del production[name]
    done = run(production, "-c", "import cms.settings.production")
    assert done.returncode != 0
    assert name in done.stderr


def test_no_demonstration_exists(production):
    look = """
import django; django.setup()
from django.conf import settings
from django.urls import Resolver404, resolve
assert (settings.DEBUG, settings.DEMO) == (False, False)
for address in ("/dev/mail/", "/dev/mail/m0/", "/dev/mail/m0/html/"):
    # What is left is Wagtail's tree of pages, where nothing has such an address.
    assert resolve(address).view_name == "wagtail_serve", address
"""
    done = run(production, "-c", look)
    assert done.returncode == 0, done.stderr
    refused = run(production, "manage.py", "load_demo")
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr, refused.stderr
