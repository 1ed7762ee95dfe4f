"""What is wrong with curriculum files, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from courses.exceptions import CourseError


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file: ``path`` below the curriculum's folder, with ``/``; ``line`` from 1."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: ``path`` below the curriculum's folder, ``line`` from 1, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class CurriculumRejected(CourseError):
    """The curriculum has problems, all of them in ``problems``, ordered by file and line; nothing was loaded."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
