"""A released course that the tests of a module share."""

import pytest

from courses.models import Course
from tests.factories.courses import released_course


@pytest.fixture(scope="module")
def released(module_rows) -> Course:
    """Return a released course, made once; a module that wants another one says so by a fixture of this name."""
    with module_rows.unblock():
        return released_course()


@pytest.fixture
def course(released: Course) -> Course:
    """Return the course of the module as it is stored: what a test changes of it, no other sees."""
    return Course.objects.get(pk=released.pk)
