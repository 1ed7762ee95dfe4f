"""What all tests share."""

import gc
import os
import random
import re
from collections.abc import Iterator
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import post_save
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.signal_handlers import reference_index_auto_update_disabled

from tests import migrated

# Timings live in the benchmarks; a busy machine must not fail a property. The same code is tried with the same examples,
# so that a change is judged by what it changed; FULL=1 looks for new ones, ten times as many.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis_settings.register_profile("suite", derandomize=True, **PATIENT)
hypothesis_settings.register_profile("full", max_examples=1_000, **PATIENT)
hypothesis_settings.load_profile("full" if os.environ.get("FULL") else "suite")


# Fixtures through which a test, or a platform that it starts, comes to a database; pytest-django refuses it to all others.
REACHING_A_DATABASE = {"db", "transactional_db", "module_rows", "served", "prepared"}


@pytest.hookimpl(hookwrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what asks no database: it is refused one while it runs, so what it finds on one profile holds on both.

    What drives a browser stays in one process and comes first, so that no other is done and waits for it in the end.
    """
    for item in items:
        if not _may_ask_a_database(item):
            item.add_marker(pytest.mark.one_profile)
    yield
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


_REAL_URANDOM = os.urandom


def _draw_its_own() -> None:
    """Let a copy of this process draw other keys than this one, and than its other copies."""
    os.urandom = random._urandom = _REAL_URANDOM  # type: ignore[attr-defined]


os.register_at_fork(after_in_child=_draw_its_own)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Give the same test the same keys, tokens, ids and draws each time, so that a run can be repeated; FULL=1: new ones."""
    if os.environ.get("FULL"):
        yield
        return
    drawn = random.Random(item.nodeid).randbytes
    with mock.patch.object(os, "urandom", drawn), mock.patch.object(random, "_urandom", drawn):
        yield


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage rarely, and never among what was imported: that would take an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _may_ask_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db"):
        return True
    return not REACHING_A_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


# Flushing empties every table and writes rights and content types anew, which takes longer than copying the kept database;
# and it would leave nothing of what migrations wrote to the tests that follow.
_flush = TransactionTestCase._fixture_teardown
TransactionTestCase._fixture_teardown = lambda test: migrated.restore() or _flush(test)


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
def _reference_index(request) -> object:
    """Leave out the index of who refers to what, which costs more than what is saved; mark ``reference_index`` keeps it."""
    if not request.node.get_closest_marker("reference_index"):
        reference_index_auto_update_disabled.value = True
    yield
    # What loads a curriculum may have taken it away.
    if hasattr(reference_index_auto_update_disabled, "value"):
        del reference_index_auto_update_disabled.value


@pytest.fixture(scope="session", autouse=True)
def _searched() -> list[type[Model]]:
    """Leave out the index of the CMS's search, too; return the models that would be in it."""
    return [model for model in get_indexed_models() if post_save.disconnect(post_save_signal_handler, sender=model)]


@pytest.fixture
def search_index(_searched: list[type[Model]]) -> Iterator[None]:
    """Keep what is saved in the index of the CMS's search, as outside tests."""
    for model in _searched:
        post_save.connect(post_save_signal_handler, sender=model)
    yield
    for model in _searched:
        post_save.disconnect(post_save_signal_handler, sender=model)


@pytest.fixture(scope="module")
def module_rows(django_db_setup, django_db_blocker):
    """Keep what fixtures of a module write under ``unblock()`` for all its tests, and take it back after the last.

    The transaction of each test lies within. Not for a module with tests that need real transactions.
    """
    within = transaction.atomic()
    # What Django's own test case says of its transactions: a durable block may lie in it.
    within._from_testcase = True
    with django_db_blocker.unblock():
        within.__enter__()
    yield django_db_blocker
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        within.__exit__(None, None, None)


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
