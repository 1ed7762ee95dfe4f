"""The curriculum that ships, read once in each process and only where a test asks for it: reading takes seconds."""

from functools import cache
from pathlib import Path

from courses.curriculum.reader import read_curriculum
from courses.curriculum.schema import Curriculum

ROOT = Path(__file__).resolve().parents[2] / "curriculum"


@cache
def shipped_curriculum() -> Curriculum:
    """Return the whole of it; nobody changes what all share."""
    return read_curriculum(ROOT)
