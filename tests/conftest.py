"""What all tests share."""

import os
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import migrated

# Timings live in the benchmarks; a busy machine must not fail a property. The same code is tried with the same examples,
# so that a change is judged by what it changed; FULL=1 looks for new ones, ten times as many.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis_settings.register_profile("suite", derandomize=True, **PATIENT)
hypothesis_settings.register_profile("full", max_examples=1_000, **PATIENT)
hypothesis_settings.load_profile("full" if os.environ.get("FULL") else "suite")


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """Set the test database up as a copy of one that was migrated before."""
    if not migrated.is_ours():
        request.getfixturevalue("_plain_database")
    else:
        with django_db_blocker.unblock():
            migrated.prepare(lambda: setup_databases(verbosity=0, interactive=False))


@pytest.fixture(scope="session")
def _plain_database(
    request,
    django_test_environment,
    django_db_blocker,
    django_db_use_migrations,
    django_db_keepdb,
    django_db_createdb,
    django_db_modify_db_settings,
):
    made = []

    def migrate():
        made.extend(setup_databases(verbosity=0, interactive=False, keepdb=django_db_keepdb and not django_db_createdb))

    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            migrated.prepare_on_server(migrate)
        else:
            migrate()
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _clean_process() -> object:
    """Leave no language and no cached value to the next test."""
    translation.activate("en")
    yield
    translation.activate("en")
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _own_cache(worker_id: str) -> None:
    """Give each worker its own keys in a shared Redis."""
    cache.key_prefix = f"test-{os.getpid()}-{re.sub(r'[^a-z0-9]', '', worker_id)}"


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the system's Chromium; the test is named as not run where there is none."""
    path = os.environ.get("FIELDFARE_CHROMIUM") or "/usr/bin/chromium"
    if not os.path.exists(path):
        pytest.skip("no Chromium (FIELDFARE_CHROMIUM names one)")
    return path
